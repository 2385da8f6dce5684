"""What no document of a column may hold, whatever its annotation lets through: keys, at any depth."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, cast

import msgspec

from qb.errors import DefinitionError
from qb.frozen import Frozen, fix

_PART = re.compile(r"\*?[A-Za-z0-9]+(?:[_-]*[A-Za-z0-9]+)*\*?")
_BETWEEN = "[_-]*"


class Guard(Frozen):
    """Keys that a document must not hold, at any depth, within lists too; `guard` makes it.

    They are compared as words: `unit_price` is `unitPrice`, `UnitPrice` and `unit-price` as well, and `*price*` every
    key that has it in it.
    """

    __slots__ = ("_found", "_key", "keys", "name")
    name: str
    keys: tuple[str, ...]
    _key: re.Pattern[str]
    _found: re.Pattern[bytes]

    def __init__(self, name: str, keys: tuple[str, ...]) -> None:
        fix(self, "name", name)
        fix(self, "keys", keys)
        # $ is also before a last newline to Python, and not to PostgreSQL.
        # ASCII, as PostgreSQL's "i" and Python's do not agree on other letters.
        fix(self, "_key", re.compile(rf"{self.pattern[:-1]}\Z", re.IGNORECASE | re.ASCII | re.DOTALL))
        within = "|".join(map(_within_text, keys))
        fix(
            self,
            "_found",
            re.compile(f'"{_BETWEEN}(?:{within}){_BETWEEN}"[ \\t\\r\\n]*:'.encode(), re.IGNORECASE | re.DOTALL),
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Guard, (self.name, self.keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guard) and (self.name, self.keys) == (other.name, other.keys)

    def __hash__(self) -> int:
        return hash((self.name, self.keys))

    def __repr__(self) -> str:
        return f"<guard {self.name!r} of {', '.join(self.keys)}>"

    @property
    def pattern(self) -> str:
        """What a key is matched with, in the words that Python's and PostgreSQL's regular expressions share."""
        return f"^{_BETWEEN}({'|'.join(map(_pattern, self.keys))}){_BETWEEN}$"

    @property
    def jsonpath(self) -> str:
        """The keys of a jsonb document that it refuses, as a jsonpath."""
        return f'$.** ? (@.type() == "object").keyvalue().key ? (@ like_regex "{self.pattern}" flag "is")'

    def find(self, document: object) -> str | None:
        """The path to the first key that is refused, `$.lines[0].unitPrice`; None where there is none.

        `document` is JSON as bytes or str, as a request's body is, or anything that a document can be written of:
        dicts, lists, tuples, sets, Structs, Raw. Errors: msgspec.DecodeError for a text that is no JSON, or
        that is nested too deeply to be looked at, hundreds of times; TypeError for what no document can be written of.
        """
        given: Any = document
        if isinstance(given, bytearray | memoryview):
            given = bytes(cast("Any", given))
        text: bytes | str = given if isinstance(given, bytes | str) else _written(given)
        return self._path(_with_all_keys(_valid(text)), None)

    def why(self, document: bytes, known: frozenset[str]) -> str | None:
        """Why a column does not take a document, in words that hold nothing of it but `known` names and the key."""
        # A backslash may write any letter in a key that somebody else has written.
        if self._found.search(document) is None and b"\\u" not in document:
            return None
        try:
            path = self._path(_with_all_keys(document), known)
        except msgspec.DecodeError as error:
            return f"the guard {self.name} cannot look at it: {error}"
        return None if path is None else f"the guard {self.name} refuses a key that it holds, at {path}"

    def _path(self, value: object, known: frozenset[str] | None) -> str | None:
        stack: list[tuple[object, str]] = [(value, "$")]
        while stack:
            item, at = stack.pop()
            if isinstance(item, _Pairs):
                for key, _ in item.pairs:
                    if self._key.match(key):
                        return at + _step(key, known)
                stack += [(each, at + _step(key, known)) for key, each in item.pairs][::-1]
            elif isinstance(item, list):
                listed = cast("list[object]", item)
                stack += [(each, f"{at}[{place}]") for place, each in enumerate(listed)][::-1]
        return None


class _Pairs(NamedTuple):
    """An object with all of its keys, also those that stand there twice: `json` keeps them as they came."""

    pairs: tuple[tuple[str, object], ...]


_TOO_DEEP = "it is nested too deeply to be looked at"


def _written(document: object) -> bytes:
    """What it is as JSON: nothing that is written along hides what is in it, whatever kind of container it is."""
    try:
        return msgspec.json.encode(document)
    except RecursionError:
        raise msgspec.DecodeError(_TOO_DEEP) from None
    except (ValueError, OverflowError) as error:  # half of a character, a number of thousands of digits
        raise msgspec.DecodeError(f"no JSON can be written of it ({type(error).__name__})") from None


def _valid(document: bytes | str) -> str:
    try:
        msgspec.json.decode(document)  # which tells what is no JSON
        return document if isinstance(document, str) else str(document, "utf-8")
    except RecursionError:
        raise msgspec.DecodeError(_TOO_DEEP) from None
    except UnicodeError:
        raise msgspec.DecodeError("JSON is malformed: it is no UTF-8") from None


def _with_all_keys(document: bytes | str) -> object:
    try:
        # Numbers stay as they are written: none is too long.
        return json.loads(
            document, object_pairs_hook=lambda pairs: _Pairs(tuple(pairs)), parse_int=str, parse_float=str
        )
    except RecursionError:
        raise msgspec.DecodeError(_TOO_DEEP) from None


def _step(key: str, known: frozenset[str] | None) -> str:
    return f".{key}" if known is None or key in known else "[...]"


def guard(name: str, /, *keys: str) -> Guard:
    """Keys that no document of a column may hold, at any depth: `column(pg.jsonb, guard=no_money)`.

    `guard("money", "price", "total", "*amount*")` names keys as words: case, `_` and `-` make no difference, and `*` at
    an end stands for anything. A write that holds one is an EncodeError with the path to it, a CHECK keeps out what
    others write, `guards(...)` asks the rows that are there, and `find` a request's body. Errors: DefinitionError.

    >>> money = guard("money", "price", "*amount*")
    >>> money.find(b'{"lines": [{"unit": 1}, {"netAmount": 5}]}'), money.find({"priced": True})
    ('$.lines[1].netAmount', None)
    """
    if not keys or not all(isinstance(key, str) for key in cast("tuple[Any, ...]", keys)):  # not everybody checks
        raise DefinitionError(f'guard({name!r}) takes the names of keys: guard({name!r}, "price", "*amount*")')
    for key in keys:
        if _PART.fullmatch(key) is None:
            raise DefinitionError(
                f"guard({name!r}): {key!r} is no key that it can look for: ASCII letters and digits, with _ or - "
                "between, and * at an end for anything"
            )
    return Guard(name, tuple(dict.fromkeys(keys)))


_WORD = re.compile(r"[0-9]+|[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _pattern(key: str) -> str:
    """Words in a row, however they are joined."""
    return ".*".join(_BETWEEN.join(_WORD.findall(part)).lower() for part in key.split("*"))


def _within_text(key: str) -> str:
    """The same within a document, where a key ends at its quote."""
    return _pattern(key).replace(".*", r'(?:[^"\\]|\\.)*')
