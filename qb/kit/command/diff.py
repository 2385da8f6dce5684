"""`qb diff`: what differs between a schema, a database and a file of SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import Failure, unwrap
from qb.kit.command.frame.hints import renames_said
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import databases_of_config, shell_command

if TYPE_CHECKING:
    from qb.kit.diffs.words import DiffDocument
    from qb.kit.sources.source import CatalogSource

_WHAT = (
    "A schema (shop.tables, shop.tables:shop), a database (its address, or its name in the config), or a file of SQL."
)


@shell_command(
    "qb diff shop.tables postgresql://ada@localhost/shop",
    "qb diff staging production --schemas 'app_*'",
    "qb diff before.sql after.sql --json",
)
def perform(
    invocation: Invocation,
    before: Annotated[str, typer.Argument(help=_WHAT, autocompletion=databases_of_config)],
    after: Annotated[
        str, typer.Argument(help="The same: what it is compared with.", autocompletion=databases_of_config)
    ],
    *,
    renamed: Annotated[
        list[str] | None,
        typer.Option(help="What the second calls otherwise than the first: KIND SCHEMA.NAME=NAME, once for each."),
    ] = None,
    schemas: Annotated[list[str] | None, typer.Option(help="Only schemas of this pattern.")] = None,
    include: Annotated[list[str] | None, typer.Option(help="Only what is called by this pattern.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="What is left out, by a pattern of names.")] = None,
    owners: Annotated[bool, typer.Option("--owners", help="Look at who owns what, too.")] = False,
    shadow: Annotated[
        str | None, typer.Option(help="The address of a server for what has none of its own, such as a schema.")
    ] = None,
    major: Annotated[int | None, typer.Option(help="The version of PostgreSQL for it; else that of the other.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Name each object that differs and is not ours.")] = False,
) -> Reply[DiffDocument]:
    """Show what differs between two of them: schemas, databases, files of SQL.

    Missing is what the first has and the second has not, added the other way round. Databases are only read. A schema
    or a file is made on a shadow server and rolled back; a file runs there with all rights, so take none from somebody
    whom you would not let run a program. Exits with 0 where nothing of ours differs, with 3 where something does.
    """
    from qb.declare.ours import matching
    from qb.kit.command.frame.diff_tree import diff_tree, problems_of
    from qb.kit.diffs.words import diff_document
    from qb.kit.sources.differing import diff_sources

    hints = renames_said(renamed or [])
    within = matching(schemas=schemas or [], names=include or [], leave=exclude or [])
    if shadow is not None:
        invocation.check_shadow(shadow)
    one, first = _meant(invocation, before)
    other, second = _meant(invocation, after)
    cache = invocation.shadow_of(None).cache
    with invocation.progress("Comparing the catalogs"):
        found = unwrap(
            diff_sources(
                one, other, within=within, owners=owners, renamed=hints, major=major, shadow=shadow, cache=cache
            )
        )
    sides = (first, second)
    return Reply(
        diff_document(found, sides),
        show=lambda: diff_tree(found, sides, everything=all_),
        exit_code=found.exit_code,
        problems=problems_of(found),
        shows_problems=True,
    )


def _meant(invocation: Invocation, said: str) -> tuple[CatalogSource, str]:
    """What is meant, and what it is called: first of all a database of the config."""
    from qb.kit.config_file import read_config
    from qb.kit.errors import NoConfig, UnknownSource, UnreadableSchema
    from qb.kit.sources.source import DatabaseAddress, source_of, title_of
    from qb.run.server.url import redact

    config = read_config(invocation.file)
    if isinstance(config, Failure):
        if invocation.file is not None or not isinstance(config.failure(), NoConfig):
            raise config.failure()
        folder, databases = Path.cwd(), tuple[str, ...]()
    else:
        folder = config.unwrap().folder
        if said in config.unwrap().databases:
            database = invocation.database(said)
            return invocation.connect(database), f"{said} ({database.shown})"
        databases = tuple(config.unwrap().databases)
    outcome = source_of(said, folder=folder)
    if isinstance(outcome, Failure):
        error = outcome.failure()
        absent = isinstance(error, UnreadableSchema) and error.absent and "." not in said and ":" not in said
        raise UnknownSource(said, databases) if absent or isinstance(error, UnknownSource) else error
    found = outcome.unwrap()
    if isinstance(found, DatabaseAddress):
        shown = redact(found.url)
        return invocation.open(found.url, "the database", shown), shown
    return found, title_of(found)
