"""`python -m qb.kit.coverage [URL]`: what share of a database descriptors can hold.

It exits with 0 where all of it can be held, typed or as SQL in a named place; with 3 where something cannot; with 1
where the database cannot be read.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from qb.errors import DbError, QbError
from qb.errors.outcome import unwrap
from qb.kit.coverage.measure import measure
from qb.kit.coverage.show import as_tables
from qb.kit.reader import introspect
from qb.run.database.connect import connect

app: typer.Typer = typer.Typer(add_completion=False)


@app.command()
def coverage(
    url: Annotated[
        str | None,
        typer.Argument(help="The address of a database; else DATABASE_URL, else the embedded server."),
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="List all of the rest, not the most frequent alone.")] = False,
    roles: Annotated[bool, typer.Option("--roles", help="Count the server's roles, too.")] = False,
    schema: Annotated[list[str] | None, typer.Option(help="Only this schema; may be given more than once.")] = None,
) -> None:
    """Say what share of a database descriptors can hold, and what the rest is."""
    try:
        with connect(url) as db:
            catalog = unwrap(introspect(db))
    except (DbError, QbError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    if schema:
        catalog = catalog.where(lambda identity, fact: identity.schema in schema)
    found = measure(catalog, roles=roles)
    if json:
        typer.echo(msgspec.json.encode(found))
    else:
        Console().print(as_tables(found, rest=None if all_ else 20))
    raise typer.Exit(3 if found.objects.no else 0)


if __name__ == "__main__":
    app(prog_name="python -m qb.kit.coverage")
