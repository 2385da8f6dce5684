"""Which of two queries has the wider rows: a column that may be None in one of them, and not in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never, Protocol, TypeAlias, TypeVar

from qb.query.expr.pinned import PinnedQuery

if TYPE_CHECKING:
    from qb.query.select import Select

N_contra = TypeVar("N_contra", contravariant=True)
W_co = TypeVar("W_co", covariant=True)


class Wider(Protocol[N_contra, W_co]):
    """A query beside which one of N can stand: its rows are W, which those of N are, too.

    Which side is the wider one only its own rows say, so the question is put to it.
    """

    def _beside(self, narrower: Select[N_contra], /) -> Select[W_co]: ...


X: TypeAlias = Never
Unread: TypeAlias = (
    PinnedQuery[X]
    | PinnedQuery[tuple[X, X]]
    | PinnedQuery[tuple[X, X, X]]
    | PinnedQuery[tuple[X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X, X, X, X, X]]
    | PinnedQuery[tuple[X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X]]
)
"""No query, of any number of columns: beside it mypy does not read the other side as the rows of this one."""
