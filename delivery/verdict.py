"""What verification found in a delivery: for people, and as the JSON contract."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delivery import discid, fingerprints, levels
from delivery.examined import Examined
from delivery.findings import Finding, any_error
from delivery.fingerprints import Prints
from delivery.program import Language, Layout, Texts, Track
from delivery.reading import Reading
from delivery.redbook import clock
from dsp.level import decibels

if TYPE_CHECKING:
    from delivery.compare import Compared

_NAMES = {"cue": "CUE sheet", "toc": "cdrdao TOC", "tracks": "track files"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found in a delivery."""

    kind: str
    """delivery, files (one target's of a delivery), ddp, cue, toc or tracks."""
    discs: tuple[Examined, ...]
    """Of each disc the form that says most."""
    findings: tuple[Finding, ...]
    files: int = 0
    """Files whose sums a manifest confirms."""
    zipped: bool = False
    root: Path | None = None
    """The delivery that the files are a part of."""
    compared: "tuple[Compared, ...]" = ()
    """What each disc was compared with."""

    @property
    def ok(self) -> bool:
        """Whether nothing found is an error."""
        return not any_error(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the result by the JSON contract."""
        discs = [_disc_json(each) for each in self.discs]
        first = discs[0] if discs else {}
        more = {"discs": discs} if len(discs) > 1 else {}
        container = "zip" if self.zipped else "folder"
        head = {"kind": self.kind, "container": container}
        against = [each.as_json() for each in self.compared]
        beside: dict[str, Any] = {"against": against[0]} if against else {}
        if len(against) > 1:
            beside["against"] = against
        return {**head, **first, **more, **beside, "files": self.files}

    def lines(self) -> list[str]:
        """Return the verdict for people, without its findings."""
        lines = [line for one in self.discs for line in _lines(one)]
        lines += [each.line() for each in self.compared]
        if self.files:
            part = f", as the delivery in {self.root} lists them" if self.root else ""
            lines.append(f"  manifest  {self.files} files{part}")
        return lines

    def lines_of(self, one: Examined) -> list[str]:
        """Return what is told of one disc, without its tracks."""
        return _lines(one)


def _lines(one: Examined) -> list[str]:
    reading, layout = one.reading, one.reading.layout
    count = len(layout.tracks)
    codes = sum(bool(track.isrc) for track in layout.tracks)
    name = _NAMES.get(one.kind) or reading.dialect or "DDP"
    end = f"lead-out {clock(layout.leadout)}" if reading.ends else "lead-out unknown"
    tracks = f"{count} track{'' if count == 1 else 's'}"
    lines = [
        f"{reading.path}   {name}",
        f"  table     {tracks}, {end}",
        f"  codes     ISRC {codes}/{count}, EAN {layout.ean or 'none'}",
    ]
    if one.image is not None:
        peak = decibels(one.image.peak / 32768)
        loud = "silent" if peak is None else f"{peak:.2f} dBFS"
        lines.append(f"  audio     {one.image.samples:,} samples, peak {loud}")
    else:
        lines.append(f"  audio     {'not read' if reading.whole else 'missing'}")
    if reading.ends:
        lines.append(
            f"  disc ids  MusicBrainz {discid.musicbrainz(layout)}   "
            f"CDDB {discid.cddb(layout)}"
        )
    return lines


def _disc_json(one: Examined) -> dict[str, Any]:
    reading, layout = one.reading, one.reading.layout
    prints = next((each for each in one.listeners if isinstance(each, Prints)), None)
    audio: dict[str, Any] | None = None
    if one.image is not None:
        peak = decibels(one.image.peak / 32768)
        audio = {
            "samples": one.image.samples,
            "sha256": one.image.sha256,
            "sample_peak_dbfs": None if peak is None else round(peak, 2),
        }
    known = reading.ends
    heard = one.heard
    if audio is not None and heard is not None and heard.disc is not None:
        audio |= levels.of_disc(heard.disc)
    loud = {} if heard is None else {number: levels.of_track(found) for number, found in
                                     heard.tracks.items()}  # fmt: skip
    hidden = {"hidden": loud[0]} if 0 in loud else {}
    return {
        "form": one.kind,
        "dialect": reading.dialect,
        "tracks": [
            _track_json(track, reading)
            | ({"levels": loud[track.number]} if track.number in loud else {})
            for track in layout.tracks
        ],
        **hidden,
        "ean": layout.ean,
        "texts": _texts_json(layout),
        "leadout_frames": layout.leadout if known else None,
        "audio": audio,
        "fingerprints": fingerprints.as_json(layout, prints) if known else None,
        "checksums": one.checksums,
    }


def _track_json(track: Track, reading: Reading) -> dict[str, Any]:
    file, marks = reading.sheet.get(track.number, ("", {}))
    sheet = {"sheet": {"file": file, "indexes": _numbered(marks)}} if marks else {}
    return {
        "number": track.number,
        "title": track.texts.title,
        "isrc": track.isrc,
        "indexes": _numbered(track.marks),
        "flags": sorted(track.flags),
        **({"data": True} if track.data else {}),
        **sheet,
    }


def _numbered(marks: Any) -> dict[str, int]:
    return {str(index): int(mark) for index, mark in marks.items()}


def _texts_json(layout: Layout) -> dict[str, Any]:
    """Return the texts that are there: of the disc, and of tracks by number."""
    more = [_language_json(each) for each in layout.languages]
    return {
        "disc": _said(layout.texts),
        "tracks": {str(each.number): _said(each.texts) for each in layout.tracks},
        "genre": layout.genre,
        "catalogue": layout.catalogue,
        **({"languages": more} if more else {}),
    }


def _language_json(language: Language) -> dict[str, Any]:
    return {
        "code": language.code,
        "disc": _said(language.texts),
        "tracks": {str(number): _said(texts) for number, texts in language.tracks},
    }


def _said(texts: Texts) -> dict[str, str]:
    return {kind: text for kind, text in vars(texts).items() if text}
