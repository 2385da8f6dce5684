"""What every fact has, and how a kind of object says the query that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Final, LiteralString, get_type_hints

import msgspec

from qb.model.object import Identity
from qb.query.raw import RawRows, lasting, sql
from qb.types.annotation import split_optional

CATALOGS: Final = {
    "pg_am": 2601,
    "pg_amop": 2602,
    "pg_amproc": 2603,
    "pg_attrdef": 2604,
    "pg_auth_members": 1261,
    "pg_authid": 1260,
    "pg_cast": 2605,
    "pg_class": 1259,
    "pg_collation": 3456,
    "pg_constraint": 2606,
    "pg_conversion": 2607,
    "pg_database": 1262,
    "pg_default_acl": 826,
    "pg_event_trigger": 3466,
    "pg_extension": 3079,
    "pg_foreign_data_wrapper": 2328,
    "pg_foreign_server": 1417,
    "pg_language": 2612,
    "pg_largeobject": 2613,
    "pg_namespace": 2615,
    "pg_opclass": 2616,
    "pg_operator": 2617,
    "pg_opfamily": 2753,
    "pg_policy": 3256,
    "pg_proc": 1255,
    "pg_publication": 6104,
    "pg_publication_namespace": 6237,
    "pg_publication_rel": 6106,
    "pg_rewrite": 2618,
    "pg_statistic_ext": 3381,
    "pg_subscription": 6100,
    "pg_transform": 3576,
    "pg_trigger": 2620,
    "pg_ts_config": 3602,
    "pg_ts_dict": 3600,
    "pg_ts_parser": 3601,
    "pg_ts_template": 3764,
    "pg_type": 1247,
    "pg_user_mapping": 1418,
}
"""The numbers of PostgreSQL's catalogs, the same on every server."""


def number(catalog: int, oid: int, part: int = 0) -> int:
    """The number of an object among all of a database: its catalog, its own number there, and that of a column."""
    return catalog << 44 | oid << 12 | part


class Fact(msgspec.Struct, frozen=True, gc=False):
    """What the server says of one object: plain values, its expressions as it writes them itself."""

    part: ClassVar[str] = ""
    """What it is a part of and needs, such as "table" of a column."""
    comment: str | None
    extension: str | None
    """The extension that it belongs to."""

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """What it needs, as far as its own fields say it; the server knows the rest."""
        return ()


class Reading:
    """A kind of object, or several that are alike: where they stand in the catalog, and the query that reads them.

    The query begins with who an object is: its kind, schema, table and name; its number in the catalog, and a column's
    in its table; what is known of it comes in the order of its fact's fields.
    """

    def __init__(self, fact: type[Fact], catalog: str, query: LiteralString, *columns: str) -> None:
        """`columns` are fields that hold names of columns: the query gives their numbers, and at its end the tables."""
        self.fact: Final = fact
        self.catalog: Final = CATALOGS[catalog] if catalog else 0
        self.sql: Final = query
        hints = get_type_hints(fact)
        plain = {name: split_optional(hints[name]) for name in fact.__struct_fields__[len(Fact.__struct_fields__) :]}
        self.arrays: Final = tuple(
            place for place, (name, (each, _)) in enumerate(plain.items()) if _is_array(each) and name not in columns
        )
        self.columns: Final = tuple(place for place, name in enumerate(plain) if name in columns)
        fields = [str | None if name in columns else _column(*each) for name, each in plain.items()]
        self._fields: Final = (*fields, *(int for _ in columns))

    @cached_property
    def query(self) -> RawRows[tuple[Any, ...]]:
        """Its rows, as tuples."""
        row: Any = tuple
        return lasting(sql(self.sql).rows(row[(str, str, str, str, int, int, *self._fields)]))


def _is_array(python: object) -> bool:
    return getattr(python, "__origin__", None) is tuple


def _column(python: Any, optional: bool) -> Any:
    column: Any = list[str] if _is_array(python) else python
    return column | None if optional else column
