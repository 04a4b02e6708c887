"""The transcripts in the pages: every command is run, its real output stands below it.

``python -m docs.transcripts`` runs them all in an empty folder and writes what they
print. A block of ``console`` holds commands after ``$``. Two remarks, which readers do
not see, stand on lines of their own: ``<!-- file: PATH -->`` makes the block below it a
file, ``<!-- run: COMMAND -->`` runs without a trace.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from album.ending import COMPILING

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "docs/tutorial.md",
    "README.md",
    "docs/how-to/loud-clip.md",
    "docs/how-to/limit.md",
    "docs/how-to/letters.md",
    "docs/how-to/check-a-delivery.md",
    "docs/how-to/convert.md",
)
"""In the order of their running: the tutorial composes the music of all."""

_PART = re.compile(
    r"<!-- (?P<word>file|run): (?P<what>.+?) -->\n"
    r"|```(?P<kind>\w*)\n(?P<text>.*?)```\n",
    re.DOTALL,
)


@dataclass
class Session:
    """A terminal in an empty folder, which pages share."""

    folder: Path
    here: Path = field(init=False)
    target: str = ""
    """The file that the next block is to be."""

    def __post_init__(self) -> None:
        self.here = self.folder

    def played(self, page: str) -> str:
        """Run what is in *page*; return it with the outputs that came."""
        self.here = self.folder
        return _PART.sub(self._part, page)

    def _part(self, match: re.Match[str]) -> str:
        if match["word"] == "file":
            self.target = match["what"]
        elif match["word"] == "run":
            self._run(match["what"])
        elif self.target:
            path = self.here / self.target
            path.write_text(match["text"], encoding="utf-8")
            self.target = ""
        elif match["kind"] == "console":
            lines = match["text"].splitlines()
            commands = [line[2:] for line in lines if line.startswith("$ ")]
            printed = (f"$ {each}\n{self._run(each)}" for each in commands)
            return f"```console\n{''.join(printed)}```\n"
        return match[0]

    def _run(self, command: str) -> str:
        """Return what *command* prints on both streams; ``cd`` moves the session."""
        if command.startswith("cd "):
            self.here = (self.here / command[3:]).resolve()
            return ""
        beside = str(Path(sys.executable).parent)
        done = subprocess.run(  # noqa: S603, our own pages are what is run
            ["bash", "-c", command],  # noqa: S607
            cwd=self.here,
            env={
                **os.environ,
                "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
                "PYTHONUTF8": "1",
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        # a machine whose kernels are not compiled yet says so, once
        lines = [each for each in done.stdout.splitlines() if each != COMPILING]
        return "".join(f"{line.rstrip()}\n" for line in lines)


def main() -> int:
    """Write the outputs into the pages; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder).resolve())
        for page in PAGES:
            path = ROOT / page
            text = session.played(path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
