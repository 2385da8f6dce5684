"""Unique constraints, and primary keys before PostgreSQL 18, of tables with partitions, built while others write: an
index on each partition, which becomes its key, that of the whole without any, and then each is attached.

https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction, name_slot
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.constraints import after_constraint
from qb.kit.planning.ddl.sql_names import dotted, name_of_table
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import quoted

KEY_WORDS: Final = re.compile(
    r"(?P<word>PRIMARY KEY|UNIQUE)(?P<nulls> NULLS NOT DISTINCT)? (?P<columns>\((?:[^()\"]|\"(?:[^\"]|\"\")*\")*\))"
    r"(?P<include> INCLUDE \((?:[^()\"]|\"(?:[^\"]|\"\")*\")*\))?(?P<rest>(?: DEFERRABLE| INITIALLY DEFERRED)*)"
)
_NAMED_NOT_NULL: Final = 18
"""Since when the primary key of a partition would make NOT NULL its own, which it inherits, and nothing takes that
back."""
_SAYS: Final = "partitions that nobody declares get theirs here, while who writes to them waits"


def key_words(fact: ConstraintFact) -> re.Match[str] | None:
    """What a key says, where an index of the same can be built before; none is WITHOUT OVERLAPS."""
    found = KEY_WORDS.fullmatch(fact.definition)
    return None if found is None or found["columns"].endswith(" WITHOUT OVERLAPS)") else found


class PartedKeys:
    """Which keys are built so, and how."""

    def __init__(self, sides: Sides, closure: Closure, actions: Iterable[PlanAction]) -> None:
        self.sides: Final = sides
        self.closure: Final = closure
        self.parts: Final[Mapping[Identity, tuple[Identity, ...]]] = {
            each.identity: found
            for each in actions
            if each.verb == "create"
            and each.identity.kind in ("primary key", "unique")
            and (found := self._parts(each.identity)) is not None
            and found
        }
        """Of each such key those of the partitions, the lowest first."""

    def _parts(self, key: Identity) -> tuple[Identity, ...] | None:
        """None where it is made as a whole: some table is new or made anew, or has a partition that has no such key."""
        fact = self.sides.after.get(key)
        table = Identity("table", key.schema, "", key.table)
        if key.kind == "primary key" and self.sides.after.catalog.version // 10_000 >= _NAMED_NOT_NULL:
            return None
        if not isinstance(fact, ConstraintFact) or key_words(fact) is None or not self._stays(table):
            return None
        found: list[Identity] = []
        for child in sorted(self.sides.after.children(key.schema, key.table)):
            part = next((each for each in self._children(key) if (each.schema, each.table) == _title(child)), None)
            if part is None or part in self.sides.was or (below := self._parts(part)) is None:
                return None
            found += (*below, part)
        return tuple(found)

    def _stays(self, table: Identity) -> bool:
        return table in self.sides.was and self.sides.was[table] not in self.closure.anew

    def _children(self, key: Identity) -> Iterator[Identity]:
        index = self.sides.after.index_of(key)
        for each in self.sides.after.needing(index) if index is not None else ():
            fact = self.sides.after.get(each)
            if index is not None and isinstance(fact, IndexFact) and fact.parent is not None:
                part = Identity(key.kind, each.schema, each.table, fact.constraint or "")
                if name_parts(fact.parent) == (index.schema, index.name) and part in self.sides.after.catalog:
                    yield part

    def steps(self, each: PlanAction) -> Iterator[PlanAction]:
        """How one is made."""
        whole = each.identity
        ready: set[Identity] = set()
        divided: list[Identity] = []
        for part in (*self.parts[whole], whole):
            if self._is_divided(part):
                divided.append(part)
            else:
                yield from self._of_partition(part, each)
                ready.add(part)
        starts = {part: Identity("key of whole", part.schema, part.table, part.name) for part in divided}
        for part, start in starts.items():
            fact = self._fact(part)
            words = f"ADD CONSTRAINT {quoted(part.name)} {fact.definition}"
            line = f"ALTER TABLE ONLY {name_of_table(part)} {words}"
            makes = frozenset((start, name_slot(part)))
            yield PlanAction("finish", start, (line,), makes, needs=each.needs | ready, commits=True)
        attached: set[Identity] = set()
        for part in self.parts[whole]:
            above = next(one for one in divided if part in self._children(one))
            at = Identity("attached index", part.schema, part.table, part.name)
            line = f"ALTER INDEX {_index(above)} ATTACH PARTITION {_index(part)}"
            below = {Identity("attached index", one.schema, one.table, one.name) for one in self._children(part)}
            needs = frozenset((starts[above], starts.get(part, part), *below))
            yield PlanAction("finish", at, (line,), frozenset((at,)), needs=needs, commits=True)
            attached.add(at)
        rest = (*(self._others(part) for part in divided), *each.statements[1:])
        behind = frozenset((*starts.values(), *attached))
        yield PlanAction(
            "finish", whole, rest, each.makes, each.ends, behind, likes=each.likes, commits=True, says=_SAYS
        )

    def _is_divided(self, key: Identity) -> bool:
        of = self.sides.after.get(Identity("table", key.schema, "", key.table))
        return isinstance(of, TableFact) and of.partition_key is not None

    def _fact(self, key: Identity) -> ConstraintFact:
        fact = self.sides.after.get(key)
        assert isinstance(fact, ConstraintFact), key
        return fact

    def _of_partition(self, part: Identity, whole: PlanAction) -> Iterator[PlanAction]:
        fact = self._fact(part)
        found = key_words(fact)
        assert found is not None, part
        name, table = quoted(part.name), name_of_table(part)
        build = Identity("key index", part.schema, part.table, part.name)
        tail = f"{found['columns']}{found['include'] or ''}{found['nulls'] or ''}"
        create = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {tail}"
        yield PlanAction("build", build, (create,), frozenset((build, name_slot(build))), needs=whole.needs)
        line = f"ALTER TABLE {table} ADD CONSTRAINT {name} {found['word']} USING INDEX {name}{found['rest']}"
        lines = (line, *after_constraint(part, fact, self.sides.after))
        yield PlanAction("finish", part, lines, frozenset((part,)), needs=whole.needs | {build}, commits=True)

    def _others(self, key: Identity) -> str:
        """The same for partitions that nobody declares, as those that come with time: a database may have more."""
        table, index = string_literal(name_of_table(key)), string_literal(_index(key))
        attach = string_literal(f"ALTER INDEX {_index(key)} ATTACH PARTITION ")
        add = string_literal(f" ADD {self._fact(key).definition}")
        body = (
            "DECLARE part pg_catalog.regclass; BEGIN FOR part IN SELECT i.inhrelid FROM pg_catalog.pg_inherits i"
            f" WHERE i.inhparent = {table}::pg_catalog.regclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x"
            " JOIN pg_catalog.pg_inherits h ON h.inhrelid = x.indexrelid"
            f" WHERE x.indrelid = i.inhrelid AND h.inhparent = {index}::pg_catalog.regclass) LOOP"
            f" EXECUTE 'ALTER TABLE ' || part || {add}; EXECUTE {attach} || (SELECT pg_catalog.max(x.indexrelid)"
            "::pg_catalog.regclass FROM pg_catalog.pg_index x WHERE x.indrelid = part); END LOOP; END"
        )
        return f"DO {dollar_quoted(body)}"


def _title(table: Identity) -> tuple[str, str]:
    return table.schema, table.name


def _index(key: Identity) -> str:
    """The index that holds it, which has its name."""
    return dotted(key.schema, key.name)
