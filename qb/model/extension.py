"""An extension as the database has it."""

from __future__ import annotations

from typing import Any, ClassVar

from qb.errors import DefinitionError
from qb.model.object import Identity, Ownable, in_schema
from qb.types.identifier import comment_text, identifier, writable


class Extension(Ownable, frozen=True):
    """What CREATE EXTENSION installs. Shared with others: it is created where it is missing, and never dropped.

    https://www.postgresql.org/docs/current/sql-createextension.html
    """

    kind: ClassVar[str] = "extension"
    alters: ClassVar[frozenset[str]] = frozenset(("schema", "version"))
    unwritten: ClassVar[frozenset[str]] = frozenset(("cascade",))
    name: str
    schema: str | None = None
    """The PostgreSQL schema that its objects are in; None where the search path decides."""
    version: str | None = None
    """None for whichever is the newest on the server."""
    cascade: bool = False
    """Whether the extensions that it needs are created with it."""

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.name)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema."""
        return in_schema(self.schema)

    def check_alter(self, after: Extension) -> None:
        """It goes to a schema or a version that is said."""
        if self.schema != after.schema and after.schema is None:
            raise DefinitionError(f"{self.identity} goes to a schema that is said: say where it is to be")
        if self.version != after.version and after.version is None:
            raise DefinitionError(f"{self.identity} goes to a version that is said: say which it is to be")


def extension(
    name: str,
    *,
    schema: str | None = None,
    version: str | None = None,
    cascade: bool = False,
    external: bool = False,
    comment: str | None = None,
) -> Extension:
    """An extension: `trigrams = extension("pg_trgm", schema="extensions")`. `schema(...)` finds it in a module.

    It is created where it is missing, before everything that may need it, in the `schema` that is named, which is
    created before it; with `cascade`, what it needs, too. `drop_all` leaves it unless it is told its name. One that is
    `external` is somebody else's: it is known to be there, and never created. An extension that a column's type comes
    from (`pg.vector`) need not be declared. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-createextension.html

    >>> print(create_all(schema(extension("pg_trgm", schema="extensions"))))
    CREATE SCHEMA IF NOT EXISTS "extensions";
    CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "extensions";
    """
    what = f"the extension {identifier(name, 'an extension')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    given: Any = version
    if given is not None and not (isinstance(given, str) and given and "\0" not in given and writable(given)):
        raise DefinitionError(f"{what}: version is a text such as '1.6', not {version!r}")
    said = comment_text(comment, what)
    return Extension(name, schema, version, bool(cascade), external=bool(external), comment=said)
