"""The table of codings, and the forms a target asks for: a coding and its quality."""

from dataclasses import dataclass
from types import MappingProxyType

from delivery.coding.aac import AAC
from delivery.coding.alac import ALAC
from delivery.coding.flac import AIFF, FLAC
from delivery.coding.mp3 import MP3
from delivery.coding.opus import OPUS
from delivery.coding.row import Coding, Quality
from delivery.coding.vorbis import VORBIS
from delivery.coding.wav import WAV

CODINGS = MappingProxyType(
    {coding.name: coding for coding in (WAV, FLAC, ALAC, AIFF, MP3, AAC, OPUS, VORBIS)}
)


@dataclass(frozen=True)
class Form:
    """What a file is to be: its coding, and the quality of a lossy one."""

    coding: Coding
    quality: Quality | None = None

    @property
    def name(self) -> str:
        """As a project file has it: ``mp3 320``."""
        words = [self.coding.name, *([self.quality.text] if self.quality else [])]
        return " ".join(words)

    @property
    def title(self) -> str:
        """As people write it: ``MP3 320``."""
        words = [self.coding.title, *([self.quality.text] if self.quality else [])]
        return " ".join(words)


def form(text: str, quality: str = "") -> Form:
    """Return the form that ``"flac"`` or ``"mp3 V0"`` names; raises ValueError.

    *quality* holds where *text* names none.
    """
    name, _, said = text.strip().partition(" ")
    said = said.strip() or quality
    if name not in CODINGS:
        raise ValueError(f"{name!r} is none of the codings {', '.join(CODINGS)}")
    coding = CODINGS[name]
    if coding.quality is None:
        if said and not quality:
            raise ValueError(f"{coding.title} is lossless: it has no quality {said!r}")
        return Form(coding)
    try:
        return Form(coding, coding.quality(said or coding.usual))
    except ValueError as bad:
        raise ValueError(f"{bad}: it has {coding.qualities}") from None
