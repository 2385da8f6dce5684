"""What is shown: as it is, with nothing in it obeyed."""

from __future__ import annotations

import io

import pytest
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.screen import answered, visible
from qb.kit.exit_code import ExitCode

HOSTILE = '[red]"x"[/nothing] :smile: \x1b[2J\u202e%s'
SHOWN = '[red]"x"[/nothing] :smile: \\x1b[2J\\u202e%s'


def shown(what: RenderableType) -> str:
    output = io.StringIO()
    assert answered(Reply(None, show=what), "try", json=False, output=output) == ExitCode.DONE
    return output.getvalue()


def table() -> Table:
    made = Table("name")
    made.add_row(HOSTILE)
    return made


def tree() -> Tree:
    made = Tree(HOSTILE)
    made.add(HOSTILE)
    return made


@pytest.mark.parametrize("what", [HOSTILE, Text(HOSTILE), table(), tree()], ids=["text", "Text", "table", "tree"])
def test_a_hostile_name_is_shown_as_it_is(what: RenderableType) -> None:
    assert SHOWN in shown(what)
    assert "\x1b" not in shown(what)


def test_where_nobody_looks_no_line_is_broken_and_nothing_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # some programs that run tests set it
    long = "word " * 400
    assert shown(long) == f"{long}\n"
    assert shown(Text(long, style="bold red")).count("\n") == 1
    assert "\x1b" not in shown(Text(long, style="bold red"))


def test_nothing_to_show_is_nothing() -> None:
    assert shown("") == ""


def test_line_breaks_and_tabs_stay() -> None:
    assert visible("a\n\tb\r\x00") == "a\n\tb\\r\\x00"
