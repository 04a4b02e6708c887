"""Speed beside the tools people use, as ratios on this machine."""
