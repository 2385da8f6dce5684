"""What a command looks at: a schema as a catalog, or the database itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation

if TYPE_CHECKING:
    from qb.kit.catalog import Catalog
    from qb.model.schema import Schema
    from qb.run.database.database import Database

Modules: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(help="Modules with tables, as shop.tables or shop.tables:shop; without any those of the config."),
]
Live: TypeAlias = Annotated[
    bool, typer.Option("--live", help="Look at the database of the config, and not at what the modules would make.")
]


class LookedAt(NamedTuple):
    """A catalog, and what declares it."""

    schema: Schema | None
    """None of a database whose config names no modules: all of it is looked at."""
    catalog: Catalog
    db: Database | None
    """The database, where it is looked at itself."""


def looked_at(invocation: Invocation, modules: Sequence[str] | None, *, live: bool) -> LookedAt:
    """What the modules would make, or what the database is but for what other migrators keep there, and what the config
    leaves out."""
    from qb.kit.ours.value import ours_of
    from qb.kit.ours.whose import is_left_alone, theirs
    from qb.kit.reader import introspect
    from qb.kit.shadow import canonical
    from qb.model.target import NEWEST

    database = None if modules and not live else invocation.database()
    wanted = None
    if modules:
        wanted = invocation.modules(modules, Path.cwd())
    elif database is not None and (database.schema or not live):
        wanted = invocation.schema(database)
    if live and database is not None:
        db = invocation.connect(database)
        with invocation.progress("Reading the catalog"):
            found = unwrap(introspect(db))
        whose = theirs(found, ours_of(wanted, within=database.ours))
        return LookedAt(wanted, found.where(lambda identity, _: not is_left_alone(whose.get(identity))), db)
    assert wanted is not None
    at = invocation.shadow_of(database)
    with invocation.progress("Creating the schema on the shadow"):
        made = canonical(wanted, major=at.major or NEWEST, shadow=at.shadow, cache=at.cache)
    return LookedAt(wanted, unwrap(made), None)
