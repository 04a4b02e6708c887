"""The page of a song: its chain as it ran, and what each stage changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from album.chain import Stage, table_of_stage
from album.console import table
from album.explain import BANDS, Explained, Levels
from album.prepare import Prepared
from album.processing import master_lines, masters_json
from dsp.level import rounded

HEAD = (
    "stage", "LUFS", "true peak", "crest", "low", "mid", "high", "width", "turned down"
)  # fmt: skip

Stems = Mapping[str, Explained]
"""What the chains of stems have changed, by the stems' names."""


def lines(
    prepared: Prepared, name: str, target: str, stems: Stems, found: Explained
) -> list[str]:
    """Return a song's chain and what it changed, for people."""
    song = prepared.album.songs[name]
    said = [f"{song.title} · for {target}", ""]
    rows = [
        (f"stem {stem}: {stage.text}", *_origin(stage, "the stem's own"))
        for stem, part in song.stems.items()
        for stage in part.chain
    ]
    rows += [(stage.text, *_origin(stage, "the song's own")) for stage in song.chain]
    said += [*table(rows), ""] if rows else ["It has no chain.", ""]
    for stem, part in song.stems.items():
        if stem in stems:
            said += _changes(f"the stem {stem}", stems[stem])
            said += [*_idle(part.chain, stems[stem], target), ""]
    said += _changes("the sum of the stems" if song.stems else "the song", found)
    said += _idle(song.chain, found, target)
    master = master_lines(prepared.album, [target])
    return [*said, "", "Behind it, for all songs:", *master] if master else said


def as_json(
    prepared: Prepared, name: str, target: str, stems: Stems, found: Explained
) -> dict[str, Any]:
    """Return the same as data."""
    folder = prepared.album.path.absolute().parent
    song = prepared.album.songs[name]
    own = {
        stem: {
            "chain": [_stage_json(stage, folder) for stage in part.chain],
            **(_explained_json(stems[stem]) if stem in stems else {}),
        }
        for stem, part in song.stems.items()
    }
    master = masters_json(prepared.album, [target])
    return {
        "chain": [_stage_json(stage, folder) for stage in song.chain],
        **({"stems": own} if own else {}),
        **_explained_json(found),
        "master": master[0] if master else None,
    }


def _changes(what: str, found: Explained) -> list[str]:
    """Return the levels of *what*, what each stage changed of them, and remarks."""
    measured = [HEAD, (what, *_cells(found.before, "{:.1f}"), "")]
    last = found.before
    for step in found.steps:
        turned = step.reduction
        down = f"{turned.deepest_db:.1f} dB, {turned.share:.0%}" if turned else ""
        cells = _cells(step.after.since(last), "{:+.1f}")
        measured.append((step.stage.text, *cells, down))
        last = step.after
    if found.steps:
        measured.append(("comes out", *_cells(last, "{:.1f}"), ""))
    said = table(measured, right=range(1, 8))
    for step in found.steps:
        said += [f"{step.stage.text}: {remark}" for remark in step.remarks]
    return said


def _idle(chain: tuple[Stage, ...], found: Explained, target: str) -> Iterator[str]:
    """Yield why stages of *chain* did not run."""
    ran = {step.stage.text for step in found.steps}
    for stage in chain:
        if stage.text not in ran:
            why = f"is not for {target}" if stage.only else "changes nothing"
            yield f"{stage.text}: {why}"


def _origin(stage: Stage, own: str) -> tuple[str, str]:
    """Return what brought a stage in, and where it stands."""
    via = " ".join(f"@{name}" for name in stage.via)
    where = f"line {stage.place.line}" if stage.place.line else ""
    return via or own, where


def _cells(levels: Levels, form: str) -> tuple[str, ...]:
    values = (
        levels.integrated_lufs,
        levels.true_peak_dbtp,
        levels.crest_db,
        *levels.bands_db,
        levels.width_db,
    )
    return tuple("" if value is None else _cell(value, form) for value in values)


def _cell(value: float, form: str) -> str:
    """Return a level as *form*, and without a sign where it rounds to nothing."""
    rounded = round(value, 1)
    return form.format(rounded) if rounded else "0.0"


def _explained_json(found: Explained) -> dict[str, Any]:
    steps, last = [], found.before
    for step in found.steps:
        steps.append(
            {
                "stage": step.stage.text,
                "after": _levels_json(step.after),
                "change": _levels_json(step.after.since(last)),
                "reduction": step.reduction and _rounded(vars(step.reduction)),
                "remarks": list(step.remarks),
            }
        )
        last = step.after
    return {"before": _levels_json(found.before), "steps": steps}


def _levels_json(levels: Levels) -> dict[str, Any]:
    bands = {name: at for (name, *_), at in zip(BANDS, levels.bands_db, strict=True)}
    return {**_rounded({**vars(levels), "bands_db": None}), "bands_db": _rounded(bands)}


def _rounded(values: Mapping[str, float | None]) -> dict[str, Any]:
    return {name: rounded(value, 3) for name, value in values.items()}


def _stage_json(stage: Stage, folder: Path) -> dict[str, Any]:
    return {
        "text": stage.text,
        "table": table_of_stage(stage, folder),
        "via": list(stage.via),
        "place": stage.place.as_json(),
    }
