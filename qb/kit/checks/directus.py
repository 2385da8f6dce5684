"""What Directus cannot work with: it reads a table only by one key, and shows columns of types that it knows.

https://docs.directus.io/configuration/data-model.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.kit.checks.hit import Hit, columns_there
from qb.kit.checks.subject import Subject
from qb.kit.qualified import parts
from qb.model.object import Identity

_KNOWN: Final = frozenset(
    """
    bit bool bpchar date float4 float8 int2 int4 int8 interval json jsonb money numeric point polygon
    text time timestamp timestamptz timetz uuid varchar
    """.split()  # noqa: SIM905 - thirty quotes would hide the names
)
_OF_EXTENSIONS: Final = frozenset(("citext", "geometry"))
_THEIRS: Final = "directus_"


def without_one_key(subject: Subject) -> Iterator[Hit]:
    """Directus leaves out a table without a primary key, and one whose key has several columns."""
    for identity, _ in subject.whole:
        if identity.name.startswith(_THEIRS):
            continue
        keys = subject.keys(identity, "primary key")
        if not keys:
            yield Hit(identity, "it has no primary key, so that Directus leaves it out", "add one of one column")
        for each in keys:
            if len(each.fact.columns) > 1:
                columns = ", ".join(each.fact.columns)
                text = f"the key of {identity.name} is ({columns}), and Directus leaves out what has several columns"
                fix = "add a key of one column, and make this one unique"
                yield Hit(each.identity, text, fix, columns_there(identity, each.fact.columns))


def unknown_type(subject: Subject) -> Iterator[Hit]:
    """A column of a type that Directus does not know is shown as "unknown", and cannot be edited."""
    for identity, _ in subject.whole:
        if identity.name.startswith(_THEIRS):
            continue
        for name, column in subject.of_table(identity).items():
            on = Identity("column", identity.schema, identity.name, name)
            if column.type.endswith("[]") or not _is_known(column.base):
                text = f"it is {column.type}, which Directus shows as an unknown type"
                yield Hit(on, text, "take a type that it knows (text, jsonb, ...), or hide the column there")
            elif column.base == "numeric" and "(" not in column.type:
                text = "it is numeric without a scale, which Directus takes for whole numbers"
                yield Hit(on, text, "say how many digits: numeric(12, 2)")


def _is_known(base: str) -> bool:
    schema, name = parts(base)
    return name in (_OF_EXTENSIONS if schema else _KNOWN)
