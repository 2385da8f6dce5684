"""`qb doctor`: whether a database can be worked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import KitError
from qb.kit.examination.diagnosis import Diagnosis, unexamined
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

_MARKS: Final = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "problem": ("problem", "bold red")}


class Examination(msgspec.Struct, frozen=True):
    """What was looked at, in this order."""

    database: str | None
    findings: tuple[Diagnosis, ...]


@shell_command("qb doctor", "qb doctor --database production --json")
def perform(invocation: Invocation) -> Reply[Examination]:
    """Look whether a database can be worked with, and say what mends it.

    The config, the modules that describe the database, its address, version and settings, a pooler in between,
    extensions, rights, other migrators, locks, and the server on which schemas are looked at. Nothing is changed. It
    exits with 3 where there is a problem; warnings alone are 0.
    """
    from qb.kit.examination.examine import doctor

    try:
        database = invocation.database()
    except KitError as error:
        found = Examination(invocation.name, (unexamined("config", error),))
    else:
        with invocation.progress("Looking at the database"):
            found = Examination(database.name, doctor(database))
    problems = tuple(
        ReplyProblem(each.check, each.message, fix=each.fix) for each in found.findings if each.level == "problem"
    )
    code = ExitCode.DIFFERS if problems else ExitCode.DONE
    return Reply(found, show=lambda: _shown(found), exit_code=code, problems=problems, shows_problems=True)


def _shown(found: Examination) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, min_width=7)
    table.add_column(no_wrap=True, min_width=10)
    table.add_column(overflow="fold")
    for each in found.findings:
        mark, style = _MARKS[each.level]
        table.add_row(Text(mark, style), each.check, Text(each.message))
        if each.fix is not None:
            table.add_row("", "", Text(each.fix, "bold"))
    return table
