"""The documentation: whole, fresh, and true of the code."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from album import projectfile
from album.cli import app
from album.processors import PROCESSORS
from delivery import catalogue, specs
from delivery.rules import RULES
from delivery.tagging import NUMBERS, TEXTS
from docs import curves, generate, transcripts

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
README_LINES = 150

_ID = re.compile(r"[A-Z][A-Z0-9]+(-[A-Z0-9]+)+", re.ASCII)
_WORD = re.compile(r"[A-Z]{4,}", re.ASCII)
_NO_IDS = {"CD-TEXT", "SHA-256", "PQ-DESCR", "PQ-SHEET"}
_SAYS = {"error", "warning", "note", "refuse", "fault", "fail", "_refusal"}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _reference(name: str) -> str:
    return _text(DOCS / "reference" / name)


def _blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```\n", page, re.DOTALL)


def _with_mixes(project: Path, text: str) -> Path:
    """Write *text* to *project*, and beside it empty files for those it names."""
    for name in re.findall(r'"(mixes/[^"]+)"', text):
        mix = project.parent / name
        mix.parent.mkdir(parents=True, exist_ok=True)
        mix.touch()
    project.write_text(text, encoding="utf-8")
    return project


def _ids(path: Path) -> Iterator[str]:
    """Yield the ids of findings in a module: by their form, and where they are said."""
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _ID.fullmatch(node.value) and node.value not in _NO_IDS:
                yield node.value
        elif isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = getattr(node.args[0], "value", None)
            if name in _SAYS and isinstance(first, str) and _WORD.fullmatch(first):
                yield first


def test_generated_pages_are_fresh():
    for name, text in generate.drawn():
        assert _reference(name) == text, "run python -m docs.generate"


def test_a_stale_page_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "stale: chain.md, commands.md, project-file.md" in capsys.readouterr().err
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    assert generate.main(["--chekc"]) == 2


def test_every_command_and_option_is_documented():
    page = _reference("commands.md")
    for name, command in get_command(app).commands.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section, name
        for part in command.params:
            if part.param_type_name == "option":
                assert ", ".join(part.opts) in section


def test_every_key_of_the_project_is_documented():
    page = _reference("project-file.md")
    described = projectfile.schema()
    for key in described["properties"]:
        assert re.search(rf"^##+ .*\[?{key}\b", page, re.MULTILINE), key
    for name, table in described["$defs"].items():
        for key in table.get("properties", ()):
            assert re.search(rf"^\| `{key}`", page, re.MULTILINE), f"{name}.{key}"


def test_every_rule_has_a_page():
    page = _reference("rules.md")
    for rule in RULES:
        assert f"\n### {rule.id}\n" in page
    for plant in specs.plants():
        assert f"\n### {plant}\n" in page


def test_every_finding_of_the_code_is_documented_and_no_other():
    modules = [path for folder in ("album", "delivery") for path in _code(folder)]
    said = {name for path in modules for name in _ids(path)}
    documented = set(catalogue.entries())
    assert said == documented


def _code(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_a_finding_is_a_rule_or_has_its_own_row():
    law = {rule.id for rule in RULES}
    for name, row in catalogue.written().items():
        assert set(row) == ({"also"} if name in law else {"group", "severity", "page"})


@pytest.mark.parametrize("kind", PROCESSORS)
def test_every_word_of_the_chain_language_has_its_page(kind):
    assert f"\n### {kind}\n" in _reference("chain.md")
    assert _reference(f"processors/{kind}.md").startswith("# ")


def test_outputs_name_every_folder_and_every_tag():
    page = _reference("outputs.md")
    for folder in ("cd", "ddp", "streaming", "ddex"):
        assert f"\n## {folder}\n" in page
    for key in [*(row.vorbis for row in TEXTS), *NUMBERS.values()]:
        assert f"`{key}`" in page


def test_the_readme_is_short():
    assert len(_text(ROOT / "README.md").splitlines()) <= README_LINES


def test_the_album_of_the_readme_is_read(tmp_path):
    [project] = _blocks(_text(ROOT / "README.md"), "toml")
    assert len(project.splitlines()) <= 12
    album, findings = projectfile.read(_with_mixes(tmp_path / "album.toml", project))
    assert [song.title for song in album.songs.values()] == ["Low Tide", "Glass"]
    assert not findings


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_read_without_a_finding(example, tmp_path):
    project = _with_mixes(tmp_path / "album.toml", _text(example))
    assert projectfile.read(project)[1] == ()


def _links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the pages and parts of pages of this repository that *page* links to."""
    text = re.sub(r"```.*?```", "", _text(page), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith("https://"):
            path, _, part = link.partition("#")
            yield (page.parent / path).resolve() if path else page, part


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(page):
    for target, part in _links(page):
        assert target.exists(), target
        if part:
            assert part in _anchors(target), part


def _anchors(page: Path) -> set[str]:
    """Return the anchors that Markdown makes of the headings of *page*."""
    headings = re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in words}


def test_every_page_can_be_found_from_the_readme():
    found, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in found and page.suffix == ".md":
            found.add(page)
            ahead += [target for target, _ in _links(page)]
    assert set(PAGES) <= found


def test_commands_in_the_pages_exist():
    known = {*get_command(app).commands, "COMMAND"}
    for page in PAGES:
        for block in _blocks(_text(page), "console"):
            for line in re.findall(r"^\$ glassmaster (\S+)", block, re.MULTILINE):
                assert line in known, page
        for command in re.findall(r"`glassmaster ([^\s`]+)", _text(page)):
            assert command in known or command.startswith("--"), page


@pytest.mark.slow
@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "sed", "md5sum"))),
    reason="the pages use bash, sed and md5sum",
)
def test_transcripts_are_what_the_commands_print(tmp_path):
    session = transcripts.Session(tmp_path)
    for name in transcripts.PAGES:
        page = _text(ROOT / name)
        assert session.played(page) == page, "run python -m docs.transcripts"


def test_generating_runs_as_a_module():
    command = [sys.executable, "-m", "docs.generate", "--check"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", curves.PICTURES)
def test_pictures_show_what_the_stages_do(name: str) -> None:
    assert curves.stale([name]) == []


def test_every_picture_stands_in_a_page_and_is_drawn_by_a_command() -> None:
    there = {path.relative_to(curves.REFERENCE) for path in DOCS.rglob("*.svg")}
    assert {str(path.with_suffix("")) for path in there} == set(curves.PICTURES)
    pages = "".join(_text(path) for path in DOCS.rglob("*.md"))
    assert all(f"]({path.name})" in pages for path in there)


def test_a_picture_that_shows_another_curve_is_stale() -> None:
    picture = _text(curves.REFERENCE / "processors" / "mute.svg")
    assert curves.alike(picture, picture)
    numbers = re.findall(r"\d+\.\d,\d+\.\d", picture)
    x, y = numbers[len(numbers) // 2].split(",")
    assert not curves.alike(picture, picture.replace(f"{x},{y}", f"{x},{float(y) + 2}"))
