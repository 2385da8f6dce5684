"""`qb drift`: whether a database is what its schema says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.hints import renames_said
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.diffs.words import DiffDocument


@shell_command(
    "qb drift",
    "qb drift --database production --json",
    "qb drift --sql schema.sql",
    "qb drift --renamed 'column public.users.nick=handle'",
)
def perform(
    invocation: Invocation,
    *,
    sql: Annotated[
        Path | None, typer.Option(help="A file of SQL, such as pg_dump writes, to look at in the database's place.")
    ] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option(help="What the schema calls otherwise than the database: KIND SCHEMA.NAME=NAME, once for each."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Name each object that differs and is not ours.")] = False,
) -> Reply[DiffDocument]:
    """Say whether a database is what its schema says.

    It reads the database's catalog and changes nothing, whoever owns it, so it may run in CI. The schema is made on a
    shadow server of the same version. Missing is what the schema has and the database has not; added is what nobody
    declares. Exits with 0 where nothing of ours differs, with 3 where something does.
    """
    from qb.kit.command.frame.diff_tree import diff_tree, problems_of
    from qb.kit.diffs.words import diff_document
    from qb.kit.drifting import drift
    from qb.kit.sources.differing import diff_sources
    from qb.kit.sources.source import SqlFile

    hints = renames_said(renamed or [])
    database = invocation.database()
    wanted = invocation.schema(database)
    at = invocation.shadow_of(database)
    if sql is None:
        sides = ("the schema", database.shown)
        with invocation.progress("Comparing the catalogs"):
            found = unwrap(
                drift(
                    invocation.connect(database),
                    wanted,
                    within=database.ours,
                    renamed=hints,
                    major=at.major,
                    shadow=at.shadow,
                    cache=at.cache,
                )
            )
    else:
        sides = ("the schema", str(sql))
        with invocation.progress("Loading the file"):
            found = unwrap(
                diff_sources(
                    wanted,
                    SqlFile(sql),
                    within=database.ours,
                    renamed=hints,
                    major=at.major,
                    shadow=at.shadow,
                    cache=at.cache,
                )
            )
    return Reply(
        diff_document(found, sides),
        show=lambda: diff_tree(found, sides, everything=all_),
        exit_code=found.exit_code,
        problems=problems_of(found),
        shows_problems=True,
    )
