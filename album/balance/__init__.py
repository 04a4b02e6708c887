"""Balance: the record's levels and tone, proposed in numbers, bounded, explained."""
