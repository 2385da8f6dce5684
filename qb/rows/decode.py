"""The row decoder: one Python function per query, generated from the shape of its rows.

It is a list comprehension over tuples from the wire, so a row costs one unpacking, one call of its class, and one call
per column that is not a plain value already. Nothing of the user's enters the generated source but positions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Union, assert_never

import msgspec

from qb.generated import generated
from qb.rows.locate import Reader, locate, misshapen
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, NestedShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.slots import leaves
from qb.types.annotation import bare
from qb.types.json import raw_or_none

Cells = Sequence[Any]
Decode = Callable[[Sequence[Cells], int], list[Any]]


def decoder(shape: RowShape, order: Sequence[int] | None = None) -> Decode:
    """The decoder of a query's rows: tuples from the wire and the position of the first one, to typed rows.

    `order` says for each column of the result which of the shape's it is; they come in the shape's order without it.
    Errors: DecodeError that names table, column, the row's position and the path inside a document.
    """
    lists = _lists(shape)
    inner: dict[int, _RowPlan] = {}
    for each in reversed(lists):  # what is inside comes first
        inner[id(each)] = _RowPlan(each.row, inner, in_json=True)
    return _RowPlan(shape, inner, in_json=False).function(order)


def _lists(shape: RowShape) -> list[NestedShape]:
    """The lists of rows within a row, and those within their rows."""
    found = [each for each in leaves(shape) if isinstance(each, NestedShape)]
    for each in found:  # which grows
        found += (inner for inner in leaves(each.row) if isinstance(inner, NestedShape))
    return found


class _RowPlan:
    """The parts of a decoder while it is being written, those of the lists in its rows, `inner`, being so already."""

    def __init__(self, shape: RowShape, inner: Mapping[int, _RowPlan], *, in_json: bool) -> None:
        self.in_json = in_json
        self.inner = inner
        self.readers: list[Reader] = []
        self.annotations: list[Any] = []
        self.names: dict[str, Any] = {}
        self.needed: list[str] = []
        """The variables that are NULL only where the database is not as it was described."""
        self.built = self._guarded(self._row(shape), self.needed)

    def function(self, order: Sequence[int] | None = None) -> Decode:
        """The finished function."""
        places = range(len(self.readers)) if order is None else order
        slots = "".join(f"v{number}, " for number in places)
        source = (
            "def decode(rows, position):\n"
            "    try:\n"
            f"        return [{self.built} for ({slots}) in rows]\n"
            "    except Exception as error:\n"
            "        failed(rows, position, error)\n"
        )
        readers = tuple(self.readers[place] for place in places)

        def failed(rows: Sequence[Cells], position: int, error: Exception) -> NoReturn:
            raise locate(readers, rows, position, error) from None

        made: Decode = generated("decode", source, {**self.names, "failed": failed}, often=True)
        return made

    def _row(self, shape: RowShape) -> str:
        """What builds a row from its variables."""
        match shape:
            case ScalarShape() | EntityShape() | NestedShape():
                return self._item(shape)
            case TupleShape(items=items):
                return "(" + "".join(f"{self._item(item)}, " for item in items) + ")"
            case MappedShape(items=items, function=function):
                return f"{self._named(function)}({', '.join(map(self._item, items))})"
            case _:
                assert_never(shape)

    def _item(self, shape: ItemShape) -> str:
        match shape:
            case ScalarShape(output=output):
                return self._value(output)
            case EntityShape(target=target, outputs=outputs, present=present):
                if present is None:
                    return f"{self._named(target)}({', '.join(map(self._value, outputs))})"
                # Behind an outer join any column may be NULL; the flag alone decides about the row.
                flag = self._slot(Reader("", "", None, False), bool)
                outside, self.needed = self.needed, []
                fields = ", ".join(self._value(output, flag=int(flag[1:])) for output in outputs)
                built = self._guarded(f"{self._named(target)}({fields})", self.needed)
                self.needed = outside
                return f"({built} if {flag} else None)"
            case NestedShape():
                return self._nested(self.inner[id(shape)])
            case _:
                assert_never(shape)

    def _value(self, output: Output, *, flag: int | None = None) -> str:
        document = output.type.wire.is_document
        if self.in_json:
            annotation, convert = output.type.in_json(output.python)
            if bare(annotation) is msgspec.Raw and convert is None:
                annotation, convert = msgspec.Raw, raw_or_none if output.optional else None
            elif convert is not None and annotation is msgspec.Raw and output.optional:
                convert = _unless_null(convert)
        else:
            # JSON has a null of its own, which is None where None may be: as it is in nested rows, where both are one.
            python = Union[output.python, None] if document and output.optional else output.python  # noqa: UP007
            annotation, convert = object, output.type.decoder(python)
        reader = Reader(output.table, output.name, convert, output.optional, flag, document)
        slot = self._slot(reader, annotation)
        if not output.optional:
            self.needed.append(slot)
        if convert is None:
            return slot
        called = f"{self._named(convert)}({slot})"
        return f"({called} if {slot} is not None else None)" if output.optional else called

    def _nested(self, inner: _RowPlan) -> str:
        build = inner.function()
        cells: Any = tuple(inner.annotations)
        rows_type: Any = list[tuple[cells]]
        readers = tuple(inner.readers)
        if self.in_json:

            def read(value: Any) -> Any:
                return build(value, 0)
        else:
            parse = msgspec.json.Decoder(rows_type).decode

            def read(value: Any) -> Any:
                try:
                    rows = parse(value)
                except msgspec.DecodeError as error:
                    raise misshapen(readers, error) from None
                return build(rows, 0)

        slot = self._slot(Reader("", "nested rows", read, False, inner=readers), rows_type)
        self.needed.append(slot)
        return f"{self._named(read)}({slot})"

    def _guarded(self, built: str, needed: list[str]) -> str:
        # Two instructions a column: whoever promised NOT NULL, no row ever has a None that its type does not admit.
        if not needed:
            return built
        return f"({built} if {' and '.join(f'{slot} is not None' for slot in needed)} else {self._named(_null)}())"

    def _slot(self, reader: Reader, annotation: Any) -> str:
        self.readers.append(reader)
        # object and Raw take null as it is, and msgspec sees no Raw in a union.
        optional = (reader.optional or reader.flag is not None) and annotation not in (object, msgspec.Raw)
        self.annotations.append(Union[annotation, None] if optional else annotation)  # noqa: UP007
        return f"v{len(self.readers) - 1}"

    def _named(self, value: object) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name


def _unless_null(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A converter of undecoded documents, where JSON's null is None."""
    return lambda document: None if raw_or_none(document) is None else convert(document)


def _null() -> NoReturn:
    raise ValueError("NULL, where the description says there is none")
