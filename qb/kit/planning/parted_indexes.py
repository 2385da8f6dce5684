"""Indexes of tables with partitions, built while others write: that of the whole without any, one on each partition,
and then each is attached.

https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction, name_slot
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.constraints import concurrently
from qb.kit.planning.ddl.rules import creation_lines
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal

_NAME: Final = r'(?:"(?:[^"]|"")*"|[^\s."]+)'
_WHOLE: Final = re.compile(
    rf"(?P<head>CREATE (?:UNIQUE )?INDEX ){_NAME} ON ONLY {_NAME}(?:\.{_NAME})? (?P<tail>.*)", re.DOTALL
)
_SAYS: Final = "partitions that nobody declares get theirs here, while who writes to them waits"


class PartedIndexes:
    """Which indexes are built so, and how."""

    def __init__(self, sides: Sides, closure: Closure, actions: Iterable[PlanAction]) -> None:
        self.sides: Final = sides
        self.closure: Final = closure
        self.parts: Final[Mapping[Identity, tuple[Identity, ...]]] = {
            each.identity: found
            for each in actions
            if each.verb == "create" and each.identity.kind == "index" and (found := self._parts(each.identity))
        }
        """Of each such index those that are parts of it, and theirs; the lowest first."""
        self.below: Final = frozenset(each for found in self.parts.values() for each in found)

    def _parts(self, index: Identity) -> tuple[Identity, ...]:
        """Nothing, where it is built as a whole: of a table that is new, or has a partition that takes no index."""
        fact = self.sides.after.get(index)
        table = Identity("table", index.schema, "", index.table)
        if not isinstance(fact, IndexFact) or not fact.valid or table not in self.sides.was:
            return ()
        if self.sides.was[table] in self.closure.anew:
            return ()
        return tuple(self._tree(index)) if self._is_whole(index) else ()

    def _is_whole(self, index: Identity) -> bool:
        """Whether each partition has a part of it, at any depth."""
        tables = self.sides.after.children(index.schema, index.table)
        parts = {(each.schema, each.table): each for each in self._children(index)}
        return all(
            (found := parts.get((each.schema, each.name))) is not None and self._is_whole(found) for each in tables
        )

    def _children(self, index: Identity) -> Iterator[Identity]:
        for each in self.sides.after.needing(index):
            fact = self.sides.after.get(each)
            if isinstance(fact, IndexFact) and fact.parent is not None and each != index:
                if name_parts(fact.parent) == (index.schema, index.name):
                    yield each

    def _tree(self, index: Identity) -> Iterator[Identity]:
        for each in sorted(self._children(index)):
            yield from self._tree(each)
            yield each

    def steps(self, each: PlanAction) -> Iterator[PlanAction]:
        """How one is made."""
        whole = each.identity
        fact = self.sides.after.get(whole)
        assert isinstance(fact, IndexFact), whole
        start = Identity("index of whole", whole.schema, whole.table, whole.name)
        makes = frozenset((start, name_slot(whole)))
        yield PlanAction("create", whole, (fact.definition or "",), makes, each.ends, each.needs, likes=each.likes)
        attached: list[Identity] = []
        for part in self.parts[whole]:
            yield from self._built(part)
            yield self._attached(part, start if self._parent(part) == whole else None)
            attached.append(_attaching(part))
        rest = (
            *(self._others(one) for one in (*self.parts[whole], whole) if self._children_of(one)),
            *each.statements[1:],
        )
        needs = frozenset((start, *attached))
        yield PlanAction("finish", whole, rest, each.makes, needs=needs, commits=True, says=_SAYS)

    def _children_of(self, index: Identity) -> list[Identity]:
        return list(self._children(index))

    def _others(self, index: Identity) -> str:
        """The same for partitions that nobody declares, as those that come with time: a database may have more."""
        fact = self.sides.after.get(index)
        found = _WHOLE.match(fact.definition or "") if isinstance(fact, IndexFact) else None
        assert found is not None, index
        table = string_literal(dotted(index.schema, index.table))
        whole, name = dotted(index.schema, index.name), string_literal(dotted(index.schema, index.name))
        head, tail = string_literal(f"{found['head']}ON "), string_literal(f" {found['tail']}")
        attach = string_literal(f"ALTER INDEX {whole} ATTACH PARTITION ")
        body = (
            "DECLARE part pg_catalog.regclass; BEGIN FOR part IN SELECT i.inhrelid FROM pg_catalog.pg_inherits i"
            f" WHERE i.inhparent = {table}::pg_catalog.regclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x"
            " JOIN pg_catalog.pg_inherits h ON h.inhrelid = x.indexrelid"
            f" WHERE x.indrelid = i.inhrelid AND h.inhparent = {name}::pg_catalog.regclass) LOOP"
            f" EXECUTE {head} || part || {tail}; EXECUTE {attach} || (SELECT pg_catalog.max(x.indexrelid)"
            "::pg_catalog.regclass FROM pg_catalog.pg_index x WHERE x.indrelid = part); END LOOP; END"
        )
        return f"DO {dollar_quoted(body)}"

    def _parent(self, part: Identity) -> Identity:
        fact = self.sides.after.get(part)
        schema, name = name_parts(fact.parent or "") if isinstance(fact, IndexFact) else ("", "")
        return next(each for each in self.sides.after.catalog.needs(part) if (each.schema, each.name) == (schema, name))

    def _built(self, part: Identity) -> Iterator[PlanAction]:
        fact = self.sides.after.get(part)
        assert isinstance(fact, IndexFact), part
        there = self.sides.was.get(part)
        if there is not None and there not in self.closure.anew:
            return
        table = Identity("table", part.schema, "", part.table)
        of = self.sides.after.get(table)
        lines = creation_lines(part, fact, self.sides.after)
        needs = frozenset(each for each in self.sides.after.needs(part) if each.kind != "index")
        makes = frozenset((part, name_slot(part)))
        if isinstance(of, TableFact) and of.partition_key is not None:
            yield PlanAction("create", part, (fact.definition or "", *lines[1:]), makes, needs=needs)
        elif table in self.sides.was:
            yield PlanAction("build", part, (concurrently(lines[0]), *lines[1:]), makes, needs=needs)
        else:
            yield PlanAction("create", part, tuple(lines), makes, needs=needs)

    def _attached(self, part: Identity, start: Identity | None) -> PlanAction:
        parent = self._parent(part)
        line = f"ALTER INDEX {dotted(parent.schema, parent.name)} ATTACH PARTITION {dotted(part.schema, part.name)}"
        at = _attaching(part)
        below = (_attaching(each) for each in self._children(part))
        needs = frozenset((part, start or parent, *below))
        return PlanAction("finish", at, (line,), frozenset((at,)), needs=needs, commits=True)

    def follows(self, each: PlanAction) -> PlanAction | None:
        """What is said of a part that would have been made with its whole; None where that is said already."""
        there = self.sides.was.get(each.identity)
        if there is None or there in self.closure.anew:
            return None
        rest = tuple(line for line in each.statements if not line.startswith("DO "))
        return with_parts(each, statements=rest, needs=frozenset[Identity]()) if rest else None


def _attaching(part: Identity) -> Identity:
    return Identity("attached index", part.schema, part.table, part.name)
