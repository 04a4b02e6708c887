"""The forms of one disc, each read, and their audio heard: once where it is shared."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from delivery.findings import Finding, Refusal
from delivery.image import Image, Listener, read_image
from delivery.reading import Reading
from delivery.sound import Sound


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One form of a disc, read: what it says, and its audio."""

    kind: str
    reading: Reading
    image: Image | None
    """None where the audio was not asked for, is not there, or cannot be read."""
    listeners: tuple[Listener, ...] = ()
    """Who heard its audio."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that the reader and the sums of its audio have to say."""
        sums = self.image.confirm(self.reading.claims) if self.image else ()
        return (*self.reading.findings, *sums)

    @property
    def checksums(self) -> dict[str, str]:
        """MD5 by file, as computed."""
        heard = self.image.sums if self.image else {}
        late = {name: sums["md5"] for name, sums in heard.items()}
        return {**self.reading.checksums, **late}


def examine(
    readings: Mapping[str, Reading],
    advance: Callable[[int], None],
    listeners: Callable[[Reading], Iterable[Listener]] = lambda _: (),
    findings: list[Finding] | None = None,
) -> tuple[Examined, ...]:
    """Hear the audio of *readings*, by kind; what two of them share, once.

    *listeners* are asked for each audio that is read. Audio that cannot be read is told
    in *findings*; raises Refusal where there is no such list.
    """
    first: dict[tuple[Sound, Sound], Reading] = {}
    for reading in readings.values():
        if reading.whole and (reading.claims or _stretch(reading) not in first):
            first[_stretch(reading)] = reading
    ears = {key: tuple(listeners(reading)) for key, reading in first.items()}

    def heard(key: tuple[Sound, Sound]) -> Image | None:
        try:
            return read_image(first[key], advance, ears[key])
        except Refusal as refusal:
            if findings is None:
                raise
            findings.extend(map(first[key].placed, refusal.findings))
            return None

    with ThreadPoolExecutor(max(1, len(first))) as pool:
        images = dict(zip(first, pool.map(heard, first), strict=True))
    return tuple(
        Examined(
            kind=kind,
            reading=reading,
            image=images.get(_stretch(reading)),
            listeners=ears.get(_stretch(reading), ()),
        )
        for kind, reading in readings.items()
    )


def _stretch(reading: Reading) -> tuple[Sound, Sound]:
    return reading.head, reading.sound
