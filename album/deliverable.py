"""A deliverable: a target of files with nothing left open, its kind's row filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from delivery.coding.table import Form
from delivery.deliverables import Kind
from delivery.naming import Naming
from delivery.tagging import Policy
from dsp.shaping import Shape


@dataclass(frozen=True, kw_only=True)
class Deliverable:
    """Files to be delivered."""

    name: str
    """The target's, and its folder's."""
    kind: Kind
    forms: tuple[Form, ...]
    master: str
    """As the project file names it; empty where it does not."""
    rate: int
    """In Hz; 0 for the mixes' own."""
    bits: Literal[16, 24]
    dither: Shape
    auto_blank: bool
    """Whether digital silence inside songs is left alone too."""
    naming: Naming
    tags: Policy | None
    """None where nobody says so: the kind's, and none at all in a WAV."""
    id3: Literal["2.4", "2.3"]
    """Version in MP3."""
    cover: str
    """Row of covers that copies in lossless files keep; `lossy_cover` in lossy ones."""
    lossy_cover: str
    receivers: tuple[str, ...]
    """Rows of distributors and services that the files are held against."""
    asked: bool
    """Whether the project names them, so that what they refuse is an error."""
    replaygain: bool
    """Whether tags of the policy "full" tell players the level of songs and album."""
    ceiling_dbtp: float | None
    solve: bool
    """Whether the ceiling is found by decoding what was encoded."""
    decoded_dbtp: float
    """What the decode of a lossy file is not to pass."""
    preview: bool
    lufs: float | None
    source: str
    """Who asks for that loudness, and when it was read."""
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Songs by side, in the order of the groove."""
    plant: str = "generic"
    """Who cuts a record or copies a tape."""
    size: str = "12"
    speed: str = "33"

    def rate_for(self, rate: int) -> int:
        """Return the rate of a programme at *rate* as it is delivered."""
        if self.rate:
            return self.rate
        while rate > self.kind.highest_rate:
            rate //= 2
        return rate

    @property
    def levelled(self) -> bool:
        """Whether every file is brought to a loudness, under a ceiling of its own."""
        return self.lufs is not None

    @property
    def lossy(self) -> tuple[Form, ...]:
        """The forms that change the sound."""
        return tuple(form for form in self.forms if not form.coding.lossless)

    @property
    def lossless(self) -> tuple[Form, ...]:
        """The forms that do not."""
        return tuple(form for form in self.forms if form.coding.lossless)

    def policy(self, form: Form) -> Policy:
        """Return how much a file says of itself; shops refuse chunks in a WAV."""
        if self.tags is not None:
            return self.tags
        return "none" if form.coding.name == "wav" else self.kind.tags

    def container(self, form: Form) -> str:
        """Return how a form is tagged: a row of ``delivery.tags.CONTAINERS``."""
        own = form.coding.container
        return "mp3-id3v2.3" if own == "mp3" and self.id3 == "2.3" else own

    def cover_row(self, form: Form) -> str:
        """Return the row of covers that copies in a form keep."""
        return self.cover if form.coding.lossless else self.lossy_cover

    def label(self, form: Form) -> str:
        """Return what people call one of the forms: its coding, where that says it."""
        alike = [each for each in self.forms if each.coding is form.coding]
        return form.coding.title if len(alike) == 1 else form.title

    def folder(self, form: Form) -> str:
        """Return the folder of a form, empty where no other has its suffix."""
        suffix = form.coding.suffix
        alike = [each for each in self.forms if each.coding.suffix == suffix]
        return "" if len(alike) == 1 else form.name.replace(" ", "-")
