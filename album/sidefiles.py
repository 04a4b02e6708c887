"""The sides of a record or a tape: one file each, judged, and the cut sheet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from album import disclayout, grooves
from album.mastering import Master
from album.masters import report
from album.render import watched
from album.sidelengths import bass_hz
from album.sides import letters
from album.work import Outcome, Task, Work
from delivery import files, groove, readback
from delivery.coding.table import Form
from delivery.files import Said, Written
from delivery.findings import any_error
from delivery.names import file_names
from delivery.program import Integers, Piece, Texts
from delivery.proof import Proof
from delivery.redbook import FIRST_PAUSE
from delivery.tags import for_piece
from dsp.groove import Groove, GrooveMeter
from dsp.level import decibels
from dsp.loudness import measured
from dsp.meter import Meter
from dsp.tally import Tally


def tasks(work: Work) -> list[Task]:
    """Return the one task that makes a side, in every form that is asked for."""
    return [partial(_side, work)]


@dataclass(frozen=True)
class _Heard:
    groove: Groove
    tally: Tally


def _side(work: Work) -> Outcome:
    """Write one side in one stream; read it back, judge it, add it to the sheet."""
    target = work.deliverable
    rate = target.rate_for(work.programme.rate)
    made: Outcome = Outcome()
    for form in target.forms:
        master = Master(
            work.programme, work.settings, rate, target.bits, finish=work.finish
        )
        advance = work.stage(f"{work.target}: side {_letter(work)}", master.length)
        meters = GrooveMeter(rate, bass_hz(work.album, target)), Meter(rate, 2)
        scale = 2.0 ** (1 - target.bits)

        def audio(
            master: Master = master,
            meters: tuple[GrooveMeter, Meter] = meters,
            scale: float = scale,
            advance: object = advance,
        ) -> Iterator[Integers]:
            for block in watched(master.blocks(), advance):  # type: ignore[arg-type]
                sound = np.multiply(block, scale, dtype=np.float64)
                for meter in meters:
                    meter.feed(sound)
                yield block

        written = _written(work, form, audio, rate)
        reported = report(work, master)
        if master.overs or any_error(reported.findings):
            return replace(reported, overs=tuple(master.overs))
        heard = _Heard(meters[0].finish(), meters[1].finish())
        read = readback.read_back(written)
        proof = Proof(samples=written.length, files=1, findings=read.findings)
        made = replace(
            reported,
            proofs={**made.proofs, target.label(form): proof},
            findings=reported.findings + grooves.judged(work, heard.groove),
        )
        _sheet(work, written, heard)
    return made


def _written(work: Work, form: Form, audio: files.Audio, rate: int) -> Written:
    target, timeline = work.deliverable, work.disc.timeline
    release = disclayout.release(work.album, timeline)
    piece = Piece(
        number=timeline.number,
        start=FIRST_PAUSE,
        stop=timeline.leadout,
        texts=Texts(title=f"Side {_letter(work)}", performer=work.album.meta.artist),
    )
    meta = work.album.meta
    values: dict[str, str | int] = {
        "side": _letter(work),
        "track": timeline.number,
        "disc": timeline.number,
        "title": meta.title,
        "album": meta.title,
        "artist": meta.artist,
        "album_artist": meta.artist,
        "catalogue": meta.catalogue,
        "ean": meta.ean,
        "rate": rate,
        "bits": target.bits,
        "coding": form.coding.title,
    }
    names = file_names(
        [values], form.coding.suffix, target.naming, ascii_only=target.kind.ascii
    )
    folder = _folder(work) / target.folder(form)
    folder.mkdir(exist_ok=True)
    path = folder / names.names[0]
    if path.exists():
        path = folder / f"{path.stem} {_letter(work)}{path.suffix}"
    tagging = replace(for_piece(release, piece, 0), disc=0, discs=0)
    return files.write_piece(
        form,
        path,
        piece,
        Said(tagging=tagging, policy=target.policy(form)),
        audio,
        rate=rate,
        bits=target.bits,
    )


def _folder(work: Work) -> Path:
    folder = work.content / work.target
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _letter(work: Work) -> str:
    number = work.disc.timeline.number
    return letters(work.deliverable, number)[number - 1]


def _sheet(work: Work, written: Written, heard: _Heard) -> None:
    """Write the cut sheet of this side and those before it."""
    meta, timeline, tally = work.album.meta, work.disc.timeline, heard.tally
    letter = _letter(work)
    loud = measured([tally.energies], [tally.rate])
    bands = tuple(
        groove.Band(
            number=f"{letter}{number}",
            title=work.album.songs[placed.song].title,
            artist=work.album.songs[placed.song].artist or meta.artist,
            starts=placed.first / timeline.rate,
            ends=placed.stop / timeline.rate,
            isrc=work.album.songs[placed.song].isrc,
        )
        for number, placed in enumerate(timeline.placements, 1)
    )
    peak = decibels(float(tally.true_peaks.max(initial=0.0)))
    side = groove.Side(
        side=letter,
        file=written.path.relative_to(_folder(work)).as_posix(),
        sha256=written.sha256 or "",
        rate=written.rate,
        bits=work.deliverable.bits,
        seconds=written.length / written.rate,
        true_peak_dbtp=None if peak is None else round(peak, 2),
        integrated_lufs=None if loud.integrated is None else round(loud.integrated, 1),
        bands=bands,
    )
    work.sheets.setdefault(work.target, []).append(side)
    record = groove.Record(
        target=work.deliverable.kind.name,
        artist=meta.artist,
        title=meta.title,
        catalogue=meta.catalogue,
        size=work.deliverable.size,
        speed=work.deliverable.speed,
    )
    sides = sorted(work.sheets[work.target], key=lambda each: (each.side, each.file))
    groove.sheet(_folder(work), record, sides)
