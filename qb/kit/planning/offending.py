"""What counts the rows that a statement fails for: of every one that says of rows which are there what they may not be.

It is asked before anything is run, so by the names and of the columns before; what cannot be asked so has no count.
https://www.postgresql.org/docs/current/ddl-constraints.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import CHECK_DEFINITION, ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.parted_keys import key_words
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.types.identifier import quoted

_CHECKED: Final = ("check", "foreign key")
_KEYS: Final = ("primary key", "unique")
_NAME: Final = r'(?:"(?:[^"]|"")+"|[a-z_][a-z_0-9$]*)'
_CALL: Final = rf"{_NAME}(?:\.{_NAME})?\((?:[^()'\"]|\"(?:[^\"]|\"\")+\")*\)"
_ELEMENT: Final = rf"(?:{_CALL}|{_NAME})(?: DESC)?(?: NULLS (?:FIRST|LAST))?"
_UNIQUE: Final = re.compile(
    rf"CREATE UNIQUE INDEX .* USING btree \((?P<keys>{_ELEMENT}(?:, {_ELEMENT})*)\)"
    r"(?: INCLUDE \((?:[^()\"]|\"(?:[^\"]|\"\")*\")*\))?(?P<nulls> NULLS NOT DISTINCT)?"
    r"(?: WITH \([^()]*\))?(?: WHERE (?P<condition>.*))?",
    re.DOTALL,
)
_KEY: Final = re.compile(rf"(?P<key>{_CALL}|{_NAME})(?: DESC)?(?: NULLS (?:FIRST|LAST))?(?:, |\Z)")


class Offending:
    """Which actions fail where some rows are, and what counts those."""

    def __init__(self, sides: Sides, closure: Closure, actions: Iterable[PlanAction]) -> None:
        known = list(actions)
        self.sides: Final = sides
        self.actions: Final = known
        self.filled: Final = {
            (each.identity.schema, each.identity.table, each.identity.name)
            for each in known
            if each.identity.kind in ("filled", "filled again")
        }
        """Columns that get values: nobody knows which."""
        for each in map(sides.new_name, closure.converted):
            self.filled.add((each.schema, each.table, each.name))
        self.later: Final = {
            (each.identity.schema, each.identity.table, each.identity.name)
            for each in known
            if each.verb == "check" and each.identity.kind == "validated"
        }
        """What is said first, and checked in a statement of its own."""

    def marked(self) -> Iterator[PlanAction]:
        """The actions, each with what counts the rows that it fails for."""
        for each in self.actions:
            text = "" if each.offends else self._text(each)
            yield with_parts(each, offends=text) if text else each

    def _text(self, each: PlanAction) -> str:
        at = each.identity
        place = at.schema, at.table, at.name
        if each.verb == "check" and at.kind == "validated":
            for kind in _CHECKED:
                if (found := Identity(kind, *place)) in each.needs:
                    return self._constraint(found)
            return self._null(at)
        if each.verb == "check" and at.kind == "column" and " VALIDATE CONSTRAINT " in each.statements[0]:
            return self._null(at)
        if each.verb == "alter" and at.kind == "not null":
            return "" if each.statements[0].endswith(" DROP NOT NULL") else self._null(at)
        if each.verb == "create" and at.kind in (*_CHECKED, *_KEYS):
            return "" if at.kind in _CHECKED and place in self.later else self._constraint(at)
        if each.verb == "build" and at.kind == "key index":
            return next((text for kind in _KEYS if (text := self._constraint(Identity(kind, *place)))), "")
        return self._index(at) if at.kind == "index" and each.verb in ("create", "build") else ""

    def _null(self, at: Identity) -> str:
        column = Identity("column", at.schema, at.table, at.name)
        was = self.sides.was.get(column)
        if was is None or (column.schema, column.table, column.name) in self.filled:
            return ""
        return f"SELECT pg_catalog.count(*) FROM {dotted(was.schema, was.table)} WHERE {quoted(was.name)} IS NULL"

    def _constraint(self, at: Identity) -> str:
        fact = self.sides.after.get(at)
        if not isinstance(fact, ConstraintFact) or not fact.valid or not self._as_before(at, fact.columns):
            return ""
        if at.kind == "foreign key":
            return self._pointing(at, fact)
        if at.kind == "check":
            found = CHECK_DEFINITION.fullmatch(fact.definition)
            table = self._table(at, alone=found is not None and bool(found["alone"]))
            return "" if found is None else f"SELECT pg_catalog.count(*) FROM {table} WHERE NOT ({found['condition']})"
        found = key_words(fact)
        if found is None:
            return ""
        return self._twice(at, [quoted(each) for each in fact.columns], nulls=bool(found["nulls"]))

    def _index(self, at: Identity) -> str:
        fact = self.sides.after.get(at)
        columns = [
            each.name
            for each in self.sides.after.catalog.needs(at)
            if each.kind == "column" and (each.schema, each.table) == (at.schema, at.table)
        ]
        if not isinstance(fact, IndexFact) or not fact.unique or fact.definition is None:
            return ""
        found = _UNIQUE.fullmatch(fact.definition)
        if found is None or not columns or not self._as_before(at, columns):
            return ""
        keys = [each["key"] for each in _KEY.finditer(found["keys"])]
        return self._twice(at, keys, nulls=bool(found["nulls"]), condition=found["condition"])

    def _twice(self, at: Identity, keys: Sequence[str], *, nulls: bool, condition: str | None = None) -> str:
        """How many rows have what another one has, too."""
        said = [] if nulls else [f"{each} IS NOT NULL" for each in keys]
        where = " AND ".join((*said, *(() if condition is None else (f"({condition})",)))) or "true"
        groups = (
            f"SELECT pg_catalog.count(*) AS rows FROM {self._table(at, alone=True)} WHERE {where} "
            f"GROUP BY {', '.join(keys)} HAVING pg_catalog.count(*) > 1"
        )
        return f"SELECT coalesce(pg_catalog.sum(twice.rows), 0)::pg_catalog.int8 FROM ({groups}) twice"

    def _pointing(self, at: Identity, fact: ConstraintFact) -> str:
        """How many rows point to none. Of a table that comes none is there to point to."""
        if fact.target is None or "PERIOD" in fact.definition or " MATCH FULL" in fact.definition:
            return ""
        schema, name = name_parts(fact.target)
        target = Identity("table", schema, "", name)
        given = " AND ".join(f"c.{quoted(each)} IS NOT NULL" for each in fact.columns)
        rows = f"SELECT pg_catalog.count(*) FROM {self._table(at, alone=True)} c WHERE {given}"
        was = self.sides.was.get(target)
        if was is None:
            return rows if target in self.sides.created else ""
        if not self._as_before(Identity("table", schema, name, ""), fact.target_columns):
            return ""
        same = " AND ".join(
            f"p.{quoted(other)} = c.{quoted(each)}"
            for each, other in zip(fact.columns, fact.target_columns, strict=True)
        )
        return f"{rows} AND NOT EXISTS (SELECT FROM {dotted(was.schema, was.name)} p WHERE {same})"

    def _as_before(self, at: Identity, columns: Iterable[str]) -> bool:
        """Whether a table is there before, and columns of it as they are to be, and nothing writes them."""
        table = self.sides.after.relation(at.schema, at.table)
        if table is None or table not in self.sides.was:
            return False
        for name in columns:
            column = Identity("column", at.schema, at.table, name)
            was = self.sides.was.get(column)
            one, other = (None if was is None else self.sides.before.get(was)), self.sides.after.get(column)
            if not isinstance(one, ColumnFact) or not isinstance(other, ColumnFact) or was is None:
                return False
            same = (one.type, one.collation, one.generated) == (other.type, other.collation, other.generated)
            if not same or was.name != name or (at.schema, at.table, name) in self.filled:
                return False
        return True

    def _table(self, at: Identity, *, alone: bool) -> str:
        """A table as it is called before; `alone` without those that inherit from it, which partitions are not."""
        table = self.sides.after.relation(at.schema, at.table)
        assert table is not None, "it was looked for"
        was, fact = self.sides.was[table], self.sides.after.get(table)
        divided = isinstance(fact, TableFact) and fact.partition_key is not None
        return f"{'ONLY ' if alone and not divided else ''}{dotted(was.schema, was.name)}"
