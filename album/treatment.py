"""What is done to every song for one target, with nothing left open.

A stage may be meant for some targets only, so the same song may be treated in several
ways; targets that treat all songs alike share one programme.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from album.rack import Stage


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What is done to one song before it is placed."""

    stages: tuple[Stage, ...] = ()
    stems: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    """The chains of its stems, by name."""

    @property
    def idle(self) -> bool:
        """Whether every sample stays as it is, gain and fades aside."""
        return not self.stages and not any(self.stems.values())

    def sounds_like(self, other: "Treatment") -> bool:
        """Return whether *other* does the same, wherever the project asks for it."""
        return self.settings() == other.settings()

    def settings(self) -> tuple[object, ...]:
        """Return all that decides the sound."""
        stems = {name: _settings(stages) for name, stages in self.stems.items()}
        return _settings(self.stages), stems


UNTREATED = Treatment()

Treatments = Mapping[str, Treatment]
"""By song; a song that is not named stays untreated."""


def _settings(stages: tuple[Stage, ...]) -> list[object]:
    return [stage.processor for stage in stages]
