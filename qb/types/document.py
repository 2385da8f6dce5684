"""A document as one column writes it: only what is read back as the column's annotation, and is then the same.

A document that could not be read would make its row unreadable. What msgspec writes it does not compare with any
annotation: a bool stands in an int's field as `true`, a number beyond its limits as it is, and neither can be read.
"""

from __future__ import annotations

from typing import Any

import msgspec

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType
from qb.types.guard import Guard
from qb.types.json import Json, check_finite, check_nul, encode_json, names_within
from qb.types.plainly import Test, plainly
from qb.types.read_back import difference, refusal
from qb.types.versions import UndecodedDocument, decodable


class Document(SqlType[Any]):
    """`json` or `jsonb` of an annotation, and of what a guard lets through."""

    __slots__ = ("_write", "guard", "of", "python")
    of: SqlType[Any]
    python: object
    guard: Guard | None
    _write: Convert

    def __init__(self, of: SqlType[Any], python: object, guard: Guard | None = None) -> None:
        super().__init__(of.name, of.base, of.wire, of.declared)
        fix(self, "of", of)
        fix(self, "python", python)
        fix(self, "guard", guard)
        fix(self, "_write", _writer(of, python) if guard is None else _guarded(of, python, guard))

    def __reduce__(self) -> tuple[object, ...]:
        return Document, (self.of, self.python, self.guard)

    def identity(self) -> tuple[object, ...]:
        return (self.of, _Said(self.python), self.guard)

    @property
    def encode(self) -> Convert | None:
        return self._write

    @property
    def once(self) -> Convert:
        """The same for one value, as a default is, which is read back: that takes less than to write a test of all."""
        of, python, guard = self.of, self.python, self.guard
        return _writer(of, python, once=True) if guard is None else _guarded(of, python, guard, once=True)

    def decoder(self, python: object) -> Convert | None:
        return self.of.decoder(python)

    def in_json(self, python: object) -> JsonForm:
        return self.of.in_json(python)

    def literal(self, value: Any) -> str:
        text: bytes = self._write(value)
        return text.decode()

    def refuses(self, python: object) -> str | None:
        return self.of.refuses(python)


def says_more(plain: object) -> bool:
    """Whether an annotation without brands says anything of a document: whatever is written is an object."""
    return plain is not object and plain is not Any and plain is not msgspec.Raw


class _Said:
    """An annotation, some of which have no hash (what `msgspec.Meta` holds)."""

    __slots__ = ("python",)

    def __init__(self, python: object) -> None:
        self.python = python

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Said) and (self.python is other.python or self.python == other.python)

    def __hash__(self) -> int:
        try:
            return hash(self.python)
        except TypeError:
            return 0


def _writer(of: SqlType[Any], python: object, *, once: bool = False) -> Convert:
    if isinstance(of, UndecodedDocument):
        return of.writer(_writer(of.decoded, of.kind, once=once))
    test: Test | None = None
    says_all = False
    reader: Convert | None = None

    def write(value: Any) -> bytes:
        nonlocal test, says_all, reader
        document = encode_json(value)
        if 92 in document:  # a backslash
            check_nul(document)
        plain = False
        if not once:
            try:
                if test is None:  # not before: a Struct may name a class that is defined below it
                    test, says_all = plainly(decodable(python))
                plain = test(value)
            except Exception:
                plain = False
        if not (plain and says_all):
            check_finite(document, value)
        if not plain:
            if reader is None:
                reader = of.strictly(decodable(python)) if isinstance(of, Json) else bytes
            check_read(reader, document, value)
        return document

    return write


def _guarded(of: SqlType[Any], python: object, guard: Guard, *, once: bool = False) -> Convert:
    plain = _writer(of, python, once=once) if says_more(bare(python)) else of.encode
    assert plain is not None, "a document has a writer"
    judged: Convert = plain
    known: frozenset[str] | None = None

    def write(value: Any) -> bytes:
        nonlocal known
        document: bytes = judged(value)
        if known is None:
            known = names_within(of.limits(python))
        if (reason := guard.why(document, known)) is not None:
            raise ValueError(reason)
        return document

    return write


def check_read(read: Convert, document: bytes | str, value: object, *, exactly: bool = False) -> None:
    """ValueError where a document is not read back as the value."""
    try:
        lost = difference(value, read(document), exactly=exactly)
    except RecursionError:
        raise ValueError("it is nested too deeply to be read back") from None
    except Exception as error:
        reason, path = refusal(error)
        raise ValueError(f"it cannot be read back{'' if path is None else f', at {path}'}: {reason}") from None
    if lost is not None:
        raise ValueError(f"it cannot be read back as it is, at {lost[0]}: {lost[1]}")
