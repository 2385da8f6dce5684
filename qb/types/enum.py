"""Enumerated types: CREATE TYPE ... AS ENUM, from a Python Enum or a Literal.

https://www.postgresql.org/docs/current/datatype-enum.html
"""

from __future__ import annotations

from enum import Enum as PythonEnum
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, mismatch
from qb.types.facts import ENUM
from qb.types.identifier import LIMIT, comment_text, identifier, qualified_type, writable
from qb.types.members import labels_of, members_of

T_contra = TypeVar("T_contra", contravariant=True)


class Enum(SqlType[T_contra]):
    """A PostgreSQL enum. Its labels are the values of a Python Enum, or the strings of a Literal."""

    __slots__ = ("comment", "external", "labels", "python", "renamed_from", "schema", "type_name")
    type_name: str
    schema: str | None
    python: object
    labels: tuple[str, ...]
    external: bool
    """Whether somebody else owns it."""
    comment: str | None
    """What is said of it."""
    renamed_from: str | None
    """What it was called before."""

    def __init__(
        self,
        type_name: str,
        python: object,
        schema: str | None = None,
        *,
        external: bool = False,
        comment: str | None = None,
        renamed_from: str | None = None,
    ) -> None:
        if schema is not None:
            identifier(schema, f"the schema of the enum {type_name}")
        full = qualified_type(schema, identifier(type_name, "an enum"))
        super().__init__(full, full, ENUM)
        fix(self, "type_name", type_name)
        fix(self, "schema", schema)
        fix(self, "python", python)
        fix(self, "labels", _labels(type_name, python))
        fix(self, "external", bool(external))
        fix(self, "comment", comment_text(comment, f"the enum {type_name}"))
        before = (
            None if renamed_from is None else identifier(renamed_from, f"what the enum {type_name} is renamed from")
        )
        fix(self, "renamed_from", before or None)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.labels)

    @property
    def encode(self) -> Convert | None:
        return self._label

    def _label(self, value: Any) -> str:
        label = value.value if isinstance(value, PythonEnum) else value
        if label not in self.labels:
            raise ValueError(f"not a label of {self.name}: it has {', '.join(self.labels)}")
        return str(label)

    def decoder(self, python: object) -> Convert | None:
        plain = bare(python)
        if isinstance(plain, type) and issubclass(plain, PythonEnum):
            return members_of(plain)
        if plain in (str, object):
            return None
        if get_origin(plain) is Literal:
            return labels_of(plain)
        return lambda value: msgspec.convert(value, plain)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str if bare(python) is object else python)

    def literal(self, value: Any) -> str:
        return self._label(value)

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        if plain is object or plain is self.python or plain == bare(self.python):
            return None
        return mismatch(self, python, str(getattr(self.python, "__name__", self.python)))


def _labels(name: str, python: object) -> tuple[str, ...]:
    plain = bare(python)
    if isinstance(plain, type) and issubclass(plain, PythonEnum):
        labels: tuple[object, ...] = tuple(member.value for member in plain)
    elif get_origin(plain) is Literal:
        labels = get_args(plain)
    else:
        raise DefinitionError(f"enum {name}: pass a Python Enum or a Literal of strings, not {plain!r}")
    for label in labels:
        if not isinstance(label, str) or not writable(label) or len(label.encode()) > LIMIT or "\0" in label:
            raise DefinitionError(f"enum {name}: a label is a string of at most 63 bytes without NUL, not {label!r}")
    return tuple(str(label) for label in labels)
