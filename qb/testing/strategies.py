"""`rows`: Hypothesis strategies for the rows of a table. Hypothesis is loaded when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from qb.declare.new import New, new
from qb.kit.made_rows.drawn_values import NoValue
from qb.kit.made_rows.row_plan import DRAWS, RowPlan
from qb.query.entity import TableRow

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from qb.declare.gather import BesideTable

T = TypeVar("T")
Row = TypeVar("Row", bound=TableRow)


class _Drawn:
    """A source that Hypothesis shrinks."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.depth, self._draw = 0, draw

    def integer(self, low: int, high: int, *, spread: bool = False) -> int:
        from hypothesis import strategies as st

        return cast("int", self._draw(st.integers(low, high)))

    def real(self, low: float, high: float, *, single: bool) -> float:
        from hypothesis import strategies as st

        if single:  # whose ends are numbers of single precision
            return cast("float", self._draw(st.integers(int(low * 16), int(high * 16)))) / 16
        return cast("float", self._draw(st.floats(low, high, allow_nan=False, allow_infinity=False)))

    def text(self, low: int, high: int) -> str:
        from hypothesis import strategies as st

        # PostgreSQL holds no NUL, and no encoding half of a surrogate pair.
        letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
        return cast("str", self._draw(st.text(letters, min_size=low, max_size=high)))

    def choice(self, of: Sequence[T]) -> T:
        from hypothesis import strategies as st

        return cast("T", self._draw(st.sampled_from(of)))


def rows(
    table: type[Row],
    /,
    *beside: BesideTable,
    parents: Iterable[object] = (),
    min_size: int = 0,
    max_size: int = 5,
    **_columns: SearchStrategy[Any],
) -> SearchStrategy[list[New[Row]]]:
    """A Hypothesis strategy for lists of rows to insert, as the table's description wants them.

    No two rows of a list have the same key; checks hold; labels are those of the Enum or the Literal; texts, numbers
    and times are what the columns keep. Foreign keys point to `parents`, rows that a query gave, and are None where
    there are none and they may be. Columns with a default are left out now and then. A column that is named is drawn
    from its own strategy: `rows(User, name=st.sampled_from(["Ada", "Grace"]))`.

    Checks and keys `beside` the table are found in its module, others are given. A check is read as far as Python knows
    it as PostgreSQL does: comparisons, arithmetic, lengths, lists, LIKE, AND, OR, NOT. Errors: DefinitionError for one
    that is not, and for a column of a type whose values qb does not know (a range of one's own, a tsvector), unless
    it has a default or the columns are named. Unique indexes on expressions and EXCLUDE are not looked at. It needs the
    package `hypothesis`. https://hypothesis.readthedocs.io

    >>> from hypothesis import given, settings
    >>> from qb.testing import rows
    >>> @settings(max_examples=10, database=None)
    ... @given(rows(User, max_size=3))
    ... def test_names_are_unique(users: list[New[User]]) -> None:
    ...     with db.transaction(rollback=True) as tx:
    ...         tx.execute(delete(Task).all_rows()).unwrap()
    ...         tx.execute(delete(User).all_rows()).unwrap()
    ...         assert tx.insert_many(users) == Success(len(users))
    >>> test_names_are_unique()
    """
    from hypothesis import reject
    from hypothesis import strategies as st

    plan = RowPlan("rows", table, beside, tuple(parents), _columns)
    made: Any = new(table)

    def drawn(draw: Callable[[Any], Any]) -> list[Any]:
        source = _Drawn(draw)
        found: list[Any] = []
        seen: set[tuple[Any, ...]] = set()
        for _ in range(draw(st.integers(min_size, max_size))):
            for _ in range(3):
                values = _row(plan, source, {name: draw(each) for name, each in _columns.items()})
                keys = plan.keys_of(values)
                if seen.isdisjoint(keys):
                    seen.update(keys)
                    found.append(made(**values))
                    break
        if len(found) < min_size:
            reject()
        return found

    strategy: Any = st.composite(drawn)()
    return cast("SearchStrategy[list[New[Row]]]", strategy)


def _row(plan: RowPlan, source: _Drawn, given: dict[str, Any]) -> dict[str, Any]:
    from hypothesis import reject

    for _ in range(DRAWS):
        try:
            return plan.row(source, given)
        except NoValue:
            continue
    return reject()
