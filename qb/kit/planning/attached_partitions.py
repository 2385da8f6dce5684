"""Tables that become partitions: their rows are looked at before, while others read and write them.

ATTACH PARTITION reads all of a table under a lock that keeps everybody away, and of the default partition, too, unless
a check that is validated says what the bound says. So that is said first, validated, and taken away again.
https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.ddl.tables import attach, is_partition
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted

_DEFAULT: Final = "DEFAULT"
_OPEN_ENDS: Final = ("MINVALUE", "MAXVALUE")


class AttachedPartitions:
    """Which tables are attached so, and how."""

    def __init__(self, sides: Sides) -> None:
        self.sides: Final = sides

    def actions(self, actions: Iterable[PlanAction]) -> Iterator[PlanAction]:
        """The actions, those that attach a table that is there as several."""
        for each in actions:
            condition = self._condition(each)
            if condition is None:
                yield each
            else:
                yield from self._steps(each, *condition)

    def _condition(self, each: PlanAction) -> tuple[str, str] | None:
        """What rows of it have to be, and what rows of the default partition must not be; None where it is attached as
        it is: it is no such table, or nobody can say it (hash, another operator class)."""
        at, fact = each.identity, self.sides.after.get(each.identity)
        was = self.sides.was.get(at)
        before = None if was is None else self.sides.before.get(was)
        if each.verb != "alter" or at.kind != "table" or not isinstance(fact, TableFact):
            return None
        if not isinstance(before, TableFact) or is_partition(before) or not is_partition(fact):
            return None
        own = self.bound(fact)
        whole = self._of_tree(fact)
        return None if own is None or whole is None or attach(at, fact) not in each.statements else (whole, own)

    def _of_tree(self, fact: TableFact) -> str | None:
        """What a bound says, and those of the tables above."""
        found: list[str] = []
        while is_partition(fact):
            if (bound := self.bound(fact)) is None:
                return None
            found.append(bound)
            above = self.sides.after.get(Identity("table", *_twice(fact.inherits[0])))
            if not isinstance(above, TableFact):
                return None
            fact = above
        return " AND ".join(reversed(found))

    def bound(self, fact: TableFact) -> str | None:
        """What a partition's bound says of its rows; None where nobody can say it."""
        above = self.sides.after.get(Identity("table", *_twice(fact.inherits[0])))
        if not isinstance(above, TableFact) or above.partition_key is None or fact.bound is None:
            return None
        return bound_condition(above.partition_key, fact.bound)

    def _steps(self, each: PlanAction, whole: str, own: str) -> Iterator[PlanAction]:
        fact = self.sides.after.get(each.identity)
        assert isinstance(fact, TableFact), each.identity
        needs, drops = set[Identity](), list[str]()
        looked = [(each.identity, whole)]
        default = self.default(fact)
        if default is not None:
            looked.append((default, f"NOT ({own})"))
        for table, condition in looked:
            name, key = dotted(table.schema, table.name), quoted(f"qb_{hash_of(each.identity):08x}")
            said = Identity("bound", table.schema, table.name, each.identity.name)
            seen = Identity("bound seen", table.schema, table.name, each.identity.name)
            line = f"ALTER TABLE {name} ADD CONSTRAINT {key} CHECK ({condition}) NOT VALID"
            yield PlanAction("alter", said, (line,), frozenset((said,)), needs=each.needs | {table} - {each.identity})
            was = self.sides.was[table]
            counts = f"SELECT pg_catalog.count(*) FROM {dotted(was.schema, was.name)} WHERE NOT ({condition})"
            line = f"ALTER TABLE {name} VALIDATE CONSTRAINT {key}"
            behind = frozenset((said,))
            yield PlanAction("check", seen, (line,), frozenset((seen,)), needs=behind, commits=True, offends=counts)
            needs.add(seen)
            drops.append(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
        place = each.statements.index(attach(each.identity, fact)) + 1
        lines = (*each.statements[:place], *drops, *each.statements[place:])
        yield with_parts(each, verb="check", statements=lines, needs=each.needs | needs, commits=True)

    def default(self, fact: TableFact) -> Identity | None:
        """The default partition of the same table, where it is there before, too."""
        if not is_partition(fact):
            return None
        schema, name = name_parts(fact.inherits[0])
        for each in self.sides.after.children(schema, name):
            other = self.sides.after.get(each)
            if each.kind == "table" and each in self.sides.was and isinstance(other, TableFact):
                was = self.sides.before.get(self.sides.was[each])
                if other.bound == _DEFAULT and isinstance(was, TableFact) and was.bound == _DEFAULT:
                    return each
        return None


def bound_condition(key: str, bound: str) -> str | None:
    """What a bound says of rows, in the words in which the server has it: else it would not know it again. None where
    that cannot be said: of a hash, of what is left for the default partition, of a key of other operators.

    >>> bound_condition("LIST (id)", "FOR VALUES IN (1, NULL)")
    '((id IS NULL) OR (id = 1))'
    >>> bound_condition("RANGE (day)", "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)")
    "((day IS NOT NULL) AND (day >= '2026-01-01'))"
    """
    strategy, _, rest = key.partition(" ")
    keys = [_key(each) for each in _elements(rest)]
    known = [each for each in keys if each is not None]
    if bound == _DEFAULT or len(known) < len(keys):
        return None
    if strategy == "LIST":
        return _listed(known[0], _elements(bound.removeprefix("FOR VALUES IN ")))
    if strategy != "RANGE":
        return None
    said = bound.removeprefix("FOR VALUES FROM ")
    lower = _elements(said)
    upper = _elements(said[_end(said) :].removeprefix(" TO "))
    return _within(known, lower, upper)


def _listed(key: str, values: Sequence[str]) -> str:
    some = [each for each in values if each != "NULL"]
    one = f"({key} = {some[0]})" if len(some) == 1 else f"({key} IN ({', '.join(some)}))"
    if len(some) == len(values):
        return f"(({key} IS NOT NULL) AND {one})"
    return f"(({key} IS NULL) OR {one})" if some else f"({key} IS NULL)"


def _within(keys: Sequence[str], lower: Sequence[str], upper: Sequence[str]) -> str:
    found = [f"({each} IS NOT NULL)" for each in keys]
    same = 0
    while same < len(keys) - 1 and lower[same] == upper[same] and lower[same] not in _OPEN_ENDS:
        found.append(f"({keys[same]} = {lower[same]})")
        same += 1
    for bounds, sign in ((lower, ">"), (upper, "<")):
        if arms := list(_arms(keys[same:], bounds[same:], sign)):
            found.append(arms[0] if len(arms) == 1 else f"({' OR '.join(arms)})")
    return f"({' AND '.join(found)})"


def _arms(keys: Sequence[str], bounds: Sequence[str], sign: str) -> Iterator[str]:
    """Above a bound, or below one: by the first column, or by the next where that one is the same, and so on."""
    for place, bound in enumerate(bounds):
        if bound in _OPEN_ENDS:
            return
        following = bounds[place + 1] if place + 1 < len(bounds) else None
        reaches = following is None if sign == ">" else False
        reaches = reaches or following == ("MINVALUE" if sign == ">" else "MAXVALUE")
        terms = [f"({key} = {value})" for key, value in zip(keys[:place], bounds[:place], strict=True)]
        terms.append(f"({keys[place]} {sign}{'=' if reaches else ''} {bound})")
        yield terms[0] if len(terms) == 1 else f"({' AND '.join(terms)})"


def _elements(text: str) -> list[str]:
    """What stands between commas in the first parentheses of a text."""
    inside = text[1 : _end(text) - 1]
    found, start, place, depth = list[str](), 0, 0, 0
    for each in lexemes(inside):
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        if each.text == "," and not depth:
            found.append(inside[start:place].strip())
            start = place + 1
        place += len(each.text)
    return [*found, inside[start:].strip()]


def _end(text: str) -> int:
    """Where the parentheses end that a text begins with."""
    depth = place = 0
    for each in lexemes(text):
        depth += (each.text == "(") - (each.text == ")")
        place += len(each.text)
        if not depth:
            break
    return place


def _key(element: str) -> str | None:
    """A column, or an expression; None where it says its collation or operator class."""
    said = [each for each in lexemes(element) if each.said]
    if len(said) == 1:
        return element
    call = said[0].kind in ("word", "name") and said[1].text == "("
    start = element.index("(") if call or said[0].text == "(" else -1
    return element if start >= 0 and start + _end(element[start:]) == len(element) else None


def _twice(name: str) -> tuple[str, str, str]:
    schema, table = name_parts(name)
    return schema, "", table
