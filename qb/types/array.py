"""Arrays, and PostgreSQL's text form of them.

https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import NoneType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare, split_optional
from qb.types.base import Convert, JsonForm, Signs, SqlType, mismatch
from qb.types.custom import Custom
from qb.types.facts import OPAQUE
from qb.types.textual import Textual

T_contra = TypeVar("T_contra", contravariant=True)

_CASTS: Final = re.compile(r'("(?:[^"]|"")*")|::')
"""The signs of a cast in a type's SQL; within quotes they are a part of a name."""


class Array(SqlType[T_contra]):
    """An array of any type; PostgreSQL does not tell `int[]` from `int[][]`, and neither do we."""

    __slots__ = ("depth", "nulls", "of")
    of: SqlType[Any]
    nulls: bool
    """Whether a value may hold None: not the list that `in_` takes, where NULL's rules would surprise."""
    depth: int | None
    """How many dimensions a value must have, as a column's annotation says it."""

    def __init__(self, of: SqlType[Any], *, nulls: bool = True, depth: int | None = None, domain: bool = True) -> None:
        if not isinstance(of, SqlType):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
            raise DefinitionError(
                f"pg.array takes a type such as pg.text, not {of!r}; in the body of a class a name is that of a column "
                "above it, where there is one"
            )
        if isinstance(of, Array):
            raise DefinitionError(
                "an array of arrays is a plain array in PostgreSQL: annotate list[list[...]] with one pg.array"
            )
        # What is cast twice is so as an array, too; an array of a domain is none of the type below it.
        base = _CASTS.sub(lambda found: found[1] or "[]::", of.base) if of.declared is None or not domain else of.name
        super().__init__(f"{of.name}[]", f"{base}[]", OPAQUE)
        fix(self, "of", of)
        fix(self, "nulls", nulls)
        fix(self, "depth", depth)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.base, self.of, self.nulls, self.depth)

    def annotated(self, of: SqlType[Any], python: object) -> Array[Any]:
        """The array as a column of an annotation writes it, with elements of the type `of`: what could not be read
        back, because of its dimensions or a None in it, is refused."""
        if get_origin(bare(python)) is None:  # a plain list, or object, says nothing of what is in it
            return self if of is self.of else Array(of, nulls=self.nulls)
        depth, _, optional = self._element(python)
        return Array(of, nulls=optional, depth=depth)

    def operators(self, word: str) -> Signs:
        operator = _OPERATORS.get(word)
        return () if operator is None or not self.of.wire.equality else ((operator, Array(self.of)),)

    @property
    def encode(self) -> Convert | None:
        return self.literal

    def literal(self, value: Any) -> str:
        self.flat(value)
        return _written(value, self.of)

    def flat(self, value: Any) -> tuple[list[int], list[Any]]:
        """The sizes of the dimensions, and all elements in one list. Raises for what is no array."""
        if isinstance(value, str | bytes) or not isinstance(value, Sequence | set | frozenset):
            raise TypeError(f"{self.name} takes a list, not {type(value).__name__}")
        level: list[Any] = list(cast("Any", value))
        if not self.nulls and self.depth is None and NoneType in set(map(type, level)):
            raise ValueError(
                "the list holds None, which is equal to nothing in SQL: leave it out and add | x.is_null()"
            )
        sizes = [len(level)]
        while not _is_document(self.of) and any(issubclass(kind, list | tuple) for kind in set(map(type, level))):
            # PostgreSQL's arrays are rectangles.
            size = _size(level[0])
            if any(_size(each) != size for each in level) or size < 0:
                raise ValueError("the inner lists of an array must all have the same length")
            sizes.append(size)
            level = [item for each in level for item in each]
        if len(sizes) > 1 and not level:
            raise ValueError("an empty array has no dimensions in PostgreSQL: of empty lists in a list only [] is left")
        if self.depth is not None:
            if level and len(sizes) != self.depth:
                raise ValueError(f"the list has {len(sizes)} dimensions, and the column's annotation {self.depth}")
            if not self.nulls and any(item is None for item in level):
                raise ValueError("the list holds None, which the column's annotation does not admit among its elements")
        return sizes, level

    def element(self, python: object) -> object:
        """What the annotation of an array says of its elements, None taken away."""
        return self._element(python)[1]

    def decoder(self, python: object) -> Convert | None:
        depth, element, optional = self._element(python)
        steps: list[Convert] = (
            [] if self.of.wire.oid and not isinstance(self.of, Textual) else [texts_of_array(self.of)]
        )
        if get_origin(bare(python)) is not None:  # a plain list, or object, says nothing of what is in it
            steps.append(_checked(depth, optional))
        if optional and self.of.wire.is_document:
            element = Union[element, None]  # noqa: UP007 - JSON's own null is None, too
        if (convert := _each(self.of.decoder(element), depth, optional)) is not None:
            steps.append(convert)
        return _one_after_the_other(steps)

    def in_json(self, python: object) -> JsonForm:
        depth, element, optional = self._element(python)
        form = self.of.in_json(element)
        annotation: Any = form.annotation
        if optional:
            annotation = annotation | None
        for _ in range(depth):
            annotation = list[annotation]
        return JsonForm(annotation, _each(form.decode, depth, optional))

    def limits(self, python: object) -> object:
        depth, element, optional = self._element(python)
        limited: Any = self.of.limits(element)
        if limited is element:
            return python
        if optional:
            limited = limited | None
        for _ in range(depth):
            limited = list[limited]
        return limited

    def cannot_hold(self, value: Any) -> str | None:
        nested = not _is_document(self.of)
        for element in value:
            holder = self if nested and isinstance(element, list | tuple) else self.of
            if element is not None and (reason := holder.cannot_hold(element)) is not None:
                return reason
        return None

    def refuses(self, python: object) -> str | None:
        if bare(python) is object:
            return None
        if get_origin(bare(python)) not in (list, Sequence):
            return mismatch(self, python, "a list")
        return self.of.refuses(self._element(python)[1])

    def _element(self, python: object) -> tuple[int, object, bool]:
        return _element(python, nested=not _is_document(self.of))


def _element(python: object, *, nested: bool) -> tuple[int, object, bool]:
    """How deep the lists nest, what they hold, and whether it may be None; a document's own lists are not `nested`."""
    depth, optional, plain = 0, False, bare(python)
    while get_origin(plain) in (list, Sequence) and (nested or not depth):
        depth += 1
        python, optional = split_optional(get_args(plain)[0])
        plain = bare(python)
    return (depth, python, optional) if depth else (1, object, True)


def _one_after_the_other(steps: list[Convert]) -> Convert | None:
    match steps:
        case []:
            return None
        case [only]:
            return only
        case _:

            def convert(value: Any) -> Any:
                for step in steps:
                    value = step(value)
                return value

            return convert


def _checked(depth: int, optional: bool) -> Convert:
    """PostgreSQL fixes neither an array's dimensions nor that its elements are not NULL; the annotation says both."""
    if depth > 1:
        inner = _checked(depth - 1, optional)

        def outer(values: Any) -> Any:
            for value in values:
                if type(value) is not list:
                    raise ValueError("an array of fewer dimensions than the annotation says")
                inner(value)
            return values

        return outer

    def innermost(values: Any) -> Any:
        if values and type(values[0]) is list:
            raise ValueError("an array of more dimensions than the annotation says")
        if not optional and None in values:
            raise ValueError("NULL among the elements, where the annotation says there is none")
        return values

    return innermost


def _each(convert: Convert | None, depth: int, optional: bool) -> Convert | None:
    if convert is None:
        return None
    element = convert

    def one(value: Any) -> Any:
        return None if value is None else element(value)

    per_element = one if optional else element
    for _ in range(depth):
        per_element = _mapped(per_element)
    return per_element


def _mapped(convert: Convert) -> Convert:
    return lambda values: [convert(value) for value in values]


def _size(value: Any) -> int:
    return len(cast("list[Any]", value)) if isinstance(value, list | tuple) else -1


# https://www.postgresql.org/docs/current/functions-array.html
_OPERATORS: Final = {"contains": "@>", "contained_by": "<@", "overlaps": "&&"}


def _written(values: Any, of: SqlType[Any]) -> str:
    parts: list[str] = []
    for value in values:
        if value is None:
            parts.append("NULL")
        elif isinstance(value, list | tuple) and not _is_document(of):
            parts.append(_written(value, of))
        else:
            text = of.literal(value)
            parts.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "{" + of.wire.delimiter.join(parts) + "}"


def _is_document(of: SqlType[Any]) -> bool:
    # Of a document, or of a type of one's own, a list may be one value.
    return of.wire.is_document or isinstance(of, Custom)


_TOKENS = {mark: re.compile(rf'([{{}}{mark}])|"((?:[^"\\]|\\.)*)"|([^{{}}{mark}"]+)', re.DOTALL) for mark in ",;:"}


def texts_of_array(of: SqlType[Any]) -> Convert:
    """What reads `{a,"b c",NULL}` as a list of str and None; psycopg has read the arrays of types that it knows."""
    delimiter = of.wire.delimiter
    tokens = _TOKENS[delimiter].findall

    def parsed(text: str | list[Any]) -> list[Any]:
        if isinstance(text, list):
            return text
        if text.startswith("["):  # [2:3]={a,b}: bounds other than 1
            text = text.partition("=")[2]
        stack: list[list[Any]] = [[]]
        for mark, quoted, plain in tokens(text):
            if mark == "{":
                stack.append([])
            elif mark == "}":
                done = stack.pop()
                stack[-1].append(done)
            elif plain:
                stack[-1].append(None if plain == "NULL" else plain)
            elif mark != delimiter:
                stack[-1].append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        result: list[Any] = stack[0][0]
        return result

    return parsed
