"""`factory`: rows of a table for plain tests, the same ones in each run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from qb.declare.new import New, new, validated_row
from qb.declare.table import describe
from qb.query.entity import TableRow
from qb.testing.plan import DRAWS, Fullness, RowPlan
from qb.testing.values import NoValue

if TYPE_CHECKING:
    from qb.declare.gather import BesideTable

T = TypeVar("T")
Row = TypeVar("Row", bound=TableRow)
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "iris", "juniper", "krill", "lotus")


class _Seeded:
    """A source that gives values as people write them, by a seed."""

    def __init__(self, seed: int) -> None:
        self.depth, self._random = 0, random.Random(seed)

    def integer(self, low: int, high: int, *, spread: bool = False) -> int:
        # Near to what people count with, where that is among them.
        if not spread and low <= 1 <= high:
            high = min(high, 1 + 10 ** self._random.randint(1, 5))
            low = max(low, 1)
        return self._random.randint(low, high)

    def real(self, low: float, high: float, *, single: bool) -> float:
        first, last = max(low, -1000.0), min(high, 1000.0)
        if first > last:
            first, last = low, high
        found = round(self._random.uniform(first, last) * 16) / 16
        return min(max(found, low), high)

    def text(self, low: int, high: int) -> str:
        words = " ".join(self._random.choice(_WORDS) for _ in range(2))
        found = f"{words} {self._random.randint(1, 9999)}"
        if len(found) > high:  # short ones have to differ, too
            found = "".join(self._random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(high))
        return found.ljust(low, "x")

    def choice(self, of: Sequence[T]) -> T:
        return self._random.choice(of)


class Factory(Generic[Row]):
    """What `factory` gives: called it makes a row to insert, `row` a whole one, `many` a list."""

    def __init__(self, table: type[Row], beside: Sequence[Any], parents: Iterable[object], seed: int) -> None:
        self._table, self._beside, self._parents = table, tuple(beside), tuple(parents)
        self._source = _Seeded(seed)
        self._plans: dict[tuple[str, ...], RowPlan] = {}
        self._seen: set[tuple[Any, ...]] = set()
        RowPlan("factory", table, self._beside, self._parents, None)  # judges what was given

    def __call__(self, **_columns: object) -> New[Row]:
        """A row to insert: what has a default is left out, unless it is named."""
        made: New[Row] = cast("Any", new)(self._table)(**self._values(_columns, "short"))
        return made

    def many(self, count: int, /, **_columns: object) -> list[New[Row]]:
        """Several of them, no two with the same key."""
        return [self(**_columns) for _ in range(count)]

    def row(self, **_columns: object) -> Row:
        """A whole row, as a query would give it, for tests without a database: defaults are taken where they are plain
        values. Generated columns have to be given."""
        info = describe(self._table)
        own = {each.attribute for each in info.columns if not each.hidden}
        generated = {name: value for name, value in _columns.items() if name in own and not _writable(info, name)}
        given = {name: value for name, value in _columns.items() if name not in generated}
        values = self._values(given, "whole") | generated
        if missing := sorted(own - values.keys()):
            raise TypeError(f"factory({self._table.__name__}).row: {', '.join(missing)} must be given")
        return validated_row({name: value for name, value in values.items() if name in own}, self._table)

    def _plan(self, given: Iterable[str]) -> RowPlan:
        names = tuple(sorted(given))
        if names not in self._plans:
            self._plans[names] = RowPlan("factory", self._table, self._beside, self._parents, names)
        return self._plans[names]

    def _values(self, given: dict[str, Any], how: Fullness) -> dict[str, Any]:
        plan = self._plan(given)
        reason = ""
        for _ in range(DRAWS * 10):
            try:
                values = plan.row(self._source, given, how)
            except NoValue as error:
                reason = reason or str(error)
                continue
            keys = plan.keys_of(values)
            if self._seen.isdisjoint(keys):
                self._seen.update(keys)
                return values
            reason = "two rows have the same key"
        raise plan.failed(reason)


def factory(table: type[Row], /, *beside: BesideTable, parents: Iterable[object] = (), seed: int = 0) -> Factory[Row]:
    """Makes rows of a table for tests: `user = factory(User)`, then `user(name="Ada")`. A seed gives the same ones.

    A row fulfils what the description says, as those of `rows` do: checks, labels, lengths; no two have the same key.
    What is named is taken as it is. Foreign keys point to `parents`, rows that a query gave. Errors: DefinitionError
    where no row can be made, which says what to give.

    >>> from qb.testing import factory
    >>> user = factory(User, seed=1)
    >>> db.one(insert(user(name="Kurt")).returning(User.name))
    <Success: Kurt>
    >>> ada = factory(User, seed=1).row(id=1, nickname=None)
    >>> ada == factory(User, seed=1).row(id=1, nickname=None), ada.nickname
    (True, None)
    >>> factory(Task, parents=[ada]).row().user_id
    1
    """
    return Factory(table, beside, parents, seed)


def _writable(info: Any, name: str) -> bool:
    return any(each.attribute == name and each.writable for each in info.columns)
