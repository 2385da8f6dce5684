"""The extensions that a schema needs.

https://www.postgresql.org/docs/current/view-pg-available-extensions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.examination.diagnosis import Diagnosis, bad, doubtful, good, or_good
from qb.model.schema import Schema
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.server.embedded import embedded_extensions
from qb.types.identifier import quoted

_EXTENSIONS: Final = sql("SELECT name::text, installed_version, default_version FROM pg_available_extensions").rows(
    tuple[str, str | None, str | None]
)


def extensions(db: Db, wanted: Schema) -> Iterator[Diagnosis]:
    """Whether they are there, and as new as the server has them."""
    return or_good("extensions", _all_of(wanted), _lacking(wanted, _available(db)))


def not_on_server(db: Db, wanted: Schema) -> list[str]:
    """Those that a server does not have at all."""
    found = _available(db)
    return [name for name in wanted.extensions if name not in found]


def _available(db: Db) -> dict[str, tuple[str | None, str | None]]:
    return {name: (installed, default) for name, installed, default in unwrap(db.all(_EXTENSIONS))}


def _all_of(wanted: Schema) -> str:
    return f"{', '.join(wanted.extensions)} are there" if wanted.extensions else "the schema needs none"


def _lacking(wanted: Schema, found: dict[str, tuple[str | None, str | None]]) -> Iterator[Diagnosis]:
    for name in wanted.extensions:
        if name not in found:
            message = f"{name} is needed, and the server does not have it: install its package there"
            yield bad("extensions", message)
            continue
        installed, default = found[name]
        if installed is None:
            message = f"{name} is needed, and not created in this database"
            yield doubtful("extensions", message, f"CREATE EXTENSION {quoted(name)};")
        elif default is not None and installed != default:
            message = f"{name} is at {installed}, and the server has {default}"
            yield doubtful("extensions", message, f"ALTER EXTENSION {quoted(name)} UPDATE;")


def of_embedded(wanted: Schema | None, major: int) -> Diagnosis:
    """Whether the embedded server, on which schemas are looked at, has what a schema needs."""
    there = embedded_extensions(major)
    if there is None:
        message = "the embedded PostgreSQL, on which schemas are looked at, is not installed"
        return doubtful("shadow", message, 'pip install "qb[embedded]"')
    needed = () if wanted is None else wanted.extensions
    missing = [name for name in needed if name not in there]
    if missing:
        message = (
            f"the embedded PostgreSQL, on which schemas are looked at, lacks {', '.join(missing)}: name a server that "
            "has them"
        )
        return doubtful("shadow", message, 'shadow = "env:SHADOW_URL"')
    return good("shadow", "schemas are looked at on the embedded PostgreSQL")
