"""What is built of an album: one frozen model per ``[deliver.NAME]``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from album.deliverable import Deliverable
from album.projectfields import Listed, Table, Text, number

Dither = Literal[
    "flat", "shaped", "strong", "lipshitz", "modified-e", "f-weighted", "improved-e"
]

AUTO_BLANK = (
    "No dither where the sound is digital silence for a fifth of a second, inside "
    "songs too: it stays digital silence."
)

MASTER = 'The [master.NAME] it is made from. Default: "main", where there is one.'


class CdText(Table):
    """How CD-TEXT is written."""

    fallback: Literal["ascii"] | None = Field(
        default=None, description="What to write for letters CD-TEXT does not have."
    )


class CdTarget(Table):
    """An audio CD: WAV and CUE, TOC, PQ sheet, DDP image."""

    plant: Text = Field(default="generic", description="The plant whose limits hold.")
    master: Text = Field(default="", description=MASTER)
    dither: Dither = Field(
        default="shaped",
        description="Noise of the cut to 16 bits: flat, shaped to be heard less, "
        "strongly shaped, or one of the published shapers. Default shaped.",
    )
    auto_blank: bool = Field(default=False, description=AUTO_BLANK)
    pregap: str | None = Field(
        default=None, description="Id of a song hidden before track 1."
    )
    index00: Literal["never", "gaps"] = Field(
        default="never", description='"gaps" presses gaps as pauses that count down.'
    )
    copy_permitted: bool = Field(
        default=False, description="Set the copy-permitted flag."
    )
    pre_emphasis: bool = Field(
        default=False,
        description="Put pre-emphasis of 50/15 µs on the audio, and its flag on every "
        "track.",
    )
    text: CdText = Field(default_factory=CdText, description="CD-TEXT.")


class FileTarget(Table):
    """Files: what a key leaves open is as the target's kind has it."""

    type: Text = Field(
        default="", description="The kind of target. Default: the target's own name."
    )
    formats: Annotated[tuple[Text, ...], Listed, Field(min_length=1)] | None = Field(
        default=None,
        description='Codings, with a quality if wanted: "flac", "mp3 V0", "aac 256".',
    )
    codec: Text = Field(default="", description="One coding, instead of `formats`.")
    quality: Text = Field(
        default="", description='Quality of the lossy codings: "320", "V0", "q6".'
    )
    master: Text = Field(default="", description=MASTER)
    rate: Literal["mixes", 44100, 48000, 88200, 96000, 176400, 192000] | None = Field(
        default=None, description="Sample rate in Hz, or that of the mixes."
    )
    bits: Literal[16, 24] | None = Field(
        default=None, description="Depth of the lossless codings."
    )
    dither: Dither | None = Field(
        default=None, description="Noise of the cut to that depth."
    )
    auto_blank: bool = Field(default=False, description=AUTO_BLANK)
    naming: Text | None = Field(
        default=None, description='File names, such as "{track:02} {artist} - {title}".'
    )
    tags: Literal["full", "minimal", "none"] | None = Field(
        default=None, description="How much the files say of themselves."
    )
    id3: Literal["2.4", "2.3"] = Field(
        default="2.4",
        description='Version of ID3 in MP3: "2.4", or "2.3" for old players.',
    )
    cover: Text = Field(
        default="",
        description="Row of `specs covers` that the embedded copies keep: "
        '"flac" for full size, "embedded", "embedded-small".',
    )
    receivers: Annotated[tuple[Text, ...], Listed] | None = Field(
        default=None,
        description="Distributors and services whose limits the files keep: rows of "
        "`specs distributors` and `specs services`.",
    )
    broadcaster: Text = Field(
        default="",
        description="Row of `specs broadcast`: its loudness, peak and rate.",
    )
    replaygain: bool = Field(
        default=True,
        description="Whether full tags tell players the level of every song and of the "
        "album: ReplayGain, R128 in Opus, Sound Check. Default true.",
    )
    ceiling_dbtp: Annotated[float, number(-20, 0)] | Literal["solve"] | None = Field(
        default=None,
        description='True-peak ceiling, or "solve": the highest at which every lossy '
        "file decodes without overs. Default: the master's.",
    )
    decoded_dbtp: Annotated[float, number(-20, 6)] | None = Field(
        default=None,
        description="True peak that no decoded file is to pass. Default 0.",
    )
    preview: bool = Field(
        default=False,
        description="Also measure what services that transcode will make of songs.",
    )
    target_lufs: Annotated[float, number(-70, 0)] | None = Field(
        default=None, description="Loudness that every file is brought to."
    )
    sides: dict[str, Annotated[tuple[Text, ...], Listed]] = Field(
        default={}, description="Songs of each side, in order: sides.A = [ids]."
    )
    plant: Text = Field(
        default="generic", description="Who cuts the record or copies the tape."
    )
    size: Literal["7", "10", "12"] = Field(
        default="12", description="Inches of a vinyl record. Default 12."
    )
    speed: Literal["33", "45"] = Field(
        default="33", description="Its turns in a minute. Default 33."
    )


class DdexTarget(Table):
    """A draft of a DDEX ERN 4.3 message, without deals."""

    sender: Text = Field(default="", description="Who sends it. Default: the label.")
    sender_dpid: Text = Field(
        default="", description='The sender\'s DDEX party identifier: "PADPIDA…".'
    )
    recipient: Text = Field(default="", description="Who it is sent to.")
    recipient_dpid: Text = Field(
        default="", description="The recipient's DDEX party identifier."
    )
    release_type: Literal["Album", "EP", "Single"] = Field(
        default="Album", description="What the release is. Default: Album."
    )


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """What is built."""

    cd: CdTarget | None = None
    files: Mapping[str, Deliverable] = field(default_factory=dict)
    """By the targets' names."""
    ddex: DdexTarget | None = None

    @property
    def targets(self) -> Mapping[str, CdTarget | Deliverable | DdexTarget]:
        """All targets by name, the disc first."""
        disc = {"cd": self.cd} if self.cd else {}
        return {**disc, **self.files, **({"ddex": self.ddex} if self.ddex else {})}
