"""JSON texts that become jsonb: sent as they are, and refused where jsonb would keep less.

https://www.postgresql.org/docs/current/datatype-json.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from qb.kit.importing.number_said import number_said
from qb.kit.importing.rejected import Rejected

_DIGITS: Final = 131_000
"""Of a number of jsonb in front of its point, about."""
_PLACES: Final = 16_383


def kept_document(text: str) -> Any:
    """The document with all of its digits. Raises `Rejected` where it is none, or none that jsonb keeps whole."""
    try:
        found = json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_no_number, object_pairs_hook=_once
        )
        json.dumps(found, default=str, ensure_ascii=False).encode()
    except (ValueError, InvalidOperation):  # a half of a character outside of UTF-16's first plane is one, too
        raise Rejected("it is no JSON") from None
    except RecursionError:
        raise Rejected("it is nested too deeply") from None
    if "\\u0000" in text and _holds_nul(found):
        raise Rejected("it holds a NUL, which no document has in PostgreSQL")
    return found


def document_said(text: str) -> str:
    """A document in a form that equal ones have alike: numbers by their digits, objects in the order of their keys."""
    # No text of a document holds a NUL, so no text is a number.
    return json.dumps(kept_document(text), default=lambda number: f"\0{number_said(number)}", sort_keys=True)


def _number(text: str) -> Decimal:
    found = Decimal(text)
    exponent = found.as_tuple().exponent
    if found.adjusted() > _DIGITS or not isinstance(exponent, int) or exponent < -_PLACES:
        raise Rejected("it has a number with more digits than jsonb keeps")
    return found


def _no_number(word: str) -> Any:
    raise Rejected("it is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Rejected("it has a key twice, of which jsonb keeps one")
    return found


def _holds_nul(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and "\0" in each:
            return True
        if isinstance(each, dict):
            members = cast("Mapping[str, Any]", each)
            waiting += [*members, *members.values()]
        elif isinstance(each, list):
            waiting += cast("Sequence[Any]", each)
    return False
