"""The README and the pages of docs/: their code runs, shows what it gives, and passes both type checkers."""

import datetime as dt
import importlib.util
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest

from qb import errors
from qb.types.infer import DEFAULTS, type_of
from tests import documents, notebooks
from tests.documents import PAGES, ROOT

SCRIPTS = Path(sysconfig.get_path("scripts"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NEEDED = {"fastapi.md": "fastapi"}
"""What pages are about, and qb does not need: where it is not installed they are left out."""
ABSENT = {page for page, module in NEEDED.items() if find_spec(module) is None}
WITH_CODE = [
    page for page in PAGES if any(block.info.startswith(("python", "console")) for block in documents.blocks(page))
]


@pytest.fixture
def database(qb_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database, which DATABASE_URL names for as long as the test runs."""
    with documents.empty_database(qb_url) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.name)
def test_a_page_does_what_it_shows(page: Path, database: str) -> None:
    if page.name in ABSENT:
        pytest.skip(f"{NEEDED[page.name]} is not installed")
    documents.run(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Those within the repository: the file is there, and the heading in it."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        if not target.startswith("http"):
            linked = (page.parent / name).resolve() if name else page
            assert linked.exists(), target
            if anchor:
                headings = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
                slugs = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
                assert anchor in slugs, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:qb|tests|tables|codecs|benchmarks|notebooks|docs)/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_there(page: Path) -> None:
    """What a shell block calls exists: targets of make, modules, extras, sessions of nox."""
    text = "\n".join(block.text for block in documents.blocks(page) if block.info == "sh")
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {name for line in targets for name in line.split()}
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= known
    for module in re.findall(r"python3? -m ([\w.]+)", text):
        assert importlib.util.find_spec(module) is not None, module
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = set(tomllib.load(file)["project"]["optional-dependencies"])
    assert {name for found in re.findall(r"\.\[([\w,]+)\]", text) for name in found.split(",")} <= extras


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of every page and notebook, as modules whose lines are the page's."""
    folder = tmp_path_factory.mktemp("pages")
    lenient = "# pyright: strict, reportUnusedExpression=false, reportUnusedCoroutine=false"
    for page in WITH_CODE:
        if page.name in ABSENT:
            continue
        code = documents.module_of(page)
        # The first line of a page is its title, so there is room.
        (folder / f"{page.stem.lower().replace('-', '_')}_page.py").write_text(lenient + code, encoding="utf-8")
        for file, text in documents.imported(page).items():
            assert not (folder / file).exists(), f"two pages have a {file} that their code imports: call one otherwise"
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
    for notebook in NOTEBOOKS:
        code = notebooks.module_of(notebook)
        (folder / f"{notebook.stem}_notebook.py").write_text(f"{lenient}\n{code}", encoding="utf-8")
    return folder


def check(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_code_passes_mypy(modules: Path) -> None:
    check(sys.executable, "-m", "mypy", *sorted(modules.glob("*.py")))


@pytest.mark.slow
def test_the_code_passes_basedpyright(modules: Path) -> None:
    # A project of its own, as the repository's says which folders are checked. A `type: ignore` is mypy's, and hides
    # nothing here: a line that a page says to be refused is refused by both.
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [ROOT.as_posix(), (ROOT / "codecs").as_posix()],
        "enableTypeIgnoreComments": False,
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    (modules / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    check(SCRIPTS / "basedpyright", "--project", modules, "--pythonpath", sys.executable)


def rows_of_table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    text = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_types_is_what_annotations_give() -> None:
    names = {"dt": dt, "Decimal": Decimal, "Literal": Literal, "UUID": UUID}
    rows = rows_of_table(ROOT / "docs" / "tables.md", "Types that follow from the annotation")
    for annotation, expected in rows:
        assert type_of(eval(annotation, names)).name == expected, annotation
    assert {eval(annotation, names) for annotation, _ in rows if "[" not in annotation} == set(DEFAULTS)


def test_the_table_of_errors_is_the_family() -> None:
    rows = rows_of_table(ROOT / "docs" / "errors.md", "The family")
    family = {kind.__name__: [name for name in kind.__match_args__ if name != "sqlstate"] for kind in members()}
    assert {name: fields.split(", ") if fields else [] for name, _, fields, _ in rows} == family


def members() -> list[Any]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__base__ is errors.DbError]


LIES = {
    "a value": "```python\n1 + 1  # -> 3\n```\n",
    "a value below": "```python\n[1, 2]\n# -> [1,\n#    3]\n```\n",
    "a promise to nothing": "```python\nx = 1  # -> 1\n```\n",
    "what is printed": "```python\nprint(1)\n```\n\n```text\n2\n```\n",
    "nothing shown": "```python\nprint(1)\n```\n\nText.\n\n```text\n1\n```\n",
    "no error": "```python raises\n1\n```\n\n```text\nValueError: x\n```\n",
    "what a command prints": "```toml pyproject.toml\n[tool.qb.databases.a]\n```\n\n```console\n$ qb config\nb\n```\n",
    "how a command exits": "```console\n$ qb nothing\nerror: No such command 'nothing': see qb --help\n```\n",
    "another error": "```python raises\nint('x')\n```\n\n```text\nTypeError: x\n```\n",
}


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_a_page_that_lies_is_found_out(text: str, tmp_path: Path) -> None:
    page = tmp_path / "lies.md"
    page.write_text(text)
    with pytest.raises(AssertionError, match=r"lies\.md"):
        documents.run(page)
