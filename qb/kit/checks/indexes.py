"""What is doubtful about indexes. https://www.postgresql.org/docs/current/indexes.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.kit.checks.hit import Hit, columns_there
from qb.kit.checks.subject import Subject, TableIndex
from qb.kit.facts.constraint import ConstraintFact
from qb.model.object import Identity

FEW_ROWS: Final = 10_000
"""Below as many rows a table is read as a whole, and nobody knows whether its indexes will be used."""
_DOCUMENTS: Final = {"json", "jsonb", "xml"}


def redundant(subject: Subject) -> Iterator[Hit]:
    """An index whose keys another one begins with: it costs at each write, and finds no more."""
    for one, other in _pairs(subject):
        if one.fact.unique or one.constraint is not None or one.parts.method != "btree":
            continue
        begins = other.parts.keys[: len(one.parts.keys)] == one.parts.keys and one.parts.keys != other.parts.keys
        if begins and set(one.parts.include) <= {*other.parts.columns, *other.parts.include}:
            text = f"{other.identity.name} begins with the same keys, and finds all that it finds"
            yield Hit(one.identity, text, "drop it", _about(one, other))


def duplicate(subject: Subject) -> Iterator[Hit]:
    """Two indexes on the same keys."""
    for one, other in _pairs(subject):
        if _is_done_by(one, other) and not (_is_done_by(other, one) and one.identity < other.identity):
            yield Hit(one.identity, f"{other.identity.name} is on the same keys", "drop it", _about(one, other))


def _is_done_by(one: TableIndex, other: TableIndex) -> bool:
    """Whether another index on the same keys does all that one does."""
    if one.parts.keys != other.parts.keys or not set(one.parts.include) <= set(other.parts.include):
        return False
    nulls = one.parts.nulls_not_distinct == other.parts.nulls_not_distinct
    if one.fact.unique and not (other.fact.unique and nulls):
        return False
    return one.constraint is None or (one.constraint == "unique" and other.constraint is not None)


def unused_indexes(subject: Subject) -> Iterator[Hit]:
    """An index that nobody has read since the database began to count."""
    if subject.usage is None:
        return
    since = "" if subject.usage.since is None else f" since {subject.usage.since:%Y-%m-%d}"
    for index in _all(subject):
        use = subject.usage.indexes.get(index.identity)
        if use is None or use.scans or use.rows < FEW_ROWS or index.fact.unique or index.fact.replica_identity:
            continue
        text = f"nothing has read it{since}, and it holds {_size(use.bytes)} of a table of {use.rows:,} rows"
        fix = "see that replicas do not read it either, and drop it"
        yield Hit(index.identity, text, fix, _about(index))


def invalid(subject: Subject) -> Iterator[Hit]:
    """What is left of a CREATE INDEX CONCURRENTLY that failed: it is written, and never read."""
    for index in _all(subject):
        if not index.fact.valid or not index.fact.ready:
            text = "it was left half built: it is kept up at each write, and never read"
            yield Hit(index.identity, text, "drop it and create it again, or REINDEX INDEX CONCURRENTLY", _about(index))


def on_boolean(subject: Subject) -> Iterator[Hit]:
    """Half of a table is found no faster by an index than by reading it."""
    for index in _all(subject):
        name = index.parts.columns[0]
        if len(index.parts.keys) > 1 or index.parts.where is not None or index.fact.unique or name is None:
            continue
        column = subject.columns.get((index.identity.schema, index.identity.table), {}).get(name)
        if column is not None and column.type == "boolean":
            text = f"{name} is true or false, and an index of all rows tells them no better than the table"
            yield Hit(index.identity, text, "index the rows that are looked for: index(..., where=...)", _about(index))


def on_document(subject: Subject) -> Iterator[Hit]:
    """A btree compares whole arrays and documents: it finds those that are equal, and nothing that is in one."""
    for index in _all(subject):
        if index.parts.method != "btree" or index.constraint is not None:
            continue
        own = subject.columns.get((index.identity.schema, index.identity.table), {})
        for name in index.parts.columns:
            column = None if name is None else own.get(name)
            if column is not None and (column.type.endswith("[]") or column.base in _DOCUMENTS):
                text = f"{name} is {column.type}, and a btree finds whole values of it alone, nothing that is in one"
                yield Hit(index.identity, text, 'take method="gin", or index an expression', _about(index))


def not_valid(subject: Subject) -> Iterator[Hit]:
    """A constraint that old rows may not fulfil, and that no plan may rely on."""
    for identity, fact in subject.ours(ConstraintFact).items():
        if not fact.valid and not fact.inherited:
            text = "it is not valid: nobody knows whether the rows before it fulfil it"
            yield Hit(identity, text, "ALTER TABLE ... VALIDATE CONSTRAINT", columns_there(identity, fact.columns))


def _all(subject: Subject) -> Iterator[TableIndex]:
    """Those of tables that are ours; of partitioned ones the whole, not its parts."""
    for (schema, table), indexes in subject.indexes.items():
        kinds = ("table", "materialized view")
        if any(subject.is_ours(Identity(kind, schema, "", table)) for kind in kinds):
            yield from (each for each in indexes if each.fact.parent is None and each.fact.extension is None)


def _pairs(subject: Subject) -> Iterator[tuple[TableIndex, TableIndex]]:
    """Two indexes of one table that could do each other's work."""
    by_table: dict[tuple[str, str], list[TableIndex]] = {}
    for index in _all(subject):
        if index.fact.valid:
            by_table.setdefault((index.identity.schema, index.identity.table), []).append(index)
    for indexes in by_table.values():
        for one in sorted(indexes, key=lambda each: each.identity):
            for other in sorted(indexes, key=lambda each: each.identity):
                if one is not other and (one.parts.method, one.parts.where) == (other.parts.method, other.parts.where):
                    yield one, other


def _about(*indexes: TableIndex) -> tuple[Identity, ...]:
    first = indexes[0]
    columns = columns_there(first.identity, (each for each in first.parts.columns if each is not None))
    return (*(each.identity for each in indexes[1:]), *columns)


def _size(bytes: int) -> str:
    for unit, size in (("GB", 2**30), ("MB", 2**20), ("kB", 2**10)):
        if bytes >= size:
            return f"{bytes / size:.0f} {unit}"
    return f"{bytes} bytes"
