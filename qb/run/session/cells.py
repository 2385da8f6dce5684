"""Values of many rows in generated code: a cell of COPY, or a parameter, without a call in Python where it is sure.

What a value may be and how it is written is in `forms`; here is what generated code says of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from qb.run.session.forms import FORMS, Dump, after, encoder, packer
from qb.types import SqlType
from qb.types.array import Array
from qb.types.base import Convert
from qb.types.document import Document
from qb.types.facts import Wire
from qb.types.json import JSONB, encode_json, json_bytes
from qb.types.narrowed import Exact, Narrowed
from qb.types.scalar import BYTEA
from qb.types.temporal import Timestamptz
from qb.types.text import TEXT, Text

SHORTCUTS: dict[str, Any] = {
    "UUID": UUID,
    "timedelta": dt.timedelta,
    "e": encode_json,
    "j": json_bytes,
}
"""What the source in `inline` may name."""

_LABEL: Final = "v.__class__ is str and v in k"


class Way(NamedTuple):
    """What generated code makes of a value."""

    judge: Convert | None
    """What `c` is: judges the value, and writes it. None where it goes as it is."""
    inline: str = "c(v)"
    """The source, in which `v` is the value."""
    known: frozenset[str] = frozenset()
    """What `k` is: the only values that there are."""
    write: Dump | None = None
    """What `p` is: writes a value that is sure."""


class CopyCell(NamedTuple):
    """How a value gets into a binary COPY: what Python makes of it first, and which type's dumper in C writes it."""

    way: Way
    dumper: Wire


def row_source(values: Sequence[str], ways: Sequence[Way]) -> tuple[str, dict[str, Any]]:
    """The `values` of a row, each as source, as they are sent; and the names in it, which are identifiers and numbers.

    >>> row_source(["r.name"], [Way(None)])[0]
    'r.name, '
    """
    names: dict[str, Any] = dict(SHORTCUTS)
    source = ""
    for number, (value, way) in enumerate(zip(values, ways, strict=True)):
        if way.judge is None:
            source += f"{value}, "
            continue
        names |= {f"c{number}": way.judge, f"k{number}": way.known, f"p{number}": way.write}
        written = re.sub(r"\b([ckpv])\b", rf"\g<1>{number}", way.inline)
        source += f"None if (v{number} := {value}) is None else {written}, "
    return source, names


def cell(type_: SqlType[Any]) -> CopyCell | None:
    """The way of a type into COPY, or None where there is none in binary: then its rows are inserted with VALUES."""
    if isinstance(type_, Array):
        packed = packer(type_)
        return None if packed is None else CopyCell(Way(packed), BYTEA)
    form = FORMS[type_.wire]
    if type_.wire.is_opaque or not form.packs:
        return None
    own = type_.encode
    if isinstance(type_, Document) and type_.wire is JSONB:
        return CopyCell(Way(own, r'b"\1" + c(v)'), form.copier)
    convert = form.binary if form.copier is BYTEA else form.cell
    if own is not None and own is not convert:
        convert = own if convert is None else after(own, convert)
    if isinstance(type_, Exact) and (sure := _sure(type_.of)):
        return CopyCell(Way(convert, f"v if {sure} else c(v)"), form.copier)
    if form.copier is TEXT and (labels := _labels(type_)):
        return CopyCell(Way(convert, f"v if {_LABEL} else c(v)", labels), TEXT)
    return CopyCell(Way(convert, form.inline if own is form.judge else "c(v)", write=form.sent), form.copier)


def as_parameter(type_: SqlType[Any]) -> Way:
    """The way of a type's values into parameters, where they are many: as `encoder` writes them."""
    _, judge = encoder(type_)
    if isinstance(type_, Array):
        return Way(judge)
    form, known, sure = FORMS[type_.wire], _labels(type_), ""
    if isinstance(type_, Exact):
        sure = _sure(type_.of)
    elif known:
        sure = _LABEL
    elif type_.encode is form.judge:
        if form.plain:
            return Way(judge, form.plain)
        sure = form.sure
    return Way(judge, f"p(v) if {sure} else c(v)" if sure else "c(v)", known, form.sent or form.parameter)


def _labels(type_: SqlType[Any]) -> frozenset[str]:
    """The texts that a column of a few may hold, and that are written as they are."""
    if not isinstance(type_, Narrowed) or (own := type_.encode) is None:
        return frozenset()
    return frozenset(each for each in type_.members if each.__class__ is str and own(each) is each)


def _sure(type_: SqlType[Any]) -> str:
    """A test that only values pass which the judge of a column of the type passes; nothing where he is asked always."""
    if isinstance(type_, Text):
        return f"v.__class__ is str and len(v) <= {type_.length}"
    if isinstance(type_, Timestamptz) and type_.precision is None:
        return "v.tzinfo is not None and 1 < v.year < 9999"
    return ""
