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
        words.append(f"GENERATED {fact.identity.upper()} AS IDENTITY{identity_options(identity, parts)}")
    elif fact.generated:
        words.append(f"GENERATED ALWAYS AS ({fact.default}) {fact.generated.upper()}")
    elif fact.default is not None and not bare:
        words.append(f"DEFAULT {fact.default}")
    if fact.not_null and not left_unchecked(identity, parts):
        words.append(_not_null(identity, parts))
    return " ".join(words)


def left_unchecked(column: Identity, parts: CatalogParts) -> Lines:
    """What says that a column is not null where rows of before may be: it cannot be said with the column."""
    found = not_null_of(column, parts)
    if found is None or found[1].valid:
        return Lines()
    table = Identity(found[1].of, column.schema, "", column.table)
    return Lines([f"{alter_table(table)} ADD CONSTRAINT {quoted(found[0].name)} {found[1].definition}"])


def identity_options(identity: Identity, parts: CatalogParts) -> str:
    """How the sequence of an identity column counts, in brackets."""
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
        return "NOT NULL" + (" NO INHERIT" if found is not None and is_alone(found[1]) else "")
    return f"CONSTRAINT {quoted(found[0].name)} NOT NULL{' NO INHERIT' if is_alone(found[1]) else ''}"


def with_free_name(column: Identity, lines: Lines, before: CatalogParts, after: CatalogParts) -> Lines:
    """What makes a new column, but for the name of its NOT NULL where another column's has it until that goes: then the
    server finds one, as nobody says it. Where it has a comment, that says it."""
    found = not_null_of(column, after) if column.kind == "column" else None
    if found is None or found[1].comment is not None or not isinstance(before.get(found[0]), ConstraintFact):
        return lines
    return Lines(each.replace(f" CONSTRAINT {quoted(found[0].name)} NOT NULL", " NOT NULL", 1) for each in lines)


def is_alone(fact: ConstraintFact) -> bool:
    """Whether what inherits the table has it not."""
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
    unchecked = [line for each, _ in own for line in left_unchecked(each, parts)]
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
        stored = (("STORAGE", parent.storage, of.storage), ("COMPRESSION", parent.compression, of.compression))
        for what, theirs, own_way in stored:
            if theirs is not None and own_way is None:  # which it is made with
                found.append(f"ALTER COLUMN {quoted(each.name)} SET {what} DEFAULT")
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
    lines += [f"{head} {each}" for each in found]
    return lines + (_own_persistence(change) if "persistence" in left else Lines())


def _own_persistence(change: Altered[TableFact]) -> Lines:
    """Sequences that columns own follow their table, and may have been otherwise."""
    identity, parts, lines = change.identity, change.after, Lines()
    for each, _ in parts.columns(identity.schema, identity.name):
        found = parts.sequence_of(each.schema, each.table, each.name)
        if found is not None and not found[1].identity and found[1].persistence != change.other.persistence:
            word = "UNLOGGED" if found[1].persistence == "unlogged" else "LOGGED"
            lines.append(f"ALTER SEQUENCE {dotted(found[0].schema, found[0].name)} SET {word}")
    return lines


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


TABLE_RULE: Final = DdlRule(create_table, _alter_table, drop_plainly)
