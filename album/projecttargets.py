"""What is built of an album: one frozen model per ``[deliver.NAME]``."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from album.projectfields import Listed, Table, Text

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
    dither: Literal[
        "flat",
        "shaped",
        "strong",
        "lipshitz",
        "modified-e",
        "f-weighted",
        "improved-e",
    ] = Field(
        default="shaped",
        description="Noise of the cut to 16 bits: flat, shaped to be heard less, "
        "strongly shaped, or one of the published shapers. Default shaped.",
    )
    pregap: str | None = Field(
        default=None, description="Id of a song hidden before track 1."
    )
    index00: Literal["never", "gaps"] = Field(
        default="never", description='"gaps" presses gaps as pauses that count down.'
    )
    copy_permitted: bool = Field(
        default=False, description="Set the copy-permitted flag."
    )
    text: CdText = Field(default_factory=CdText, description="CD-TEXT.")


class StreamingTarget(Table):
    """Streaming files: 24-bit FLAC at the mixes' own rate, and MP3."""

    formats: Annotated[
        tuple[Literal["flac", "mp3"], ...], Listed, Field(min_length=1)
    ] = Field(
        default=("flac", "mp3"), description="The formats to write. Default: both."
    )
    master: Text = Field(default="", description=MASTER)


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
    """What is built; None for what is not."""

    cd: CdTarget | None = None
    streaming: StreamingTarget | None = None
    ddex: DdexTarget | None = None


EVERYTHING = Deliver(cd=CdTarget(), streaming=StreamingTarget())
"""What is built where the project file has no [deliver]."""
