"""ltree: labels of a tree, from the root down, and what looks for them; of the extension of that name.

https://www.postgresql.org/docs/current/ltree.html
"""

from __future__ import annotations

from typing import Any, Final, NewType

from qb.types.base import Convert, Signs, SqlType
from qb.types.extended import Extended, as_it_is, told_text

LTree = NewType("LTree", str)
"""A path of labels: `top.science.astronomy`."""

LQuery = NewType("LQuery", str)
"""A pattern of paths: `*.science.*{0,1}`."""

LTxtQuery = NewType("LTxtQuery", str)
"""TreeText that are somewhere in a path: `science & !fiction`."""


class TreeText(Extended[Any]):
    """A type of ltree's, whose values are texts."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name, "ltree", told_text(name), as_it_is, takes=(str,), python=str, says="str")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name,)

    def decoder(self, python: object) -> Convert | None:
        return None


class Tree(TreeText):
    """A path, which contains all that is below it."""

    __slots__ = ()

    def operators(self, word: str) -> Signs:
        if word == "matches":
            return ("~", _LQUERY), ("@", _LTXTQUERY)
        return ((_SIGNS[word], self),) if word in _SIGNS else ()


_SIGNS: Final = {"contains": "@>", "contained_by": "<@"}
_LQUERY: Final = TreeText("lquery")
_LTXTQUERY: Final = TreeText("ltxtquery")


class TreeTypes:
    """Paths of labels in `pg`."""

    __slots__ = ()
    ltree: SqlType[LTree | None] = Tree("ltree")
    lquery: SqlType[LQuery | None] = _LQUERY
    ltxtquery: SqlType[LTxtQuery | None] = _LTXTQUERY
