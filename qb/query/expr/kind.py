"""What an expression's values are, None set aside, as a type that never widens.

`Expr` is covariant, so of `coalesce(nick, 5)` a checker would make the values of a text or a number. What takes an
`OfKind[A]` takes A from that expression alone, and judges what stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from qb.query.expr.pinned import Pinned

if TYPE_CHECKING:
    from typing import LiteralString

A = TypeVar("A")
LabelT = TypeVar("LabelT", bound="LiteralString")


class OfKind(Protocol[A]):
    """An expression of A, or of A and None."""

    def _kind(self) -> Pinned[A]: ...


class OfLabels(Protocol[LabelT]):
    """An expression of labels, which a Literal of texts has, or of them and None. Its labels stay what they are.

    To mypy, which has no LiteralString, nothing is one.
    """

    def _labels(self) -> Pinned[LabelT]: ...
