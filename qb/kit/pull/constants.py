"""Constants of the server's as values of Python, where these are certain to be written as the same ones again."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from uuid import UUID

from qb.kit.column_types import catalog_name
from qb.kit.pull.deparsed import Deparsed, Word, WrittenCast, WrittenItems, WrittenNumber, WrittenText
from qb.kit.pull.kinds import INTEGERS, ValueKind
from qb.kit.pull.source import Code, code_of, literal, text

_BITS: Final = {"int2": 15, "int4": 31, "int8": 63}
_WHOLE: Final = re.compile(r"-?(0|[1-9]\d*)")
_EXACT: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_REAL: Final = re.compile(r"-?(0|[1-9]\d{0,13})(\.\d{1,6})?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?(?P<zone>\+00)?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SPAN: Final = re.compile(
    r"(?:(?P<days>\d+) days?)?(?:(?: |^)(?P<hours>[01]\d|2[0-3]):(?P<minutes>\d\d):(?P<seconds>\d\d))?"
)
_PLAIN: Final = 10**9
"""What qb writes without quotes is less."""
_NOT_PLAIN: Final = frozenset('{}",\\ \t\n')


def constant_of(node: Deparsed, of: ValueKind) -> Code | None:
    """A constant beside something of a kind, or as its default: its value. None where that is not certain."""
    base = of.base
    if base.endswith("[]"):
        return _array(node, base)
    if base in INTEGERS:
        return _branded(of, _whole(node, base))
    if base == "numeric":
        made = _exact(node)
        return _branded(of, made if made is None or of.brand is None else _decimal(made))
    if base in ("float8", "float4"):
        return _branded(of, _real(node, base))
    if base == "bool":
        words = {Word("true"): "True", Word("false"): "False"}
        return _branded(of, Code(words[node])) if isinstance(node, Word) and node in words else None
    written = _text(node, base)
    if written is None:
        return None
    if of.labels:
        return Code(text(written)) if written in of.labels else None
    match base:
        case "text" | "varchar" | "bpchar":
            return _branded(of, Code(text(written)))
        case "uuid":
            return _branded(of, _uuid(written))
        case "date":
            return _branded(of, _day(written))
        case "timestamp" | "timestamptz":
            return _branded(of, _moment(written, zoned=base == "timestamptz"))
        case "interval":
            return _branded(of, timedelta_code(written))
        case _:
            return None


def default_constant(node: Deparsed, of: ValueKind, limit: tuple[int, int] | None) -> Code | None:
    """A constant as a default, which the server writes as one of its own type, or as it was given.

    `limit` says how long a text is at least and at most, and how many digits a number has before and behind its point.
    """
    base = of.base
    if base in ("jsonb", "json"):
        written = _text(node, base)
        plain = written is not None and written.isascii() and of.python.text == "msgspec.Raw"
        return Code(f"msgspec.Raw({str(written).encode()!r})", frozenset(), frozenset((":msgspec",))) if plain else None
    if base == "numeric" and limit is not None and not _fits(node, limit):
        return None
    if base in ("numeric", "float8") and isinstance(node, WrittenNumber):
        node = WrittenCast(node, "numeric" if base == "numeric" else "double precision")
    if base.endswith("[]") and isinstance(node, WrittenCast) and node == WrittenCast(WrittenText("{}"), node.type):
        return Code("[]") if catalog_array(node.type) == base else None
    if base in ("text", "varchar") and not (isinstance(node, WrittenCast) and catalog_name(node.type) == base):
        return None  # one that is written as of another type
    written = _text(node, base)
    if limit is not None and base != "numeric" and (written is None or not limit[0] <= len(written) <= limit[1]):
        return None
    made = constant_of(node, of)
    return _decimal(made) if made is not None and base == "numeric" and of.brand is None else made


def _fits(node: Deparsed, limit: tuple[int, int]) -> bool:
    """Whether a number has no more digits than that."""
    inner = node.operand if isinstance(node, WrittenCast) else node
    digits = inner.digits if isinstance(inner, WrittenNumber) else inner.value if isinstance(inner, WrittenText) else ""
    before, _, behind = digits.lstrip("-").partition(".")
    return before.isdigit() and len(before) <= limit[0] and len(behind) <= limit[1]


def _decimal(made: Code) -> Code:
    """An exact number as a Decimal, where a whole one would not do."""
    if not made.text.isdigit():
        return made
    return Code(f'Decimal("{made.text}")', frozenset(), frozenset(("decimal:Decimal",)))


def _branded(of: ValueKind, made: Code | None) -> Code | None:
    if made is None or of.brand is None:
        return made
    return code_of((Code(of.brand, frozenset((of.brand,))), "(", made, ")"), "")


def _text(node: Deparsed, base: str) -> str | None:
    """The text of a constant of a type, which may be written as one of varchar that is cast to text."""
    if not isinstance(node, WrittenCast) or "(" in node.type:
        return None
    written = catalog_name(node.type)
    if isinstance(node.operand, WrittenText):
        return node.operand.value if written == base or {written, base} == {"text", "varchar"} else None
    inner = node.operand
    if (
        written == "text"
        and base in ("text", "varchar")
        and isinstance(inner, WrittenCast)
        and isinstance(inner.operand, WrittenText)
    ):
        return inner.operand.value if inner.type == "character varying" else None
    return None


def _whole(node: Deparsed, base: str) -> Code | None:
    """An integer, where the server writes it in that way beside one of the type: `5` and `'-5'::integer`."""
    digits = node.digits if isinstance(node, WrittenNumber) else _quoted(node, "integer", "bigint")
    if digits is None or not _WHOLE.fullmatch(digits):
        return None
    number = int(digits)
    as_integer = isinstance(node, WrittenNumber) or (isinstance(node, WrittenCast) and node.type == "integer")
    if not -(2 ** _BITS[base]) < number < 2 ** _BITS[base]:
        return None
    if abs(number) < _PLAIN:
        return Code(digits) if as_integer else None
    return Code(digits) if base == "int8" and not as_integer else None  # whose type depends on where it stands


def wide_integer(node: Deparsed) -> Code | None:
    """An integer that says that it is of bigint."""
    digits = _quoted(node, "bigint")
    return Code(digits) if digits is not None and _WHOLE.fullmatch(digits) and abs(int(digits)) < 2**63 else None


def _quoted(node: Deparsed, *types: str) -> str | None:
    if not isinstance(node, WrittenCast) or node.type not in types:
        return None
    return node.operand.value if isinstance(node.operand, WrittenText) else None


def _exact(node: Deparsed) -> Code | None:
    if isinstance(node, WrittenNumber):
        digits = node.digits if "." in node.digits else None
    elif isinstance(node, WrittenCast) and node.type == "numeric":
        inner = node.operand
        digits = (
            inner.digits if isinstance(inner, WrittenNumber) else _quoted(node, "numeric") or _quoted(inner, "integer")
        )
    else:
        return None
    if digits == "NaN" or (digits is not None and _EXACT.fullmatch(digits)):
        whole = digits.isdigit() and int(digits) < _PLAIN
        made = digits if whole else f'Decimal("{digits}")'
        return Code(made, frozenset(), frozenset() if whole else frozenset(("decimal:Decimal",)))
    return None


def _real(node: Deparsed, base: str) -> Code | None:
    type_ = "double precision" if base == "float8" else "real"
    if not isinstance(node, WrittenCast) or node.type != type_:
        return None
    if isinstance(node.operand, WrittenText):
        digits = node.operand.value
    elif isinstance(node.operand, WrittenNumber) and base == "float8":
        digits = node.operand.digits
    else:
        return None
    if not _REAL.fullmatch(digits):
        return None
    return Code(repr(float(digits))) if "e" not in repr(float(digits)) else None


def _uuid(written: str) -> Code | None:
    try:
        return Code(f'UUID("{UUID(written)}")', frozenset(), frozenset(("uuid:UUID",)))
    except ValueError:
        return None


def _day(written: str) -> Code | None:
    if not _DAY.fullmatch(written):
        return None
    day = dt.date.fromisoformat(written)
    return Code(f"dt.date({day.year}, {day.month}, {day.day})", frozenset(), frozenset(("datetime:dt",)))


def _moment(written: str, *, zoned: bool) -> Code | None:
    found = _MOMENT.fullmatch(written)
    if found is None or zoned != (found["zone"] is not None):
        return None
    moment = dt.datetime.fromisoformat(written)
    parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond]
    while len(parts) > 3 and parts[-1] == 0:
        parts.pop()
    said = ", ".join(map(str, parts)) + (", tzinfo=dt.UTC" if zoned else "")
    return Code(f"dt.datetime({said})", frozenset(), frozenset(("datetime:dt",)))


def timedelta_code(written: str) -> Code | None:
    """An interval of days and less, which months are not.

    >>> print(timedelta_code("1 day 02:00:00"), timedelta_code("00:05:00"), timedelta_code("1 mon"))
    dt.timedelta(days=1, hours=2) dt.timedelta(minutes=5) None
    """
    found = _SPAN.fullmatch(written)
    if found is None or not written:
        return None
    said = ", ".join(f"{unit}={int(count)}" for unit, count in found.groupdict().items() if count and int(count))
    return Code(f"dt.timedelta({said})", frozenset(), frozenset(("datetime:dt",)))


def _array(node: Deparsed, base: str) -> Code | None:
    """An array of texts or integers in one constant: `'{a,b}'::text[]`."""
    if (
        not isinstance(node, WrittenCast)
        or not isinstance(node.operand, WrittenText)
        or catalog_array(node.type) != base
    ):
        return None
    written = node.operand.value
    if written == "{}":
        return Code("[]")
    inside = written.removeprefix("{").removesuffix("}")
    if len(inside) + 2 != len(written) or not _NOT_PLAIN.isdisjoint(inside.replace(",", "")):
        return None
    items = inside.split(",")
    if base in ("text[]", "varchar[]") and all(each and each.lower() != "null" for each in items):
        return Code(literal(items))
    whole = all(_WHOLE.fullmatch(each) for each in items) and base in ("int2[]", "int4[]", "int8[]")
    return Code(f"[{', '.join(items)}]") if whole else None


def catalog_array(written: str) -> str:
    """A type as the catalog calls it, with `[]` behind it where it is an array."""
    return f"{catalog_name(written)}[]" if written.endswith("[]") else catalog_name(written)


def constants_of(node: Deparsed, of: ValueKind) -> Code | None:
    """The list that `IN` takes, `ARRAY[...]`: two or more constants, as of one the server writes another text."""
    whole = node.operand if isinstance(node, WrittenCast) else node
    if isinstance(node, WrittenCast) and (node.type, of.base) != ("text[]", "varchar"):
        return None
    if not isinstance(whole, WrittenItems) or len(whole.items) < 2:
        return None
    made = [made for each in whole.items if (made := element_of(each, of)) is not None]
    if len(made) < len(whole.items):
        return None
    if of.base == "numeric" and of.brand is None:  # a list of several types is none of one
        made = [_decimal(each) for each in made]
    return code_of(("[", code_of(made), "]"), "")


def element_of(node: Deparsed, of: ValueKind) -> Code | None:
    """A constant that PostgreSQL casts to the type of its neighbours, as in ARRAY and COALESCE."""
    if of.base == "int8":
        cast = isinstance(node, WrittenCast) and node.type == "bigint"
        if not cast:
            return None
        if isinstance(node, WrittenCast) and isinstance(node.operand, WrittenNumber):
            node = node.operand
        if isinstance(node, WrittenCast) and isinstance(node.operand, WrittenCast):
            node = node.operand
    return constant_of(node, of)
