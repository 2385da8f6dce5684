"""What a document would be read back as, and where that is not what was given."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import msgspec
from msgspec import UNSET

Compared: TypeAlias = tuple[object, object, str]
"""What was given, what is read, and the path to it."""


def difference(given: object, read: object, *, exactly: bool = False) -> tuple[str, str] | None:
    """The path to what would be read as something else, and what is wrong there; None where nothing is lost.

    Texts that stand for a value, a tuple for a list, a member for its value are no loss, unless it is to be `exactly`
    what was given.
    """
    stack: list[Compared] = [(given, read, "$")]
    while stack:
        one, other, at = stack.pop()
        if one is other or (type(one) in _PLAIN and type(one) is type(other) and one == other):
            continue
        inside = _inside(one, other, at) if not exactly or _is_kept(one, other) else _ANOTHER
        if isinstance(inside, str):
            return at, inside
        stack += inside
    return None


_PLAIN: Final = frozenset((str, int, float, bool, dt.date, dt.datetime, UUID))
"""What most leaves are, and what is asked about first."""

_ANOTHER: Final = "another value would be read"


def _inside(given: Any, read: Any, at: str) -> list[Compared] | str:
    """The places within two values, or what is wrong with them."""
    if given is UNSET or read is UNSET:
        return _ANOTHER
    if isinstance(given, msgspec.Struct) and isinstance(read, msgspec.Struct):
        return _fields(given, given.__struct_fields__, given.__struct_encode_fields__, read, at)
    if dataclasses.is_dataclass(given) and isinstance(given, type(read)):
        names = tuple(field.name for field in dataclasses.fields(given))
        return _fields(given, names, names, read, at)
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        return _items(cast("Any", given), cast("Any", read), at)
    if isinstance(given, Set) and isinstance(read, Sequence | Set) and not isinstance(read, str):
        return [] if _as_set(cast("Any", given)) == _as_set(cast("Any", read)) else _ANOTHER
    if isinstance(given, _LISTS) and isinstance(read, Sequence | Set) and not isinstance(read, str):
        elements: list[Any] = list(cast("Any", given))
        others: list[Any] = list(cast("Any", read))
        if isinstance(read, Set):
            return [] if _as_set(elements) == _as_set(others) else _ANOTHER
        if len(elements) != len(others):
            return "another number of elements would be read"
        return [(one, other, f"{at}[{place}]") for place, (one, other) in enumerate(zip(elements, others, strict=True))]
    return [] if _is_same(given, read) else _ANOTHER


def _is_kept(given: object, read: object) -> bool:
    """Whether a value is one of the same kind, with the same keys, and the same where nothing is in it."""
    for kind in _HOLDERS:
        if isinstance(given, kind):
            return isinstance(read, kind) and (kind is not Mapping or _keys(given) == _keys(read))
    if dataclasses.is_dataclass(given):
        return isinstance(given, type(read))
    return given == read or (isinstance(given, Decimal) and isinstance(read, Decimal) and str(given) == str(read))


def _keys(mapping: Any) -> set[object]:
    return set(mapping)


_HOLDERS: Final[tuple[type[Any], ...]] = (msgspec.Struct, Mapping, Set, list, tuple)
_LISTS: Final = (list, tuple)
_OCTETS: Final = (bytes, bytearray, memoryview)


def _fields(given: Any, names: Sequence[str], told: Sequence[str], read: Any, at: str) -> list[Compared] | str:
    found: list[Compared] = []
    for name, encoded in zip(names, told, strict=True):
        value, other = getattr(given, name, UNSET), getattr(read, name, UNSET)
        if other is UNSET and value is not UNSET:
            return f"{type(read).__name__} has no field {encoded!r}".replace("'", "`")
        found.append((value, other, f"{at}.{encoded}"))
    return found


def _items(given: Mapping[Any, Any], read: Mapping[Any, Any], at: str) -> list[Compared] | str:
    if len(given) != len(read):
        return "another number of keys would be read"
    found: list[Compared] = []
    for key, value in given.items():
        name = key if key in read else _key(key)
        if name not in read:
            return "another key would be read"
        found.append((value, read[name], f"{at}[...]"))
    return found


def _key(key: object) -> object:
    return next(iter(msgspec.json.decode(msgspec.json.encode({key: 0}), type=dict[str, int])))


def _as_set(values: Any) -> set[bytes]:
    return {msgspec.json.encode(value, order="deterministic") for value in values}


def _is_same(given: Any, read: Any) -> bool:
    if isinstance(given, dt.datetime | dt.time) and isinstance(read, type(given)):
        return bool(given == read)
    if isinstance(given, str | msgspec.Raw):  # which was read as what it stands for
        return True
    if isinstance(given, int | float | Decimal) and isinstance(read, int | float | Decimal):
        return str(given) == str(read) or Decimal(str(given)) == Decimal(str(read))
    if isinstance(given, _OCTETS) and isinstance(read, _OCTETS):
        return bytes(cast("Any", given)) == bytes(cast("Any", read))
    return bool(given == read) or msgspec.json.encode(given) == msgspec.json.encode(read)


def refusal(error: Exception) -> tuple[str, str | None]:
    """What msgspec says that cannot be read, without the value, and the path to it."""
    # It ends with " - at `$.labels[1]`", and quotes the value where an enum has no such member.
    if isinstance(error, msgspec.ValidationError):
        text, _, path = str(error).rpartition(" - at `")
        return masked(text or str(error)), path.replace("`", "") if text else "$"
    if isinstance(error, msgspec.DecodeError):
        return "not the JSON that was expected", None
    return masked(str(error)) if isinstance(error, ValueError) else type(error).__name__, None


def masked(text: str) -> str:
    """What msgspec or a function of the user's says, without what it quotes."""
    return re.sub(r"""'.*'|".*"|(?<=value ).*$""", "…", text, flags=re.DOTALL)
