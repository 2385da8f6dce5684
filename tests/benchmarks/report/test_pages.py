"""The page, its charts and the figures on the project's own pages, from figures that are made up."""

from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from benchmarks.report.charts import charts
from benchmarks.report.markdown import write
from benchmarks.report.pages import BEGIN, END, PAGES, with_figures
from benchmarks.report.results import Absent, Report
from tests.benchmarks.report.made import case, made, report

ROOT = Path(__file__).parents[3]


def peers(factor: float) -> dict[str, list[float]]:
    return {"psycopg by hand": [factor, factor], "qb": [1.1 * factor] * 2, "SQLAlchemy Core": [4 * factor] * 2}


@pytest.fixture
def some() -> Report:
    reads = [made(case("rows", "many", n, per=n, axis="rows"), peers(n / 1e5)) for n in (1, 100, 10_000)]
    single = made(case("rows", "single"), peers(2e-5), [Absent("drizzle <pg>", "node is not there")])
    return report(*reads, single, made(case("compile", "compile", 0, axis="joins"), peers(1e-3)))


def test_every_chart_is_an_image(some: Report) -> None:
    drawn = dict(charts(some))
    assert drawn.keys() == {"rows-many.svg", "choice.svg"}, "one size is no curve"
    for text in drawn.values():
        root = ET.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        said = " ".join(root.itertext())
        assert {"qb", "SQLAlchemy Core"} <= set(map(str.strip, root.itertext()))
        assert "prefers-color-scheme: dark" in said


def test_the_page_says_everything(some: Report, tmp_path: Path) -> None:
    write(some, tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    for words in (
        "| qb |", "1.10 (1.10–1.10)", "drizzle <pg> took no part: node is not there", "nobody took no part",
        "![qb beside what else one could choose](choice.svg)", "| a prepared single row | psycopg by hand | 1.03 |",
        "not measured", "load 0.1", "a-library 1.0",
    ):  # fmt: skip
        assert words in page, words
    assert msgspec.json.decode((tmp_path / "results.json").read_bytes(), type=Report) == some
    named = {path.name for path in tmp_path.iterdir()}
    assert named == {"README.md", "results.json", "rows-many.svg", "choice.svg"}


def test_figures_stand_between_their_comments_and_nowhere_else(some: Report) -> None:
    page = f"Before.\n\n{BEGIN}old figures{END}\n\nAfter.\n"
    once = with_figures(page, some)
    assert once.startswith(f"Before.\n\n{BEGIN}")
    assert once.endswith(f"{END}\n\nAfter.\n")
    assert "old figures" not in once
    assert "| **qb** | 22.0 | 11.0 |" in once
    assert "| SQLAlchemy Core | 80.0 (3.64) | 40.0 (3.64) |" in once
    assert with_figures(once, some) == once


def test_a_page_without_a_place_is_refused(some: Report) -> None:
    with pytest.raises(ValueError, match="no place for figures"):
        with_figures("no comments here", some)


@pytest.mark.parametrize("name", PAGES)
def test_the_projects_pages_have_a_place_for_figures(name: str, some: Report) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    assert with_figures(page, some) != page
