"""hstore: texts by their keys, of the extension of that name.

https://www.postgresql.org/docs/current/hstore.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast, get_args, get_origin

from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, Told, mismatch
from qb.types.extended import Extended

_PAIR: Final = re.compile(r'"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|NULL)(?:, |$)', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def _quoted(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise Told(f"{what} of an hstore is str, not {type(text).__name__}")
    if "\0" in text:
        raise Told("PostgreSQL text cannot hold NUL (0x00) characters")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(value: Any) -> str:
    if not isinstance(value, Mapping):
        raise Told(f"hstore takes dict, not {type(value).__name__}")
    pairs = cast("Mapping[object, object]", value).items()
    return ", ".join(
        f"{_quoted(key, 'a key')}=>{'NULL' if each is None else _quoted(each, 'a value')}" for key, each in pairs
    )


def _read(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for pair in _PAIR.finditer(text):
        key, value = pair.groups()
        found[_ESCAPED.sub(r"\1", key)] = None if value is None else _ESCAPED.sub(r"\1", value)
    return found


def _read_sure(text: str) -> dict[str, str | None]:
    found = _read(text)
    if None in found.values():
        raise ValueError(
            "a key without a value, where the annotation says that each has one: say dict[str, str | None]"
        )
    return found


class Hstore(Extended[Any]):
    """Keys with a text each, or with none. PostgreSQL has casts to JSON for it, so nested rows hold objects."""

    __slots__ = ()
    signs: ClassVar[dict[str, str]] = {"contains": "@>", "contained_by": "<@"}

    def __init__(self) -> None:
        super().__init__(
            "hstore",
            "hstore",
            _write,
            _read,
            takes=(dict,),
            python=dict[str, str | None],
            says="dict[str, str | None]",
            json=JsonForm(dict[str, str | None]),
        )

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        held = get_args(plain)
        if plain is object or (
            get_origin(plain) in (dict, Mapping) and held[0] is str and held[1] in (str, str | None)
        ):
            return None
        return mismatch(self, python, self.says)

    def decoder(self, python: object) -> Convert | None:
        held = get_args(bare(python))
        return _read_sure if held and held[1] is str else _read

    def __reduce__(self) -> tuple[object, ...]:
        return Hstore, ()


class HstoreTypes:
    """Texts by their keys in `pg`."""

    __slots__ = ()
    hstore: SqlType[Mapping[str, str | None] | None] = Hstore()
