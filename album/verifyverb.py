"""The verb `verify`: a delivery read and judged, compared, and told to whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from album import __version__
from album.console import Console, counted, table
from delivery.examined import Examined
from delivery.findings import Finding, Severity, refuse
from delivery.verdict import Verdict

if TYPE_CHECKING:
    from delivery.waivers import Waiver

HEAD = ("track", "begins", "length", "LUFS", "range", "dBTP", "peak", "kHz", "title")
_MOST = 8
"""Places of one rule that are listed where nobody asked for more."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a verification beyond the verdict."""

    audio: bool = True
    against: Path | None = None
    within: int = 0
    waive: Sequence[str] = ()
    receipt: Path | None = None
    date: str = ""
    junit: Path | None = None
    sarif: Path | None = None
    report: Path | None = None


def verify(console: Console, path: Path, jobs: int, wanted: Wanted) -> bool:
    """Read a delivery, judge it, and write down what was asked for."""
    from delivery.verify import verify as judge

    if wanted.against is None and wanted.within:
        raise refuse("VALUE", "--within says something of --against, which is missing")
    waivers = _waivers(wanted.waive)
    with console.progress():
        verdict = judge(path, jobs, console.stage, audio=wanted.audio)
        if wanted.against is not None:
            from delivery.against import verify_against

            verdict = verify_against(
                verdict, wanted.against, jobs, console.stage, within=wanted.within,
                audio=wanted.audio,
            )  # fmt: skip
    if waivers:
        from delivery.against import with_waivers

        verdict = with_waivers(verdict, waivers)
    _write(verdict, path, wanted)
    for line in verdict.lines():
        console.line(line)
    for one in verdict.discs:
        for line in _tracks(one):
            console.line(f"  {line}")
    console.findings(verdict.findings if console.verbose else _few(verdict.findings))
    if verdict.ok:
        console.good(f"OK  {path}   {counted(verdict.findings)}")
    else:
        console.line(f"FAIL  {path}   {counted(verdict.findings)}")
    console.document(verdict.ok, verdict.findings, verdict.as_json())
    return verdict.ok


def _waivers(texts: Sequence[str]) -> "tuple[Waiver, ...]":
    """Return the waivers that were written; refuse what is none."""
    if not texts:
        return ()
    from delivery.catalogue import entries
    from delivery.waivers import waiver

    known = entries()
    return tuple(waiver(text, known) for text in texts)


def _write(verdict: Verdict, path: Path, wanted: Wanted) -> None:
    """Write the files that were asked for."""
    texts: list[tuple[Path | None, str]] = []
    if wanted.junit or wanted.sarif or wanted.report:
        from delivery import exports

        if wanted.junit:
            texts.append((wanted.junit, exports.junit(verdict, path.name)))
        if wanted.sarif:
            texts.append((wanted.sarif, exports.sarif(verdict, __version__)))
        if wanted.report:
            page = exports.page(verdict, path.name, __version__)
            texts.append((wanted.report, page))
    if wanted.receipt:
        from delivery.receipt import receipt

        text = receipt(verdict, path.name, __version__, date=wanted.date)
        texts.append((wanted.receipt, text))
    for target, text in texts:
        if target is not None:
            target.write_text(text, encoding="utf-8", newline="\n")


def _tracks(one: Examined) -> list[str]:
    """Return a line for each track, where its audio was heard."""
    from delivery.redbook import clock

    heard = one.heard
    if heard is None:
        return []
    layout = one.reading.layout
    rows: list[tuple[str, ...]] = [HEAD]
    for track, end in zip(layout.tracks, layout.ends(), strict=True):
        found = heard.tracks.get(track.number)
        figures: tuple[float | None, ...] = (None,) * 5
        if found is not None:
            width = found.spectrum.bandwidth
            figures = (
                found.loudness.integrated, found.loudness.range, found.peaks.true,
                found.peaks.sample, None if width is None else width / 1000,
            )  # fmt: skip
        rows.append(
            (str(track.number), clock(track.start), clock(max(0, end - track.start)),
             *("" if each is None else f"{each:.1f}" for each in figures),
             track.texts.title)
        )  # fmt: skip
    return table(rows, right=range(8))


def _few(findings: Sequence[Finding]) -> list[Finding]:
    """Return *findings* in groups by rule, of long ones the first and a count."""
    order = {rule: at for at, rule in reversed([*enumerate(
        each.rule for each in findings)])}  # fmt: skip
    weights = list(Severity)

    def key(one: Finding) -> tuple[int, int]:
        return weights.index(one.severity), order[one.rule]

    out: list[Finding] = []
    for _, group in groupby(sorted(findings, key=key), key=key):
        same = list(group)
        if same[0].severity is Severity.ERROR or len(same) <= _MOST:
            out += _once(same)
            continue
        out += _once(same[: _MOST - 1])
        rest = len(same) - _MOST + 1
        more = Finding(rule=same[0].rule, severity=same[0].severity,
                       message=f"{rest} more of this rule: -v lists them")  # fmt: skip
        out.append(more)
    return out


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Return *findings* with a help that several share told with the last alone."""
    out = list(findings)
    for at, (one, other) in enumerate(zip(out, findings[1:], strict=False)):
        if one.help == other.help:
            out[at] = replace(one, help=None)
    return out
