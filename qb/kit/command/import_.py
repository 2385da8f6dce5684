"""`qb import`: a SQLite file becomes tables of the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm, rules_of
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.importing.errors import UnknownConversion

if TYPE_CHECKING:
    from qb.kit.importing.sqlite_import import ImportedSqlite
    from qb.kit.importing.sqlite_plan import PlannedImport, PlannedSqlite


@shell_command(
    "qb import sqlite old.db --inspect",
    "qb import sqlite old.db",
    "qb import sqlite old.db --as tickets.made=timestamptz:ms --skip-rejects",
)
def perform(
    invocation: Invocation,
    *,
    kind: Annotated[Literal["sqlite"], typer.Argument(help="What it is.")],
    file: Annotated[Path, typer.Argument(help="The file. Nothing of it is changed.")],
    inspect: Annotated[bool, typer.Option("--inspect", help="Say what would become of it, and do nothing.")] = False,
    become: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="TABLE.COLUMN=TYPE", help="What a column becomes, as notes.made=timestamptz:ms."),
    ] = None,
    skip_rejects: Annotated[
        bool, typer.Option("--skip-rejects", help="Leave rows out that are not what their columns become.")
    ] = False,
    confirm: Confirm = None,
) -> Reply[ImportedSqlite | PlannedSqlite]:
    """Make the tables of a SQLite file with all of their rows: documents as jsonb, milliseconds as timestamptz.

    A column becomes what all of its values are; --inspect says what that is, and --as says otherwise. Rows go in by
    COPY, indexes and keys are made when they are there, and then all is read once more and compared by number and
    checksum. All of it is done, or nothing. What is not brought along (checks, views, triggers) is said.
    """
    from qb.kit.importing.sqlite_import import import_sqlite, inspect_sqlite
    from qb.kit.running.rules import refuse_owner

    said = dict(map(_said, become or ()))
    if inspect:
        planned = unwrap(inspect_sqlite(file, become=said))
        return Reply(planned, show=lambda: _planned(planned))
    database = invocation.database()
    refuse_owner(rules_of(database, confirm=confirm))
    db = invocation.connect(database)
    with invocation.progress("Bringing rows") as steps:
        found = import_sqlite(
            file, db, become=said, skip_rejects=skip_rejects, told=lambda table, rows: steps.done(rows)
        )
    done = unwrap(found)
    return Reply(done, show=lambda: _shown(done))


def _said(option: str) -> tuple[str, str]:
    name, sign, becomes = option.partition("=")
    if not sign or "." not in name:
        raise UnknownConversion(option, "say it as tickets.made=timestamptz:ms")
    return name, becomes


def _planned(planned: PlannedSqlite) -> str:
    lines = [line for each in planned.tables for line in _plan_lines(each)]
    return "\n".join([*lines, *(f"not brought along: {each}" for each in planned.left)]) or "the file has no table"


def _plan_lines(plan: PlannedImport) -> list[str]:
    lines = [f"{plan.table}: {plan.rows} row{'' if plan.rows == 1 else 's'}"]
    for each in plan.columns:
        words = [each.name, each.becomes, *(["NOT NULL"] * each.not_null), *(["identity"] * each.identity)]
        words += [f"DEFAULT {each.default}"] if each.default is not None else []
        lines.append(f"  {' '.join(words)}")
    lines += [f"  {each}" for each in plan.after if not each.startswith("SELECT ")]
    return [*lines, *(f"  not brought along: {each}" for each in plan.left)]


def _shown(done: ImportedSqlite) -> str:
    lines: list[str] = []
    for each in done.tables:
        rejected = f", {each.rejected} left out" if each.rejected else ""
        lines.append(
            f"{each.table}: {each.rows} row{'' if each.rows == 1 else 's'}{rejected}, checksum {each.checksum}"
        )
    return "\n".join([*lines, *(f"not brought along: {each}" for each in done.left)]) or "the file has no table"
