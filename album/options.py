"""Arguments and options of the command line, each with its help."""

from pathlib import Path
from typing import Annotated

import typer

Album = Annotated[
    Path, typer.Argument(metavar="[ALBUM]", help="The project file, or its folder.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of text.")
]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="No progress, warnings or notes.")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")]
Jobs = Annotated[
    int,
    typer.Option(
        "-j", "--jobs", min=0, max=256, help="Threads; 0 is one for each core."
    ),
]
Block = Annotated[
    int,
    typer.Option(
        "--block",
        min=64,
        max=1 << 22,
        help="Samples moved at a time; never changes what comes out.",
    ),
]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="SRC",
        help="A DDP folder, a CUE, a TOC, a folder of tracks, or a zip of one.",
    ),
]
Target = Annotated[
    Path,
    typer.Argument(
        metavar="DST",
        help="out.cue, out.toc, out.bin, out.flac; a folder or a .zip for a DDP.",
    ),
]
To = Annotated[
    str,
    typer.Option(
        metavar="FORM",
        help="ddp, cue, bin, toc, tracks or flac; the name of DST tells, if none.",
    ),
]
Gaps = Annotated[
    str,
    typer.Option(
        metavar="WAY",
        help="Where track files have their pauses: append, prepend, leave-out; "
        "image is one file of all. append, if none.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Write nothing where anything is lost.")
]
Fix = Annotated[
    bool, typer.Option("--fix", help="Put right what has one right answer.")
]
DeEmphasis = Annotated[
    bool,
    typer.Option(
        "--de-emphasis", help="Take pre-emphasis and its flag off the tracks with it."
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace what a conversion left there.")
]
