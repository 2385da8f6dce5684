"""`qb status`: which migrations a database has."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import history_of_config
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.reworking.table_status import TablesStatus
    from qb.kit.running.status import HistoryStatus

_STYLES: Final = {"applied": "green", "pending": "yellow", "waiting": "cyan"}


@shell_command("qb status", "qb status --database production --exit-code", "qb status --tables")
def perform(
    invocation: Invocation,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 where the database has not all of them, or others.")
    ] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Of each table whether it is as migrated, declared, and selectable.")
    ] = False,
) -> Reply[HistoryStatus] | Reply[TablesStatus]:
    """Say which migrations a database has, and which are to be run.

    The files and the database's journal are read, and nothing else; with --tables the catalog, which is compared with a
    replay of the applied migrations on a shadow.
    """
    from qb.kit.running.status import status

    database = invocation.database()
    history = history_of_config(database)
    if tables:
        return _of_tables(invocation, database, history, exit_code=exit_code)
    found = unwrap(status(invocation.connect(database), history, journal=database.journal))
    code = found.exit_code if exit_code else ExitCode.DONE
    return Reply(found, show=lambda: _shown(found), exit_code=code)


def _of_tables(
    invocation: Invocation, database: ChosenDatabase, history: History, *, exit_code: bool
) -> Reply[TablesStatus]:
    from qb.kit.command.frame.reworking import replays_of
    from qb.kit.reworking.table_status import table_status

    with invocation.progress("Comparing with what the migrations make"):
        schema = invocation.schema(database) if database.schema else None
        replays = replays_of(invocation, database)
        found = unwrap(table_status(invocation.connect(database), history, schema=schema, replays=replays))
    lines: list[str] = []
    for each in found.tables:
        lines.append(
            f"{each.state:<11}  {each.table}  {each.last or '-'}  about {each.rows:,} rows, {each.bytes:,} bytes"
            f"{', not declared' if each.declared is False else ''}"
        )
        if each.unselectable is not None:
            lines.append(f"{'':<11}  cannot be selected from: {each.unselectable}")
        lines += [f"{'':<11}  differs: {one}" for one in each.differs]
        lines += [f"{'':<11}  to come: {one}" for one in each.pending]
    total = found.totals
    end = f"{total.tables} table{'' if total.tables == 1 else 's'}: {total.migrated} as migrated"
    if schema is not None:
        end += f", {total.declared} declared, {total.selectable} selectable"
    code = found.exit_code if exit_code else ExitCode.DONE
    return Reply(found, show="\n".join((*lines, end)) if lines else "there are no tables", exit_code=code)


def _shown(found: HistoryStatus) -> RenderableType:
    """With colours where somebody may see them: rich takes longer to load than all else that this command does."""
    lines = list(_lines(found))
    if not lines:
        return "there are no migrations"
    pending = len(found.pending)
    last = "nothing is to be run" if not pending else f"{pending} to be run: qb migrate"
    if waiting := [each.id for each in found.migrations if each.state == "waiting"]:
        last += f"\nwaits until no old code runs: qb migrate --contract {waiting[0]}"
    if sys.__stdout__ is None or not sys.__stdout__.isatty():
        return "\n".join((*(state + rest for _, state, rest in lines), last))
    from rich.text import Text

    text = Text()
    for style, state, rest in lines:
        text.append(state, style).append(f"{rest}\n")
    return text.append(last)


def _lines(found: HistoryStatus) -> Iterator[tuple[str, str, str]]:
    """Of each migration a style, its state, and the rest of its line."""
    width = max((len(each.state) for each in found.migrations), default=0)
    for each in found.migrations:
        when = "" if each.finished is None else f"  {each.finished[:19]} by {each.by}"
        down = "" if each.down else "  (no down)"
        far = f"  {each.done} of {each.of} segments are done" if each.of else ""
        yield _STYLES.get(each.state, "bold red"), f"{each.state:<{width}}  ", f"{each.id}{when}{far}{down}"
