"""The row decoder: one Python function per query, generated from the shape of its rows.

It is a list comprehension over tuples from the wire, so a row costs one unpacking, one call of its class, and one call
per column that is not a plain value already. Nothing of the user's enters the generated source but positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import msgspec

from qb.rows.locate import Reader, locate
from qb.sql.statements import EntityShape, MappedShape, NestedShape, Output, RowShape, ScalarShape, TupleShape

Row = Sequence[Any]
Decode = Callable[[Sequence[Row], int], list[Any]]


def decoder(shape: RowShape) -> Decode:
    """The decoder of a query's rows: tuples from the wire and the position of the first one, to typed rows.

    Errors: DecodeError that names table, column, the row's position and the path inside a document.
    """
    plan = _Plan(in_json=False)
    return plan.function(plan.expression(shape))


class _Plan:
    """The parts of a decoder while it is being written."""

    def __init__(self, *, in_json: bool) -> None:
        self.in_json = in_json
        self.readers: list[Reader] = []
        self.annotations: list[Any] = []
        self.names: dict[str, Any] = {}

    def function(self, expression: str) -> Decode:
        """The finished function."""
        slots = "".join(f"v{number}, " for number in range(len(self.readers)))
        source = (
            "def decode(rows, position):\n"
            "    try:\n"
            f"        return [{expression} for ({slots}) in rows]\n"
            "    except Exception as error:\n"
            "        failed(rows, position, error)\n"
        )
        readers = tuple(self.readers)

        def failed(rows: Sequence[Row], position: int, error: Exception) -> NoReturn:
            raise locate(readers, rows, position, error) from None

        namespace: dict[str, Any] = {**self.names, "failed": failed}
        exec(source, namespace)
        made: Decode = namespace["decode"]
        return made

    def expression(self, shape: RowShape) -> str:
        """What builds one item from the variables of a row."""
        match shape:
            case ScalarShape(output=output):
                return self._value(output)
            case EntityShape(target=target, outputs=outputs, present=present):
                flag = None if present is None else self._slot(Reader("", "", None, False), bool)
                # Behind an outer join any column may be NULL; the flag alone decides about the row.
                fields = ", ".join(self._value(output, absent=flag is not None) for output in outputs)
                built = f"{self._named(target)}({fields})"
                return built if flag is None else f"({built} if {flag} else None)"
            case TupleShape(items=items):
                return "(" + "".join(f"{self.expression(item)}, " for item in items) + ")"
            case MappedShape(items=items, function=function):
                return f"{self._named(function)}({', '.join(self.expression(item) for item in items)})"
            case NestedShape(row=row):
                return self._nested(row)
            case _:
                raise TypeError(f"no decoder for {shape!r}")

    def _value(self, output: Output, *, absent: bool = False) -> str:
        if self.in_json:
            annotation, convert = output.type.in_json(output.python)
        else:
            annotation, convert = object, output.type.decoder(output.python)
        optional = output.optional or absent
        slot = self._slot(Reader(output.table, output.name, convert, optional), annotation)
        if convert is None:
            return slot
        called = f"{self._named(convert)}({slot})"
        return f"({called} if {slot} is not None else None)" if optional else called

    def _nested(self, row: RowShape) -> str:
        inner = _Plan(in_json=True)
        build = inner.function(inner.expression(row))
        cells: Any = tuple(inner.annotations)
        rows_type: Any = list[tuple[cells]]
        if self.in_json:
            read: Callable[[Any], Any] = lambda rows: build(rows, 0)  # noqa: E731
        else:
            parse = msgspec.json.Decoder(rows_type).decode
            read = lambda text: build(parse(text), 0)  # noqa: E731
        slot = self._slot(Reader("", "nested rows", read, False), rows_type)
        return f"{self._named(read)}({slot})"

    def _slot(self, reader: Reader, annotation: Any) -> str:
        self.readers.append(reader)
        self.annotations.append(annotation | None if reader.optional and annotation is not object else annotation)
        return f"v{len(self.readers) - 1}"

    def _named(self, value: object) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name
