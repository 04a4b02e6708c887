"""What is done to songs and programmes, in words and as data: for plan and build."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from album.console import table
from album.finish import finish_of
from album.project import Album, Song
from album.rack import Stage

if TYPE_CHECKING:
    from album.masterreport import MasterReport


def chain_lines(album: Album, songs: Iterable[str]) -> list[str]:
    """Return the chains of *songs* and their stems, a line for every stage."""
    rows = []
    for name in songs:
        for what, stages in _chains(album.songs[name]):
            rows += [
                (what if number == 0 else "", stage.text)
                for number, stage in enumerate(stages)
            ]
    return table(rows, right=()) if rows else []


def master_lines(album: Album, targets: Iterable[str]) -> list[str]:
    """Return how every target with a master is made from it."""
    rows = []
    for target in targets:
        finish = finish_of(album, target)
        if finish.idle:
            continue
        parts = [stage.text for stage in finish.stages]
        if finish.target_lufs is not None:
            parts.append(f"one gain to {finish.target_lufs:g} LUFS")
        parts += [stage.text for stage in finish.emphasis]
        if finish.limited:
            parts.append(f"limiter {finish.limiter} at {finish.ceiling_dbtp:g} dBTP")
        master = f"master {finish.master}" if finish.master else "no master"
        rows.append((target, master, " → ".join(parts)))
    return table(rows, right=()) if rows else []


def masters_json(album: Album, targets: Iterable[str]) -> list[dict[str, Any]]:
    """Return the masters of *targets*, before anything is rendered."""
    found = []
    for target in targets:
        finish = finish_of(album, target)
        if not finish.idle:
            found.append(
                {
                    "target": target,
                    "master": finish.master,
                    "chain": [stage.text for stage in finish.behind],
                    "target_lufs": finish.target_lufs,
                    "limiter": finish.limiter,
                    "ceiling_dbtp": finish.ceiling_dbtp if finish.limited else None,
                }
            )
    return found


def chains_json(song: Song) -> dict[str, Any]:
    """Return the chain of a song, and its stems with theirs."""
    stems = [
        {
            "name": name,
            "gain_db": stem.gain_db,
            "chain": [stage.text for stage in stem.chain],
        }
        for name, stem in song.stems.items()
    ]
    chain = [stage.text for stage in song.chain]
    return {"chain": chain, **({"stems": stems} if stems else {})}


def report_lines(masters: Iterable["MasterReport"]) -> list[str]:
    """Return what was done to the programmes, a line for every target."""
    lines = []
    for made in masters:
        said = []
        if made.target_lufs is not None and made.integrated_lufs is not None:
            said.append(
                f"{made.integrated_lufs:.1f} LUFS {made.gain_db:+.1f} dB to "
                f"{made.target_lufs:g} LUFS"
            )
        if made.true_peak_dbtp is not None:
            deepest = min(made.songs, key=lambda song: song.deepest_db)
            said.append(
                f"limiter {made.limiter}: true peak {made.true_peak_dbtp:.2f} dBTP, "
                f"deepest {deepest.deepest_db:.1f} dB in {deepest.song}"
            )
        if said:
            lines.append(f"{made.target}  master {made.master}: {'; '.join(said)}")
    return lines


def _chains(song: Song) -> list[tuple[str, tuple[Stage, ...]]]:
    """Return the chains of a song, stems first, as they work."""
    stems = [(f"{song.title}: {name}", stem.chain) for name, stem in song.stems.items()]
    return [(what, stages) for what, stages in (*stems, (song.title, song.chain))]
