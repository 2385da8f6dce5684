"""Tables, foreign ones and partitions included, and their columns.

https://www.postgresql.org/docs/current/sql-createtable.html
https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sequences import how_it_counts
from qb.kit.planning.ddl.sql_names import (
    changed_foreign_options,
    changed_options,
    dotted,
    foreign_options,
    name_of_table,
    settings_list,
    with_options,
)
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.types.identifier import quoted

_HEAP: Final = (None, "heap")


def alter_table(identity: Identity) -> str:
    """ALTER TABLE, as it is said of its kind."""
    word = "FOREIGN TABLE" if identity.kind == "foreign table" else "TABLE"
    return f"ALTER {word} {dotted(identity.schema, identity.name)}"


def column_words(identity: Identity, fact: ColumnFact, parts: CatalogParts, *, bare: bool = False) -> str:
    """A column as CREATE TABLE says it; `bare` without its default, for what has to be there first."""
    words = [quoted(identity.name), fact.type]
    if fact.of == "foreign table" and fact.options:
        words.append(foreign_options(identity, fact.options).strip())
    if fact.collation is not None:
        words.append(f"COLLATE {fact.collation}")
    if fact.identity:
        words.append(f"GENERATED {fact.identity.upper()} AS IDENTITY{_identity_options(identity, parts)}")
    elif fact.generated:
        words.append(f"GENERATED ALWAYS AS ({fact.default}) {fact.generated.upper()}")
    elif fact.default is not None and not bare:
        words.append(f"DEFAULT {fact.default}")
    if fact.not_null and not _left_unchecked(identity, parts):
        words.append(_not_null(identity, parts))
    return " ".join(words)


def _left_unchecked(column: Identity, parts: CatalogParts) -> Lines:
    """What says that a column is not null where rows of before may be: it cannot be said with the column."""
    found = not_null_of(column, parts)
    if found is None or found[1].valid:
        return Lines()
    table = Identity(found[1].of, column.schema, "", column.table)
    return Lines([f"{alter_table(table)} ADD CONSTRAINT {quoted(found[0].name)} {found[1].definition}"])


def _identity_options(identity: Identity, parts: CatalogParts) -> str:
    found = parts.sequence_of(identity.schema, identity.table, identity.name)
    if found is None:
        return ""
    name, fact = found
    said = how_it_counts(fact)
    if (name.schema, name.name) != (identity.schema, f"{identity.table}_{identity.name}_seq"):
        said.insert(0, f"SEQUENCE NAME {dotted(name.schema, name.name)}")
    return f" ({' '.join(said)})" if said else ""


def _not_null(identity: Identity, parts: CatalogParts) -> str:
    """NOT NULL, with its name where that is not the one it gets by itself."""
    found = not_null_of(identity, parts)
    if found is None or found[0].name == f"{identity.table}_{identity.name}_not_null" or found[1].inherited:
        return "NOT NULL" + (" NO INHERIT" if found is not None and _alone(found[1]) else "")
    return f"CONSTRAINT {quoted(found[0].name)} NOT NULL{' NO INHERIT' if _alone(found[1]) else ''}"


def _alone(fact: ConstraintFact) -> bool:
    return fact.definition.endswith(" NO INHERIT")


def not_null_of(column: Identity, parts: CatalogParts) -> tuple[Identity, ConstraintFact] | None:
    """The constraint that a column is not null, which is one since PostgreSQL 18."""
    for each in parts.within(column.schema, column.table):
        fact = parts.get(each)
        if each.kind == "not null" and isinstance(fact, ConstraintFact) and fact.columns == (column.name,):
            return each, fact
    return None


def column_settings(identity: Identity, fact: ColumnFact) -> list[str]:
    """What ALTER COLUMN says of a column, beside what CREATE TABLE does."""
    name = quoted(identity.name)
    found: list[str] = []
    if fact.storage is not None:
        found.append(f"ALTER COLUMN {name} SET STORAGE {fact.storage.upper()}")
    if fact.compression is not None:
        found.append(f"ALTER COLUMN {name} SET COMPRESSION {fact.compression}")
    if fact.statistics is not None:
        found.append(f"ALTER COLUMN {name} SET STATISTICS {fact.statistics}")
    if fact.options and fact.of != "foreign table":
        found.append(f"ALTER COLUMN {name} SET ({settings_list(fact.options)})")
    return found


def create_table(
    identity: Identity, fact: TableFact, parts: CatalogParts, within: Sequence[str] = (), bare: Iterable[str] = ()
) -> Lines:
    """CREATE TABLE, and what it cannot say. `within` are constraints to write in it, `bare` columns whose defaults come
    later."""
    name = dotted(identity.schema, identity.name)
    word = "FOREIGN TABLE" if identity.kind == "foreign table" else "TABLE"
    unlogged = "UNLOGGED " if fact.persistence == "unlogged" else ""
    columns = parts.columns(identity.schema, identity.name)
    if is_partition(fact) and partition_of(identity, fact, parts):
        lines = [f"CREATE {unlogged}{word} {name} PARTITION OF {fact.inherits[0]} {fact.bound}{_tail(identity, fact)}"]
        return [*lines, *_differing(identity, fact, parts), *table_settings(identity, fact, columns)]
    own = [each for each in columns if each[1].local or is_partition(fact)]
    if fact.type is not None:
        inner = [f"{quoted(each.name)} WITH OPTIONS {_typed(each, of, parts)}" for each, of in own if _says(of)]
        said = f" ({', '.join((*inner, *within))})" if inner or within else ""
        return [
            f"CREATE {unlogged}{word} {name} OF {fact.type}{said}{_tail(identity, fact)}",
            *table_settings(identity, fact, columns),
        ]
    left = frozenset(bare)
    inner = [column_words(each, of, parts, bare=each.name in left) for each, of in own]
    listed = ",\n  ".join((*inner, *within))
    said = f"(\n  {listed}\n)" if listed else "()"
    inherits = f" INHERITS ({', '.join(fact.inherits)})" if fact.inherits and not is_partition(fact) else ""
    lines = [f"CREATE {unlogged}{word} {name} {said}{inherits}{_tail(identity, fact)}"]
    if fact.inherits and not is_partition(fact):
        lines += _differing(identity, fact, parts)
    unchecked = [line for each, _ in own for line in _left_unchecked(each, parts)]
    return [*lines, *unchecked, *table_settings(identity, fact, columns)]


def _says(fact: ColumnFact) -> bool:
    return fact.default is not None or fact.not_null


def _typed(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> str:
    default = f"DEFAULT {fact.default} " if fact.default is not None else ""
    return default + (_not_null(identity, parts) if fact.not_null else "")


def is_partition(fact: TableFact) -> bool:
    """Whether it is a partition of another table."""
    return fact.bound is not None


def partition_of(identity: Identity, fact: TableFact, parts: CatalogParts) -> bool:
    """Whether PARTITION OF makes its columns as they are: those of the table that it is of, in their order."""
    parent = parts.columns(*name_parts(fact.inherits[0]))
    mine = parts.columns(identity.schema, identity.name)
    return [_same(*each) for each in parent] == [_same(*each) for each in mine]


def _same(identity: Identity, fact: ColumnFact) -> tuple[object, ...]:
    return identity.name, fact.type, fact.collation, fact.generated, fact.generated and fact.default


def _differing(identity: Identity, fact: TableFact, parts: CatalogParts) -> Lines:
    """Where a column is not what its parent says."""
    found: list[str] = []
    for each, of in parts.columns(identity.schema, identity.name):
        if of.local and not is_partition(fact):
            continue
        parent = next(
            (there for name in fact.inherits if (there := parts.column(*name_parts(name), each.name)) is not None), of
        )
        if parent.default != of.default and not of.generated:
            said = "DROP DEFAULT" if of.default is None else f"SET DEFAULT {of.default}"
            found.append(f"ALTER COLUMN {quoted(each.name)} {said}")
        own = not_null_of(each, parts)
        if of.not_null and (not parent.not_null or (own is not None and own[1].local and not is_partition(fact))):
            found.append(f"ALTER COLUMN {quoted(each.name)} SET NOT NULL")
    return [f"{alter_table(identity)} {', '.join(found)}"] if found else []


def _tail(identity: Identity, fact: TableFact) -> str:
    """What stands behind the columns."""
    found = f" PARTITION BY {fact.partition_key}" if fact.partition_key is not None else ""
    if fact.server is not None:
        return f"{found} SERVER {quoted(fact.server)}{foreign_options(identity, fact.server_options)}"
    found += f" USING {quoted(fact.access_method or '')}" if fact.access_method not in _HEAP else ""
    found += with_options(fact.options)
    return found + (f" TABLESPACE {quoted(fact.tablespace)}" if fact.tablespace is not None else "")


def table_settings(identity: Identity, fact: TableFact, columns: Sequence[tuple[Identity, ColumnFact]]) -> Lines:
    """What is said of a table once it is there, beside row-level security."""
    found = [said for each, of in columns for said in column_settings(each, of)]
    if fact.replica_identity in ("nothing", "full") and identity.kind == "table":
        found.append(f"REPLICA IDENTITY {fact.replica_identity.upper()}")
    return [f"{alter_table(identity)} {', '.join(found)}"] if found else []


def security(identity: Identity, one: TableFact | None, other: TableFact) -> Lines:
    """Row-level security, where it is not as it was."""
    found: list[str] = []
    if other.row_security != (one.row_security if one is not None else False):
        found.append(f"{'ENABLE' if other.row_security else 'DISABLE'} ROW LEVEL SECURITY")
    if other.forced != (one.forced if one is not None else False):
        found.append(f"{'' if other.forced else 'NO '}FORCE ROW LEVEL SECURITY")
    return [f"{alter_table(identity)} {', '.join(found)}"] if found else []


def attach(identity: Identity, fact: TableFact) -> str:
    """ATTACH PARTITION."""
    return f"ALTER TABLE {fact.inherits[0]} ATTACH PARTITION {dotted(identity.schema, identity.name)} {fact.bound}"


_SECURITY: Final = frozenset(("row_security", "forced"))


def _alter_table(change: Altered[TableFact]) -> Lines | None:
    identity, one, other = change.identity, change.one, change.other
    left = change.fields - _SECURITY
    head, lines = alter_table(identity), Lines()
    if left & {"partition_key", "type", "server"}:
        return None
    if left & {"inherits", "bound"}:
        lines += _reparented(identity, one, other)
    found: list[str] = []
    if "persistence" in left:
        found.append(f"SET {'UNLOGGED' if other.persistence == 'unlogged' else 'LOGGED'}")
    if "options" in left:
        found += changed_options(one.options, other.options)
    if "access_method" in left:
        found.append(f"SET ACCESS METHOD {quoted(other.access_method or 'heap')}")
    if "tablespace" in left:
        found.append(f"SET TABLESPACE {quoted(other.tablespace or 'pg_default')}")
    if "replica_identity" in left and other.replica_identity != "index":
        found.append(f"REPLICA IDENTITY {other.replica_identity.upper()}")
    if "server_options" in left:
        found.append(changed_foreign_options(identity, one.server_options, other.server_options))
    return lines + [f"{head} {each}" for each in found]


def _reparented(identity: Identity, one: TableFact, other: TableFact) -> Lines:
    name = dotted(identity.schema, identity.name)
    lines: Lines = []
    if is_partition(one):
        lines.append(f"ALTER TABLE {one.inherits[0]} DETACH PARTITION {name}")
    else:
        lines += [f"ALTER TABLE {name} NO INHERIT {each}" for each in one.inherits if each not in other.inherits]
    if is_partition(other):
        lines.append(attach(identity, other))
    else:
        kept = () if is_partition(one) else one.inherits
        lines += [f"ALTER TABLE {name} INHERIT {each}" for each in other.inherits if each not in kept]
    return lines


def _add_column(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    table = Identity(fact.of, identity.schema, "", identity.table)
    settings = column_settings(identity, fact)
    lines = [f"{alter_table(table)} ADD COLUMN {column_words(identity, fact, parts)}"]
    lines += _left_unchecked(identity, parts)
    return lines + ([f"{alter_table(table)} {', '.join(settings)}"] if settings else [])


def _drop_column(identity: Identity, fact: ColumnFact, parts: CatalogParts) -> Lines:
    table = Identity(fact.of, identity.schema, "", identity.table)
    return [f"{alter_table(table)} DROP COLUMN {quoted(identity.name)}"]


def _alter_column(change: Altered[ColumnFact]) -> Lines | None:
    """But for its type and whether it may be NULL, which the plan does itself."""
    identity, one, other, name = change.identity, change.one, change.other, quoted(change.identity.name)
    if other.of in ("view", "materialized view"):
        return _alter_view_column(change)
    if one.of != other.of or one.generated != other.generated or (other.generated and one.default != other.default):
        if one.generated == "stored" and not other.generated and not other.identity:
            return _plain_column(change)
        return None
    head = alter_table(Identity(other.of, identity.schema, "", identity.table))
    found: list[str] = []
    if "identity" in change.fields:
        found += _identity(change, f"ALTER COLUMN {name}")
    elif "default" in change.fields:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        found.append(f"ALTER COLUMN {name} {said}")
    found += _column_settings_changed(change)
    return [f"{head} {each}" for each in found]


def _plain_column(change: Altered[ColumnFact]) -> Lines:
    identity, name = change.identity, quoted(change.identity.name)
    head = alter_table(Identity(change.other.of, identity.schema, "", identity.table))
    found = [f"{head} ALTER COLUMN {name} DROP EXPRESSION"]
    if change.other.default is not None:
        found.append(f"{head} ALTER COLUMN {name} SET DEFAULT {change.other.default}")
    return found + [f"{head} {each}" for each in _column_settings_changed(change)]


def _identity(change: Altered[ColumnFact], head: str) -> list[str]:
    one, other = change.one, change.other
    if not one.identity:
        counts = _identity_options(change.identity, change.after)
        first = [f"{head} DROP DEFAULT"] if one.default is not None else []
        return [*first, f"{head} ADD GENERATED {other.identity.upper()} AS IDENTITY{counts}"]
    if not other.identity:
        last = [f"{head} SET DEFAULT {other.default}"] if other.default is not None else []
        return [f"{head} DROP IDENTITY", *last]
    return [f"{head} SET GENERATED {other.identity.upper()}"]


def _column_settings_changed(change: Altered[ColumnFact]) -> list[str]:
    one, other, head = change.one, change.other, f"ALTER COLUMN {quoted(change.identity.name)}"
    found: list[str] = []
    if "storage" in change.fields:
        found.append(f"{head} SET STORAGE {(other.storage or 'default').upper()}")
    if "compression" in change.fields:
        found.append(f"{head} SET COMPRESSION {other.compression or 'default'}")
    if "statistics" in change.fields:
        found.append(f"{head} SET STATISTICS {-1 if other.statistics is None else other.statistics}")
    if "options" in change.fields:
        if other.of == "foreign table":
            found.append(f"{head} {changed_foreign_options(change.identity, one.options, other.options)}")
        else:
            found += [f"{head} {each}" for each in changed_options(one.options, other.options)]
    return found


def _alter_view_column(change: Altered[ColumnFact]) -> Lines | None:
    identity, other, name = change.identity, change.other, quoted(change.identity.name)
    word = "MATERIALIZED VIEW" if other.of == "materialized view" else "VIEW"
    head = f"ALTER {word} {name_of_table(identity)}"
    found = _column_settings_changed(change)
    if "default" in change.fields:
        said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
        found.append(f"ALTER COLUMN {name} {said}")
    return [f"{head} {each}" for each in found]


def view_column_lines(identity: Identity, fact: ColumnFact) -> Lines:
    """What is said of a column of a view once that is there."""
    word = "MATERIALIZED VIEW" if fact.of == "materialized view" else "VIEW"
    found = column_settings(identity, fact) if fact.of == "materialized view" else []
    if fact.default is not None:
        found.append(f"ALTER COLUMN {quoted(identity.name)} SET DEFAULT {fact.default}")
    return [f"ALTER {word} {name_of_table(identity)} {each}" for each in found]


TABLE_RULE: Final = DdlRule(create_table, _alter_table, drop_plainly)
COLUMN_RULE: Final = DdlRule(_add_column, _alter_column, _drop_column)
