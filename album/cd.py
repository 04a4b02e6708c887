"""The CD: one master at 44.1 kHz and 16 bit, as WAV with its sheets and as DDP."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from album import disclayout
from album.mastering import Master
from album.masters import listened, report
from album.render import watched
from album.work import Outcome, Task, Work
from delivery import disc, wav
from delivery.findings import any_error
from delivery.formats import Folders
from delivery.program import Floats, Program
from delivery.redbook import BITS, RATE
from dsp.emphasis import SETTLED, deemphasised


def tasks(work: Work) -> list[Task]:
    """Return the one task that makes the disc: its parts are cut from one master."""
    return [partial(_disc, work)]


def _disc(work: Work) -> Outcome:
    """Render the master, write every form of the disc, read each back."""
    timeline = work.disc.timeline
    name = disclayout.disc_name(work.album, timeline)
    cd, ddp = work.folder("cd"), work.folder("ddp")
    master = Master(work.programme, work.settings, RATE, BITS, finish=work.finish)
    folders = Folders(cd=cd, ddp=ddp)
    advance = work.stage(f"cd: {name}", 3 * master.length)
    jobs = work.settings.jobs
    blocks = watched(master.blocks(), advance)
    recorded = disc.record(blocks, master.length, name, folders, jobs)
    reported = report(work, master)
    if master.overs or any_error(reported.findings):
        return replace(reported, overs=tuple(master.overs))
    image = disc.wav_of(folders, name)
    program = Program(
        name=name,
        layout=work.disc.layout,
        release=disclayout.release(work.album, timeline),
        pcm=wav.open_pcm(image),
    )
    disc.write(program, folders, recorded)
    proved = disc.prove(program, folders, recorded, advance, jobs)
    disc.paperwork(program, folders, proved.md5, work.notes)
    return replace(
        reported,
        proofs=proved.proofs,
        sums=proved.sha256,
        then=(partial(_heard, work, image),),
    )


def _heard(work: Work, image: Path) -> Outcome:
    """Measure the songs on the disc."""
    import soundfile

    with soundfile.SoundFile(str(image)) as file:

        def read(start: int, stop: int) -> Floats:
            file.seek(start)
            return np.asarray(file.read(stop - start, dtype="float64", always_2d=True))

        def played(start: int, stop: int) -> Floats:
            before = read(max(0, start - SETTLED), start)
            return deemphasised(before, read(start, stop), RATE)

        return listened(work, RATE, played if work.finish.emphasis else read)
