"""What the checkers say of the twenty commonest mistakes: short, about the right thing, and as the page shows it.

`QB_REFRESH=1`, as in `make golden`, writes the page anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.typing.checkers import COMMONEST, ROOT, said

HERE = Path(__file__).parent
SOURCE = HERE / COMMONEST
PAGE = ROOT / "docs" / "types-and-checkers.md"
START, END = "<!-- commonest: written by tests/typing/test_commonest.py -->\n", "<!-- end of commonest -->\n"

Lines = dict[int, list[str]]
"""What a checker says, by line: its messages with all of their lines."""


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    found = said("mypy", "3.11", tmp_path_factory)[COMMONEST]
    return {
        line: [each.text if each.error else f"note: {each.text}" for each in messages]
        for line, messages in found.items()
    }


@pytest.fixture(scope="module")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    # What follows from a mistake, an argument that is now unknown, is no message about it.
    follows = ("reportUnusedExpression", "reportUnknownArgumentType")
    found: Lines = {}
    for line, messages in said("pyright", "3.11", tmp_path_factory)[COMMONEST].items():
        if texts := [each.text for each in messages if each.rule not in follows]:
            found[line] = [part for text in texts for part in text.splitlines()]
    return found


def mistakes() -> dict[int, tuple[str, str]]:
    """By line: the code, and what to do."""
    lines = SOURCE.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines, 1) if line.startswith("def mistakes"))
    parts = {number: line.strip().split("  # ") for number, line in enumerate(lines, 1) if number > start}
    return {number: (code, todo) for number, (code, todo) in parts.items()}


@pytest.mark.slow
def test_mypy_says_it_in_a_line_or_two(mypy: Lines) -> None:
    assert {line: said for line, said in mypy.items() if line not in mistakes()} == {}
    assert {line: len(mypy[line]) for line in mistakes() if not 1 <= len(mypy[line]) <= 2} == {}
    assert [said for all_said in mypy.values() for said in all_said if "Never]" in NOTHING.sub("", said)] == []


NOTHING = re.compile(r"(NothingElse|ANumber|TheSameType)\[Never\]")
"""No type of the mistake's: what qb puts among those of an argument, for mypy."""


@pytest.mark.slow
def test_pyright_says_it_of_each_in_at_most_eleven_lines(pyright: Lines) -> None:
    """Four are enough for most; where it goes into each type of a union the page breaks off."""
    assert {line: said for line, said in pyright.items() if line not in mistakes()} == {}
    lengths = {line: len(pyright.get(line, ())) for line in mistakes()}
    assert {line: length for line, length in lengths.items() if not 1 <= length <= 11} == {}
    assert sum(length <= 4 for length in lengths.values()) >= 15


@pytest.mark.slow
def test_the_page_shows_what_they_say(mypy: Lines, pyright: Lines) -> None:
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
