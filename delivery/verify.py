"""Verification: a delivery on disk, read and judged as its receiver would."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from delivery import discid, manifest, rules, specs, tracks
from delivery.disc import Examined, examine
from delivery.findings import Finding, Refusal, any_error, refuse
from delivery.formats import FORMATS
from delivery.program import Layout
from delivery.proof import compare_audio, compare_layouts
from delivery.redbook import msf
from dsp.level import decibels

DIFFER = "DDP-DIFFER"
"""The rule that two forms of one disc break when they say different things."""

Stage = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found in a delivery."""

    kind: str
    """delivery, ddp, cue or toc."""
    discs: tuple[Examined, ...]
    """Of each disc the form that says most."""
    findings: tuple[Finding, ...]
    files: int = 0
    """Files whose sums a manifest confirms."""

    @property
    def ok(self) -> bool:
        """Whether nothing found is an error."""
        return not any_error(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the result by the JSON contract."""
        discs = [_disc_json(each) for each in self.discs]
        first = discs[0] if discs else {}
        more = {"discs": discs} if len(discs) > 1 else {}
        return {"kind": self.kind, **first, **more, "files": self.files}

    def lines(self) -> list[str]:
        """Return the verdict for people, without its findings."""
        lines = []
        for one in self.discs:
            layout = one.reading.layout
            codes = sum(bool(track.isrc) for track in layout.tracks)
            peak = decibels(one.image.peak / 32768)
            lines += [
                f"{one.path}   {_names(one)}",
                f"  table     {len(layout.tracks)} tracks, "
                f"lead-out {msf(layout.leadout)}",
                f"  codes     ISRC {codes}/{len(layout.tracks)}, "
                f"EAN {layout.ean or 'none'}",
                f"  audio     {one.image.samples:,} samples, "
                f"peak {'silent' if peak is None else f'{peak:.2f} dBFS'}",
                f"  disc ids  MusicBrainz {discid.musicbrainz(layout)}   "
                f"CDDB {discid.cddb(layout)}",
            ]
        if self.files:
            lines.append(f"  manifest  {self.files} files")
        return lines


def verify(path: Path, jobs: int, stage: Stage) -> Verdict:
    """Read what lies at *path* and judge it.

    Raises Refusal where there is nothing that can be read.
    """
    if not path.exists():
        raise refuse("FILE-MISSING", f"{path} is not there")
    if not (path.is_dir() or path.is_file()):
        raise refuse("VERIFY-KIND", f"{path} is neither a file nor a folder")
    if path.is_dir() and manifest.read(path) is not None:
        return _delivery(path, jobs, stage)
    if (path / manifest.MANIFEST).exists():
        raise refuse(
            "PKG-HASH",
            f"{path / manifest.MANIFEST} is damaged: it lists no files",
            help="copy the delivery again, or verify its cd and ddp folders",
        )
    forms = _forms(path)
    if not forms:
        raise refuse(
            "VERIFY-KIND",
            f"nothing in {path} can be verified",
            help="name a delivery with its manifest.json, a DDP folder with its DDPID, "
            "a .cue or a .toc",
        )
    examined = _examine(forms, stage)
    return Verdict(
        kind=examined[0].kind,
        discs=examined[:1],
        findings=tuple(_judged(examined)),
    )


def _delivery(folder: Path, jobs: int, stage: Stage) -> Verdict:
    """Judge a whole delivery: its files by the manifest, then every disc."""
    document = manifest.read(folder)
    assert document is not None, "the caller has seen it"
    findings = list(manifest.check(folder, document, jobs))
    findings += manifest.unlisted(folder, document)
    discs = []
    for number in _numbers(folder):
        forms = {**_forms(folder / "cd" / number), **_forms(folder / "ddp" / number)}
        if not forms:
            continue
        try:
            examined = _examine(forms, stage)
        except Refusal as refusal:
            findings += refusal.findings
            continue
        findings += _judged(examined)
        discs.append(examined[0])
        layout = examined[0].reading.layout
        findings += tracks.check(folder / "streaming" / number, layout)
    return Verdict(
        kind="delivery",
        discs=tuple(discs),
        findings=tuple(findings),
        files=len(document["files"]),
    )


def _numbers(folder: Path) -> list[str]:
    """Return the sub-folders of the discs; one disc has none."""
    found = {each.name for name in ("cd", "ddp") for each in (folder / name).glob("*/")}
    return sorted(
        (name for name in found if name.isascii() and name.isdigit()), key=int
    ) or [""]


def _forms(path: Path) -> dict[str, Path]:
    """Return the forms of one disc at *path*, the one that says most first."""
    if path.is_dir():
        forms = {}
        if any(each.name.upper() == "DDPID" for each in path.iterdir()):
            forms["ddp"] = path
        for kind in ("toc", "cue"):
            found = path.glob(f"*.{kind}")
            sheets = sorted(each for each in found if each.is_file())
            if len(sheets) == 1:
                forms[kind] = sheets[0]
        return forms
    kind = path.suffix.lower().removeprefix(".")
    return {kind: path} if kind in FORMATS else {}


def _examine(forms: dict[str, Path], stage: Stage) -> tuple[Examined, ...]:
    order = [kind for kind in reversed(FORMATS) if kind in forms]
    ordered = {kind: forms[kind] for kind in order}
    largest = max(_size(path) for path in ordered.values())
    return examine(ordered, stage("reading the disc", len(ordered) * largest // 4))


def _size(path: Path) -> int:
    folder = path if path.is_dir() else path.parent
    sizes = (each.stat().st_size for each in folder.iterdir() if each.is_file())
    return max(sizes, default=0)


def _judged(examined: Iterable[Examined]) -> Iterator[Finding]:
    """Yield what the readers, the rules and the other forms of a disc say."""
    first, *others = examined
    yield from first.reading.findings
    yield from rules.check(first.reading.layout, specs.plant("generic"))
    for other in others:
        yield from other.reading.findings
        meant = FORMATS[other.kind].reduced(first.reading.layout)
        name = other.path.name
        yield from compare_layouts(
            meant, other.reading.layout, name, DIFFER, first.path.name
        ).findings
        yield from compare_audio(
            first.image.sha256, other.image.sha256, other.image.samples, name, DIFFER
        ).findings


def _names(one: Examined) -> str:
    return {"ddp": "DDP 2.00", "cue": "CUE sheet", "toc": "cdrdao TOC"}[one.kind]


def _disc_json(one: Examined) -> dict[str, Any]:
    layout = one.reading.layout
    peak = decibels(one.image.peak / 32768)
    return {
        "tracks": [
            {
                "number": track.number,
                "title": track.texts.title,
                "isrc": track.isrc,
                "indexes": {str(index): mark for index, mark in track.marks.items()},
                "flags": sorted(track.flags),
            }
            for track in layout.tracks
        ],
        "ean": layout.ean,
        "texts": _texts_json(layout),
        "leadout_frames": layout.leadout,
        "audio": {
            "samples": one.image.samples,
            "sha256": one.image.sha256,
            "sample_peak_dbfs": None if peak is None else round(peak, 2),
        },
        "checksums": dict(one.reading.checksums),
    }


def _texts_json(layout: Layout) -> dict[str, Any]:
    """Return the texts that are there: of the disc, and of tracks by number."""

    def said(texts: object) -> dict[str, str]:
        return {kind: text for kind, text in vars(texts).items() if text}

    return {
        "disc": said(layout.texts),
        "tracks": {str(each.number): said(each.texts) for each in layout.tracks},
        "genre": layout.genre,
        "catalogue": layout.catalogue,
    }
