"""Which rows hold something at a path that is none of a type's values."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.hidden_rows import said_of_hidden_rows, sees_all_rows
from qb.kit.promoting.errors import CannotPromote
from qb.kit.promoting.promotion import Promotion
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted

SHOWN_REJECTS = 20
"""Of so many rows the keys are kept, for each kind."""
_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "boolean": "a truth value",
}


class PromotionReject(msgspec.Struct, frozen=True):
    """Rows that hold something else, alike ones together. No value is kept."""

    found: str
    """What of JSON it is."""
    type: str
    rows: int
    keys: tuple[str, ...] = ()
    """The primary keys of the first 20, where they were asked for."""

    def __str__(self) -> str:
        rows = f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        keys = f" (keys {', '.join(self.keys)})" if self.keys else ""
        return f"{rows} hold{'s' if self.rows == 1 else ''} {_KINDS[self.found]} that is no {self.type}{keys}"


Rejecting: TypeAlias = Success[tuple[PromotionReject, ...]] | Failure[KitError | DbError, tuple[PromotionReject, ...]]
"""What comes back."""


def promotion_rejects(db: Db, promotion: Promotion, *, show_keys: bool = False) -> Rejecting:
    """Look which rows of a database hold something there that cannot become a value of the column.

    All rows of the table are read, and nothing is written. Errors: `CannotPromote` below PostgreSQL 16, and those of
    the world.
    """
    value = promotion.found()
    keys = " || ', ' || ".join(f"{quoted(name)}::text" for name, _ in promotion.keys)
    keys = keys if len(promotion.keys) == 1 else f"'(' || {keys} || ')'"
    order = ", ".join(quoted(name) for name, _ in promotion.keys)
    shown = f"(array_agg({keys} ORDER BY {order}))[1:{SHOWN_REJECTS}]" if show_keys else "ARRAY[]::text[]"
    text = (
        f"SELECT pg_catalog.jsonb_typeof({value}), count(*), {shown} FROM {promotion.relation} "
        f"WHERE {promotion.holds(value)} AND NOT {promotion.fits(value)} GROUP BY 1 ORDER BY 1"
    )
    version = db.scalar(sql("SELECT pg_catalog.current_setting('server_version_num')::int4").rows(int))
    if isinstance(version, Failure):
        return Failure(version.failure())
    if version.unwrap() < 160_000:
        return Failure(
            CannotPromote(promotion.title, "PostgreSQL 16 is the first that tells what is a value of a type")
        )
    try:
        with db.transaction(rollback=True) as tx:
            sees_all_rows(tx)
            rows = unwrap(tx.all(sql(trusted(_braced(text))).rows(tuple[str, int, list[str]])))
    except DbError as error:
        hidden = said_of_hidden_rows(error)
        return Failure(CannotPromote(promotion.title, f"{error}{hidden}") if hidden else error)
    return Success(tuple(PromotionReject(kind, promotion.type, count, tuple(some)) for kind, count, some in rows))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
