"""`factory`: rows of a table for plain tests, the same ones in each run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from qb.declare.new import New, new, validated_row
from qb.declare.table import describe
from qb.kit.made_rows.drawn_values import NoValue
from qb.kit.made_rows.row_plan import DRAWS, Fullness, RowPlan
from qb.kit.made_rows.seeded_source import SeededSource
from qb.query.entity import TableRow

if TYPE_CHECKING:
    from qb.declare.gather import BesideTable

Row = TypeVar("Row", bound=TableRow)


class Factory(Generic[Row]):
    """What `factory` gives: called it makes a row to insert, `row` a whole one, `many` a list."""

    def __init__(self, table: type[Row], beside: Sequence[Any], parents: Iterable[object], seed: int) -> None:
        self._table, self._beside, self._parents = table, tuple(beside), tuple(parents)
        self._source = SeededSource(seed)
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
