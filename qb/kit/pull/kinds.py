"""What the values of an expression are: to the server, and to the checkers."""

from __future__ import annotations

from typing import Final, NamedTuple

from qb.kit.pull.annotations import plain_annotation
from qb.kit.pull.source import Code

INTEGERS: Final = ("int2", "int4", "int8")
TEXTS: Final = ("text", "varchar", "bpchar")


class ValueKind(NamedTuple):
    """A type, and what its values are in Python."""

    base: str
    """As the catalog calls it; of an array with `[]` behind it."""
    python: Code
    """Without None, and without a brand."""
    brand: str | None = None
    labels: tuple[str, ...] = ()
    """Those that there are, where the checkers know them."""
    optional: bool = True
    """Whether None may be among them."""

    @property
    def sure(self) -> ValueKind:
        """The same, without None."""
        return self._replace(optional=False)

    @property
    def plain(self) -> ValueKind:
        """The same, without its brand."""
        return self._replace(brand=None)

    @property
    def said(self) -> str:
        """What the checkers take it for."""
        return self.brand or self.python.text


def kind(base: str, python: str, *, optional: bool = True) -> ValueKind:
    """The kind of what one of PostgreSQL's own functions gives."""
    return ValueKind(base, plain_annotation(python), optional=optional)


class Callee(NamedTuple):
    """A function of the database's own that expressions can call."""

    name: str
    """As Python calls it."""
    takes: tuple[str, ...]
    """The types of its arguments, as the catalog calls them."""
    gives: ValueKind
