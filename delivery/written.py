"""A disc written as one form, into an empty folder: sheet, audio and packs.

Audio goes through in blocks. What a sheet has no word for goes beside it as CD-TEXT
packs (``CDTEXTFILE``), where that helps.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from delivery import cdtext, cue, cue_files, ddp, tags, toc, wav
from delivery.alphabets import fitted
from delivery.coding import flac
from delivery.coding.row import Sound as Encodable
from delivery.cue_files import Cut
from delivery.destinations import Destination
from delivery.findings import Finding, Place, error, note, warning
from delivery.pieces import span
from delivery.program import Integers, Layout, Program, Release
from delivery.redbook import BITS, FIRST_PAUSE, RATE, SAMPLES_PER_FRAME, msf
from delivery.sound import Sound, silence
from delivery.tagging import Tagging, for_piece

Advance = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What is to be written, and what it will not have of the source."""

    layout: Layout
    sound: Sound
    head: Sound
    """What an image has before 00:02:00; empty for silence."""
    packs: bool
    """Whether CD-TEXT packs go beside the sheet."""
    findings: tuple[Finding, ...]


def meant(to: Destination, layout: Layout, sound: Sound, head: Sound) -> Meant:
    """Return what the form *to* can carry, with a finding for each loss.

    *head* is what stands before 00:02:00 in the source, empty for silence.
    """
    findings: list[Finding] = []
    packs = False
    if to.form == "cue":
        carried, said = fitted(layout)
        packs = bool(cue.text_losses(layout)) or _another_language(carried)
        packs = packs and bool(cdtext.has_text(carried))
        findings += [one for one in cue.losses(layout) if one.rule != "CUE-LOSS"]
        findings += said if packs else ()
        reduced = carried if packs else cue.reduced(layout)
        if packs:
            says = f"the sheet's texts stand whole in {to.stem}.cdt beside it"
            way = "burners read it (CDTEXTFILE); what the sheet has is cut or changed"
            findings.append(note("CUE-PACKS", says, help=way))
    else:
        reduced, said = fitted(layout)
        findings += said
        findings += toc.losses(layout) if to.kind == "toc" else ()
    if head.length and to.kind != "ddp":
        says = "what sounds before 00:02:00 is left out: only a DDP has a place for it"
        findings.append(warning("HEAD-LOSS", says, place=Place(at="00:00:00")))
        head = Sound()
    kept, said_gaps = _without_gaps(to, layout, sound)
    return Meant(
        layout=reduced,
        sound=kept,
        head=head,
        packs=packs,
        findings=(*findings, *said_gaps),
    )


def _another_language(layout: Layout) -> bool:
    plain = cue.reduced(layout)
    return (plain.language, plain.charset) != (layout.language, layout.charset)


def _without_gaps(
    to: Destination, layout: Layout, sound: Sound
) -> tuple[Sound, tuple[Finding, ...]]:
    """Put silence in the place of the gaps that are left out; tell what sounded."""
    if to.gaps != "leave-out":
        return sound, ()
    findings: list[Finding] = []
    for track, first, start in cue_files.silences(layout, "leave-out"):
        begin, end = ((at - FIRST_PAUSE) * SAMPLES_PER_FRAME for at in (first, start))
        if any(block.any() for block in sound.cut(begin, end).blocks()):
            says = f"the pause before track {track.number} sounds; its "
            says += f"{msf(start - first)} are left out"
            place = Place(track=track.number, at=msf(first))
            way = "--gaps append or prepend keep it"
            findings.append(warning("GAP-LOSS", says, place=place, help=way))
        ahead, behind = sound.cut(0, begin), sound.cut(end, sound.length)
        sound = ahead + silence(end - begin) + behind
    return sound, tuple(findings)


def write(to: Destination, what: Meant, folder: Path, advance: Advance) -> None:
    """Write *what* into *folder*, empty but for an image that is shared."""
    layout, stem = what.layout, to.stem
    release = _release(layout)
    if to.kind == "ddp":
        head = what.head if what.head.length else None
        program = Program(
            name=stem, layout=layout, release=release, pcm=what.sound, head=head
        )
        ddp.write(program, folder, advance)
        return
    packs = f"{stem}.cdt" if what.packs else ""
    if packs:
        (folder / packs).write_bytes(cdtext.pack(layout))
    if to.gaps != "image":
        _write_tracks(to, what, folder, packs, advance)
        return
    coding = {"bin": "bin", "flac": "flac"}.get(to.kind, "wav")
    image = folder / f"{stem}.{coding}"
    if not image.exists():  # else it is the source's own, shared
        _write_audio(image, what.sound, advance)
    if to.kind == "toc":
        toc.write(layout, stem, folder / to.sheet)
        return
    kind = "BINARY" if to.kind == "bin" else "WAVE"
    sheet = cue.sheet(layout, stem, file=image.name, kind=kind, packs=packs)
    (folder / to.sheet).write_bytes(sheet.encode("utf-8"))


def _write_tracks(
    to: Destination,
    what: Meant,
    folder: Path,
    packs: str,
    advance: Advance,
) -> None:
    assert to.gaps != "image"
    ending = ".flac" if to.kind == "flac" else ".wav"
    files = cue_files.cuts(what.layout, to.gaps, ending)

    def write_one(cut: Cut) -> None:
        path = folder / cut.name
        _write_audio(path, what.sound.cut(*span(cut.piece, RATE)), advance)
        if ending == ".flac":
            tags.write_tags(path, "flac", _tagging(what.layout, cut), None)

    workers = 2 if ending == ".flac" else 1
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(write_one, files):
            pass
    sheet = cue_files.sheet(what.layout, to.gaps, files, packs)
    (folder / to.sheet).write_bytes(sheet.encode("utf-8"))


def check_tags(to: Destination, what: Meant, folder: Path) -> Iterator[Finding]:
    """Yield where the tags of FLAC files in *folder* read back otherwise."""
    if to.kind != "flac" or to.gaps == "image":
        return
    for cut in cue_files.cuts(what.layout, to.gaps, ".flac"):
        if tags.read_tags(folder / cut.name) != _tagging(what.layout, cut):
            says = (
                f"the tags of {cut.name!r} read back otherwise than they were written"
            )
            place = Place(file=cut.name, track=cut.piece.number or None)
            yield error("META-READBACK", says, place=place)


def _release(layout: Layout) -> Release:
    return Release(
        artist=layout.texts.performer,
        title=layout.texts.title,
        genre=layout.genre,
        catalogue=layout.catalogue,
        ean=layout.ean,
    )


def _tagging(layout: Layout, cut: Cut) -> Tagging:
    return for_piece(_release(layout), cut.piece, len(layout.tracks))


def _write_audio(path: Path, sound: Sound, advance: Advance) -> None:
    """Write a file of audio by its ending: raw, WAV or FLAC."""

    def blocks() -> Iterator[Integers]:
        for block in sound.blocks():
            yield block
            advance(len(block))

    if path.suffix == ".bin":
        with path.open("wb") as file:
            for block in blocks():
                file.write(wav.pack(block, BITS))
    elif path.suffix == ".flac":
        given = Encodable(rate=RATE, blocks=blocks(), length=sound.length, bits=BITS)
        flac.encode(path, given)
    else:
        wav.write(path, RATE, BITS, blocks(), sound.length)
