"""Tables of entities, made of what the builder says of their types, for whoever makes an organization's database.

They are tables as any other: `create_all(schema(deals))` writes them, `select(deals)` reads them. The application
itself creates none, but where it is allowed to: `of(organization_id, ddl=True)`.
"""

import datetime as dt
import types
from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Any, assert_never

from archetype.documents.model import (
    BooleanColumn,
    ColumnType,
    DateColumn,
    FileColumn,
    MoneyColumn,
    NumberColumn,
    ReferenceColumn,
    SelectColumn,
    StateColumn,
    TextColumn,
)
from archetype.ids import ColumnId, EntityId
from qb import Col, Table, column, pg
from tables.archetype.builder.columns import EntityTypeColumn
from tables.archetype.builder.entity_types import EntityType
from tables.archetype.shared import a_number, fresh

_COL: Any = Col  # what its columns are is known when it runs
KEY = "id"
"""The key of every entity, as `organization.EntityTable.key_column` has it."""


def entity_table(of: EntityType, columns: Iterable[EntityTypeColumn]) -> type[Table]:
    """The table of an entity type: its key, and the columns of one of its versions in their order.

    A name is whatever it is, and quoted. DefinitionError where a column is called like another one, or like the key.

    A version is a class of its own. What its table has got besides since, by an ALTER TABLE, it does not read, and
    leaves out where it writes; `crud(table, table.id)` likewise. A column is the same attribute in all versions.
    """

    def body(names: dict[str, Any]) -> None:
        names["__module__"] = __name__
        annotations: dict[str, Any] = {KEY: Col[EntityId]}
        names[KEY] = column(pg.varchar, primary_key=True, default=fresh(EntityId))
        for each in sorted(columns, key=lambda one: (one.position, one.column_id)):
            python, kept = stored_as(each.type)
            options: dict[str, Any] = {} if each.required else {"default": None}
            if python is Decimal:
                options["check"] = a_number
            attribute = attribute_of(each.column_id)
            annotations[attribute] = _COL[python if each.required else python | None]
            names[attribute] = column(kept, name=each.api_name, unique=each.is_unique, comment=each.name, **options)
        names["__annotations__"] = annotations

    return types.new_class(f"Entity_{of.entity_type_id}", (Table,), {"name": of.api_name, "schema": "public"}, body)


def attribute_of(column_id: ColumnId) -> str:
    """The attribute of a column, in each version of its entity type, wherever it stands and whatever it is called."""
    return f"column_{blake2b(column_id.encode(), digest_size=6).hexdigest()}"


def stored_as(kind: ColumnType) -> tuple[Any, Any]:
    """What values of a column are in Python, and in PostgreSQL."""
    match kind:
        case TextColumn(max_length=int(most)) if 0 < most <= 10_485_760:
            return str, pg.varchar(most)
        case TextColumn():
            return str, pg.text
        case NumberColumn(decimals=0):
            return int, pg.bigint
        case NumberColumn(decimals=decimals):
            return Decimal, pg.numeric(28, decimals)
        case MoneyColumn():
            return Decimal, pg.numeric(20, 2)
        case DateColumn(with_time=True):
            return dt.datetime, pg.timestamptz
        case DateColumn():
            return dt.date, pg.date
        case BooleanColumn():
            return bool, pg.boolean
        case SelectColumn(several=True):
            return list[str], pg.array(pg.text)
        case SelectColumn():
            return str, pg.text
        case ReferenceColumn() | StateColumn() | FileColumn():
            return str, pg.varchar  # an id
        case _:
            assert_never(kind)
