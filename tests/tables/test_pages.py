"""The pages of the systems: what their tables name as the place where something is met is there."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "systems.md", *sorted((ROOT / "docs" / "systems").glob("*.md"))]
ROW = re.compile(r"^\|(?P<asked>.*)\|(?P<met>[^|]*)\|$", re.MULTILINE)
LINES = re.compile(r"\(L\d+(?:-\d+)?(?:, L\d+(?:-\d+)?)*\) *$")
PLACES = ("qb", "tables", "codecs", "tests", "benchmarks", "docs")


def rows(page: Path) -> list[tuple[str, str]]:
    """What is asked, and where it is met, of a page's tables of both."""
    found: list[tuple[str, str]] = []
    for table in re.split(r"\n\n", page.read_text(encoding="utf-8")):
        head, *rest = table.split("\n")
        if head.startswith("|") and "where it is met" in head:
            found += [(each["asked"], each["met"]) for each in ROW.finditer("\n".join(rest[1:]))]
    return found


def is_there(said: str) -> bool:
    """Whether a file or a folder that is named so is there; one without its folder beside others of the same cell."""
    if said.partition("/")[0] in PLACES:
        return (ROOT / said).exists()
    return any(path.name == said for place in ("tables", "codecs") for path in (ROOT / place).rglob("*.py"))


def test_each_page_has_such_a_table() -> None:
    assert len(PAGES) == 6
    for page in PAGES:
        assert len(rows(page)) > 10, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_and_folders_are_there(page: Path) -> None:
    named = [said for _, met in rows(page) for said in re.findall(r"`([\w./]+)`", met)]
    files = [said for said in named if "/" in said or said.endswith(".py")]
    assert files
    assert [said for said in files if not is_there(said)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_names_are_there(page: Path) -> None:
    """Those that begin with a package of this repository."""
    for _, met in rows(page):
        for said in re.findall(r"`((?:qb|tables)(?:\.\w+)+)`", met):
            parts = said.split(".")
            for length in range(len(parts), 0, -1):
                try:
                    module: object = import_module(".".join(parts[:length]))
                except ModuleNotFoundError:
                    continue
                reduce(getattr, parts[length:], module)
                break


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_what_is_asked_says_by_which_lines_of_its_document(page: Path) -> None:
    assert [asked for asked, _ in rows(page) if not LINES.search(asked)] == []
