"""Types of PostgreSQL's own whose values travel as the type's text: into parameters, arrays and VALUES, and back."""

from __future__ import annotations

from typing import Any, TypeVar

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, mismatch
from qb.types.facts import Wire
from qb.types.fit import fits

T_contra = TypeVar("T_contra", contravariant=True)


class Textual(SqlType[T_contra]):
    """A type that writes its values as text and reads them from it, also where that stands in JSON."""

    __slots__ = ("python", "says")
    python: object
    """What its values are read as."""
    says: str
    """The same in words."""

    def __init__(self, name: str, base: str, wire: Wire, python: object, says: str) -> None:
        super().__init__(name, base, wire)
        fix(self, "python", python)
        fix(self, "says", says)

    def write(self, value: Any) -> str:
        """The text of a value. ValueError or TypeError for what the type does not hold."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """The value of a text that the server wrote. ValueError for what Python cannot hold."""
        raise NotImplementedError

    @property
    def encode(self) -> Convert | None:
        return self.write

    def decoder(self, python: object) -> Convert | None:
        return self.read

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, self.decoder(python))

    def literal(self, value: Any) -> str:
        return self.write(value)

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        if plain is object or fits(plain, self.python):
            return None
        return mismatch(self, python, self.says)


class Plain(Textual[str | None]):
    """A type whose values are texts in Python, in the form in which they come back."""

    __slots__ = ()

    def __init__(self, name: str, base: str, wire: Wire) -> None:
        super().__init__(name, base, wire, str, "str")

    def write(self, value: Any) -> str:
        return judged_text(value, self.name)

    def read(self, text: str) -> str:
        return text

    def decoder(self, python: object) -> Convert | None:
        return None


def judged_text(value: object, name: str) -> str:
    """A text for the type of a name."""
    if not isinstance(value, str):
        raise TypeError(f"{name} takes str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("PostgreSQL text cannot hold NUL (0x00) characters")
    return value
