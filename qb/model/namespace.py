"""A PostgreSQL schema as the database has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qb.model.object import Identity, Ownable
from qb.types.identifier import comment_text, identifier, name_before


class Namespace(Ownable, frozen=True):
    """A PostgreSQL schema. Shared with others: it is created where it is missing, and dropped where it is empty.

    https://www.postgresql.org/docs/current/ddl-schemas.html
    """

    kind: ClassVar[str] = "schema"
    privileges: ClassVar[Mapping[str, int]] = {"create": 1, "usage": 1}
    name: str

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.name)


def namespace(
    name: str, *, external: bool = False, comment: str | None = None, renamed_from: str | None = None
) -> Namespace:
    """A PostgreSQL schema, with nothing in it yet or with somebody else's: `auth = namespace("auth", external=True)`.

    `schema(...)` finds it in a module as it finds tables. The schemas of tables need none: they are created where they
    are missing. One that is `external` is its owner's, and what of ours is in it needs it to be there.
    `renamed_from` is what it was called before, for `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/ddl-schemas.html

    >>> print(create_all(schema(namespace("app"), namespace("auth", external=True))))
    CREATE SCHEMA IF NOT EXISTS "app";
    """
    what = f"the schema {identifier(name, 'a schema')!r}"
    said, before = comment_text(comment, what), name_before(renamed_from, what)
    return Namespace(name, external=bool(external), comment=said, renamed_from=before)
