"""`composite`: a type of rows, a Struct each, declared beside the tables that have it.

https://www.postgresql.org/docs/current/rowtypes.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Never, TypeVar

import msgspec

from qb.errors import DefinitionError
from qb.model.composite_type import CompositeAttribute, CompositeType
from qb.model.object import Identity, Standalone
from qb.types import SqlType
from qb.types.array import Array
from qb.types.composite import Composite, composite_fields, struct_of
from qb.types.identifier import comment_text, identifier, name_before, qualified_type

S = TypeVar("S", bound=msgspec.Struct)


def composite(
    name: str,
    struct: type[S],
    /,
    *,
    types: Mapping[str, SqlType[Never]] | None = None,
    names: Mapping[str, str] | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> SqlType[S | None]:
    """A type of one's own whose values are rows, each a Struct of that class: CREATE TYPE ... AS (...).

    The type of a field follows from its annotation, as that of a column does, is stated in it
    (`Annotated[str, pg.varchar(5)]`), or in `types` by the field's name in Python. SQL calls a field as JSON does, or
    as `names` say.

    PostgreSQL has no NOT NULL within a composite type: a NULL that the annotation does not admit is refused where qb
    writes it, and a DecodeError where it is read.

    A field of a value is `Person.home.path(lambda home: home.city)`. `schema(...)` creates the type before the tables
    that have it. One that is `external` is somebody else's. `renamed_from` is what it was called before, for
    `qb generate`. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-createtype.html

    >>> import msgspec
    >>> class Address(msgspec.Struct, frozen=True):
    ...     city: str
    ...     code: str | None = None
    >>> address = composite("address", Address, types={"code": pg.varchar(8)})
    >>> class Person(Table, name="people"):
    ...     home: Col[Address] = column(address)
    >>> print(create_all(schema(Person)).statements[0])
    CREATE TYPE "address" AS ("city" text, "code" varchar(8))
    >>> print(compile(select(Person.home.path(lambda home: home.city))))
    SELECT ("people"."home")."city"
    FROM "people"
    """
    what = f"the composite type {identifier(name, 'a composite type')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    found = struct_of(struct, what)
    fields = composite_fields(found, types or {}, names or {}, what)
    own = Identity(CompositeType.kind, schema or "", "", name)
    if own in _within(each.type for each in fields):
        raise DefinitionError(f"{what} is within itself: give it a name of its own, or the field another type")
    attributes = tuple(CompositeAttribute(each.name, each.type) for each in fields)
    said, before = comment_text(comment, what), name_before(renamed_from, what)
    made = CompositeType(schema, name, attributes, external=bool(external), comment=said, renamed_from=before)
    return Composite(qualified_type(schema, name), found, fields, made)


def _within(types: Iterable[SqlType[Any]]) -> set[Identity]:
    """What types are made with, all the way down."""
    found: set[Identity] = set()
    left = list(types)
    while left:
        type_ = left.pop()
        if isinstance(type_, Array) and type_.declared is None:
            left.append(type_.of)
        elif isinstance(type_.declared, Standalone):
            found.add(type_.declared.identity)
            left += type_.declared.types
    return found
