"""`qb coverage`: what share of a database descriptors can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.coverage.measure import Coverage, Share
    from qb.run.database.database import Database

_LISTED: Final = 20


@shell_command("qb coverage", "qb coverage postgresql://ada@localhost/shop --all", "qb coverage --schema app --json")
def perform(
    invocation: Invocation,
    address: Annotated[
        str | None, typer.Argument(help="The address of a database; without one that of the config.")
    ] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="List all of the rest, not the most frequent alone.")] = False,
    roles: Annotated[bool, typer.Option("--roles", help="Count the server's roles, too.")] = False,
    schema: Annotated[list[str] | None, typer.Option(help="Only this schema; may be given more than once.")] = None,
) -> Reply[Coverage]:
    """Say what share of a database descriptors can hold, and what the rest is.

    Nothing is changed. Exits with 0 where all of it can be held, typed or as SQL in a named place; with 3 where
    something cannot.
    """
    from qb.kit.coverage.measure import measure
    from qb.kit.reader import introspect

    db = _database(invocation, address)
    with invocation.progress("Reading the catalog"):
        catalog = unwrap(introspect(db))
    if schema:
        catalog = catalog.where(lambda identity, _: identity.schema in schema)
    found = measure(catalog, roles=roles)
    code = ExitCode.DIFFERS if found.objects.no else ExitCode.DONE
    return Reply(found, show=lambda: _shown(found, None if all_ else _LISTED), exit_code=code)


def _database(invocation: Invocation, address: str | None) -> Database:
    from qb.run.server.url import conninfo, redact

    if address is None:
        return invocation.connect(invocation.database())
    url = conninfo(address)
    return invocation.open(url, "the database", redact(url))


def _shown(coverage: Coverage, rest: int | None) -> RenderableType:
    """The shares by kind, and below them what is not held with types: the most frequent first."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    shares = Table("", "all", "typed", "as SQL", "not", title="What descriptors hold")
    for column in shares.columns[1:]:
        column.justify = "right"
    for name, share in (
        ("whole tables", coverage.tables),
        ("objects", coverage.objects),
        ("properties", coverage.properties),
    ):
        shares.add_row(name, *_cells(share), style="bold")
    shares.add_section()
    for kind, share in coverage.kinds.items():
        shares.add_row(kind, *_cells(share))
    parts: list[Table | Text] = [shares]
    if coverage.rest:
        listed = coverage.rest[:rest]
        others = Table("kind", "what", "held", "how often", "one of them", title="The rest")
        others.columns[3].justify = "right"
        for each in listed:
            held = "as SQL" if each.held == "raw" else "not"
            others.add_row(each.kind, each.what, held, str(each.count), Text(each.example))
        parts.append(others)
        if more := len(coverage.rest) - len(listed):
            parts.append(Text(f"and {more} more: --all shows them"))
    return Group(*parts)


def _cells(share: Share) -> tuple[str, ...]:
    return str(share.total), _of(share.typed, share), _of(share.raw, share), _of(share.no, share)


def _of(count: int, share: Share) -> str:
    return "" if not count else f"{count} ({100 * count / share.total:.0f} %)"
