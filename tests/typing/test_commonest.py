"""What the checkers say of the twenty commonest mistakes: short, about the right thing, and as the page shows it.

`QB_REFRESH=1`, as in `make golden`, writes the page anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
SOURCE = HERE / "refused_commonest.py"
PAGE = ROOT / "docs" / "types-and-checkers.md"
START, END = "<!-- commonest: written by tests/typing/test_commonest.py -->\n", "<!-- end of commonest -->\n"

Said = dict[int, list[str]]
"""What a checker says, by line: its messages with all of their lines."""


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    return (done.stdout or done.stderr).strip()


@pytest.fixture(scope="module")
def mypy() -> Said:
    found: Said = defaultdict(list)
    for line in run(sys.executable, "-m", "mypy", "--no-error-summary", str(SOURCE)).splitlines():
        told = re.match(r".*?\.py:(\d+)(?::\d+)?: (?:error: )?(.*)", line)
        assert told is not None, line
        found[int(told[1])].append(re.sub(r"  \[[\w-]+\]$", "", told[2]))
    return found


@pytest.fixture(scope="module")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Said:
    program = BIN / "pyright"
    if not program.exists():
        pytest.skip("pyright is not installed")
    # refused files are left out of the project's own checks by their names, so a copy is looked at.
    copy = tmp_path_factory.mktemp("pyright") / "commonest.py"
    shutil.copy(SOURCE, copy)
    said = run(str(program), "--outputjson", str(copy))
    if not said.startswith("{"):
        pytest.skip(f"pyright does not run here: {said[:200]}")  # its first run downloads it
    found: Said = defaultdict(list)
    for entry in json.loads(said)["generalDiagnostics"]:
        # What follows from a mistake, an argument that is now unknown, is no message about it.
        if entry.get("rule") not in ("reportUnusedExpression", "reportUnknownArgumentType"):
            found[entry["range"]["start"]["line"] + 1] += (
                entry["message"].replace("\N{NO-BREAK SPACE}", " ").splitlines()
            )
    return found


def mistakes() -> dict[int, tuple[str, str]]:
    """By line: the code, and what to do."""
    lines = SOURCE.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines, 1) if line.startswith("def mistakes"))
    parts = {number: line.strip().split("  # ") for number, line in enumerate(lines, 1) if number > start}
    return {number: (code, todo) for number, (code, todo) in parts.items()}


@pytest.mark.slow
def test_mypy_says_it_in_a_line_or_two(mypy: Said) -> None:
    assert {line: said for line, said in mypy.items() if line not in mistakes()} == {}
    assert {line: len(mypy[line]) for line in mistakes() if not 1 <= len(mypy[line]) <= 2} == {}
    assert [said for all_said in mypy.values() for said in all_said if "Never]" in NOTHING.sub("", said)] == []


NOTHING = re.compile(r"(NothingElse|ANumber)\[Never\]")
"""No type of the mistake's: what qb puts among those of an argument, for mypy."""


@pytest.mark.slow
def test_pyright_says_it_in_its_first_lines(pyright: Said) -> None:
    assert {line: said for line, said in pyright.items() if line not in mistakes()} == {}
    assert {line: len(pyright[line]) for line in mistakes() if not pyright[line]} == {}


@pytest.mark.slow
def test_the_page_shows_what_they_say(mypy: Said, pyright: Said) -> None:
    parts: list[str] = []
    for number, (line, (code, todo)) in enumerate(mistakes().items(), 1):
        told = "\n".join([*(f"mypy:    {each}" for each in mypy[line]), *shown(pyright[line])])
        parts.append(f"{number}. `{code}`: {todo}.\n\n   ```text\n{indented(told)}\n   ```\n")
    made = START + "\n" + "\n".join(parts) + "\n" + END
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(START)
    shown_now, _, after = rest.partition(END)
    if os.environ.get("QB_REFRESH"):
        PAGE.write_text(before + made + after, "utf-8")
    else:
        assert START + shown_now + END == made


def shown(said: list[str]) -> list[str]:
    """What pyright says, as far as the fourth line."""
    return [f"pyright: {said[0]}", *(f"         {each}" for each in said[1:4])] + ["         ..."] * (len(said) > 4)


def indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())
