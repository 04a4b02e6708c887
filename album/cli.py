"""The command line: verbs, exit codes, and nothing else.

Heavy imports stand inside the verbs, so that ``--help`` answers at once.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from album import __version__, ending, starting
from album.console import Console
from album.options import (
    Album,
    Block,
    DeEmphasis,
    Fix,
    Force,
    Gaps,
    Jobs,
    Json,
    Quiet,
    Source,
    Strict,
    Target,
    To,
    Verbose,
)

if TYPE_CHECKING:
    from album.render import Settings

ALBUM, HERE, DEMO = Path("album.toml"), Path(), Path("demo")
BLOCK = 1 << 17  # samples moved at a time, where nothing else is asked for

app = typer.Typer(
    name="glassmaster",
    help="Sequence, master and deliver an album from one project file.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    starting.begin()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(ending.INTERRUPTED)


def _version(asked: bool) -> None:
    if asked:
        home = Path(__file__).resolve().parent.parent
        typer.echo(f"glassmaster {__version__} ({home})")
        raise typer.Exit


@app.callback()
def glassmaster(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version and the folder it runs from.",
        ),
    ] = False,
) -> None:
    """Sequence, master and deliver an album from one project file."""


def _settings(jobs: int, block: int) -> "Settings":
    from album.memory import keep_blocks
    from album.render import Settings

    keep_blocks()
    return Settings(jobs=jobs or os.cpu_count() or 1, block=block)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder with the mixes.")] = HERE,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Look at a folder of mixes and write album.toml."""
    from album import verbs

    console = Console("init", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.init, folder)


@app.command()
def check(
    album: Album = ALBUM,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
) -> None:
    """Read the project and the mixes, apply every rule that needs no render."""
    from album import verbs

    console = Console("check", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.check, album, _settings(jobs, BLOCK))


@app.command()
def plan(
    album: Album = ALBUM,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
) -> None:
    """Show running order, layout, levels and tone; render nothing."""
    from album import verbs

    console = Console("plan", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.plan, album, _settings(jobs, BLOCK))


@app.command()
def build(
    album: Album = ALBUM,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TARGET]...", help="What to build; all, if none."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The folder to leave it in: build/ if none."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
    block: Block = BLOCK,
) -> None:
    """Render, write, read back, and only then replace what was there."""
    from album import verbs

    console = Console("build", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.build, album, targets or [], out, _settings(jobs, block))


@app.command()
def verify(
    path: Annotated[
        Path,
        typer.Argument(
            help="A delivery, a DDP folder, a CUE, a TOC, a folder of tracks, or a zip."
        ),
    ],
    audio: Annotated[
        bool,
        typer.Option("--audio/--no-audio", help="Whether the samples are read too."),
    ] = True,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this one: a delivery, or a rip.")
    ] = None,
    within: Annotated[
        int, typer.Option(min=0, max=4500, help="Frames by which its marks may be off.")
    ] = 0,
    waive: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE[@TRACK]", help="Take a finding as it is."),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="Write a receipt to mail back.")
    ] = None,
    date: Annotated[
        str, typer.Option(metavar="TEXT", help="The date on the receipt.")
    ] = "",
    junit: Annotated[Path | None, typer.Option(help="Write JUnit's XML.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Write SARIF 2.1.0.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the verdict as an HTML page.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
) -> None:
    """Read a delivery back and judge it, alone or against another."""
    from album import verifyverb

    console = Console("verify", as_json=json, quiet=quiet, verbose=verbose)
    wanted = verifyverb.Wanted(
        audio=audio, against=against, within=within, waive=waive or (),
        receipt=receipt, date=date, junit=junit, sarif=sarif, report=report,
    )  # fmt: skip
    ending.run(console, verifyverb.verify, path, jobs or os.cpu_count() or 1, wanted)


@app.command()
def convert(
    source: Source,
    target: Target,
    to: To = "",
    gaps: Gaps = "",
    strict: Strict = False,
    fix: Fix = False,
    de_emphasis: DeEmphasis = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Turn a disc from any form into another, every sample and mark the same."""
    from album import convertverb

    console = Console("convert", as_json=json, quiet=quiet, verbose=verbose)
    asked = (to, gaps, strict, force, fix, de_emphasis)
    ending.run(console, convertverb.convert, source, target, *asked)


@app.command()
def meter(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|FOLDER...", help="Audio files; a folder is an album."
        ),
    ],
    csv: Annotated[
        Path | None, typer.Option(help="Write a line a file to this CSV file.")
    ] = None,
    series: Annotated[
        Path | None,
        typer.Option(help="Write M and S, ten a second, to this CSV file."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw one file's measurement: a .png or an .svg."),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Measure anew what was measured before."),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
) -> None:
    """Measure loudness, range, peaks, dynamics, stereo and spectrum."""
    from album import meterverb

    console = Console("meter", as_json=json, quiet=quiet, verbose=verbose)
    wanted = meterverb.Wanted(csv=csv, series=series, plot=plot, cached=not no_cache)
    ending.run(console, meterverb.meter, paths, wanted, jobs or os.cpu_count() or 1)


@app.command()
def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="SONG|RULE", help="A song's id or title, or the id of a finding."
        ),
    ],
    album: Album = ALBUM,
    target: Annotated[
        str | None,
        typer.Option(help="The target to hear the song for; the first, if none."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what a finding means, or what is done to a song and why, in numbers."""
    from album import explainverb

    console = Console("explain", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, explainverb.explain, what, album, target)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(help="The folder to make the album in.")
    ] = DEMO,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    jobs: Jobs = 0,
) -> None:
    """Compose a short example album and build it."""
    from album import verbs

    console = Console("demo", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.demo, folder, _settings(jobs, BLOCK))


@app.command()
def schema(json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Print the JSON schema of album.toml, for editors."""
    from album import verbs

    console = Console("schema", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, verbs.schema)


@app.command()
def specs(
    name: Annotated[
        str, typer.Argument(help="A row, a group, or group/row; all, if none.")
    ] = "",
    album: Annotated[Path, typer.Option(help="The project whose rows count.")] = ALBUM,
    changed_since: Annotated[
        str, typer.Option(metavar="DATE", help="Only what was read since this day.")
    ] = "",
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Print the limits of plants, platforms and stores, with source and date."""
    from album import specsverb

    console = Console("specs", as_json=json, quiet=quiet, verbose=verbose)
    ending.run(console, specsverb.specs, name, album, changed_since)
