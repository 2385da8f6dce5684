"""What types of extensions have in common: what a custom type has, and what is known of its values.

https://www.postgresql.org/docs/current/contrib.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import JsonForm, Signs, Told, mismatch
from qb.types.custom import Custom
from qb.types.facts import OPAQUE, Wire
from qb.types.fit import fits

T = TypeVar("T")


class Extended(Custom[T]):
    """A type that an extension brings."""

    __slots__ = ("python", "says", "takes")
    python: object
    """What its values are read as."""
    says: str
    """The same in words."""
    takes: tuple[type, ...]
    """The classes of plain values that it takes."""
    signs: ClassVar[dict[str, str]] = {}
    """The operators that it has beside itself, by the words of `placement`."""

    def __init__(
        self,
        name: str,
        extension: str,
        write: Callable[[Any], str],
        read: Callable[[str], Any],
        *,
        takes: tuple[type, ...],
        python: object,
        says: str,
        json: JsonForm | None = None,
        wire: Wire = OPAQUE,
    ) -> None:
        super().__init__(name, write, read, json, name.partition("(")[0], extension, wire=wire)
        fix(self, "python", python)
        fix(self, "says", says)
        fix(self, "takes", takes)

    def identity(self) -> tuple[object, ...]:
        return (self.name,)

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        if plain is object or fits(plain, self.python):
            return None
        return mismatch(self, python, self.says)

    def operators(self, word: str) -> Signs:
        sign = self.signs.get(word)
        return () if sign is None else ((sign, self),)


def told_text(name: str) -> Callable[[Any], str]:
    """What judges the values of a type that are texts."""

    def write(value: Any) -> str:
        if not isinstance(value, str):
            raise Told(f"{name} takes str, not {type(value).__name__}")
        if "\0" in value:
            raise Told("PostgreSQL text cannot hold NUL (0x00) characters")
        return value

    return write


def as_it_is(text: str) -> str:
    """The value of a text that is its own."""
    return text
