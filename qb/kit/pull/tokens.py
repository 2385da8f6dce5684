"""SQL that the server wrote, in pieces: which of its names are columns, which are tables.

The server writes keywords of expressions in capitals and quotes what would be one, so that a plain name in small
letters is a column, a function, a type or a schema; where it stands says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from qb.kit.pull.between import with_between
from qb.kit.pull.pieces import Token, tokens
from qb.types.identifier import unquoted


def braced(text: str) -> str:
    """A text as a template of `sql(...)`."""
    return text.replace("{", "{{").replace("}", "}}")


_TYPE_WORDS: Final = frozenset(
    "with without time zone varying precision year month day hour minute second to".split()  # noqa: SIM905 - as read
)


def with_columns(sql: str, attributes: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """An expression as a template, in which columns are `{attribute}`, and which those are.

    >>> with_columns("((price > (0)::numeric) AND (\\"a b\\" <> 'price'::text))", {"price": "price", "a b": "a_b"})
    ("(({price} > (0)::numeric) AND ({a_b} <> 'price'::text))", ('price', 'a_b'))
    """
    pieces = list(tokens(sql))
    used: dict[str, None] = {}
    made: list[str] = []
    in_type = False
    for place, each in enumerate(pieces):
        if each.kind == "sign" and each.text == "::":
            in_type = True
        elif in_type and each.kind in ("sign", "number", "text") and each.text not in (".", "[", "]"):
            in_type = False
        word = unquoted(each.text) if each.kind == "name" else ""
        if word in attributes and _stands_alone(pieces, place) and not _of_type(pieces, place, in_type):
            used[attributes[word]] = None
            made.append(f"{{{attributes[word]}}}")
        else:
            made.append(braced(each.text))
    return "".join(made), tuple(used)


def _of_type(pieces: list[Token], place: int, in_type: bool) -> bool:
    """Whether a name is part of a type behind `::`."""
    if not in_type:
        return False
    before = _near(pieces, place, -1)
    return before in ("::", ".") or pieces[place].text in _TYPE_WORDS


def _stands_alone(pieces: list[Token], place: int) -> bool:
    """Whether a name is no function's, no type's, no schema's, no field's and no collation's."""
    before, after = _near(pieces, place, -1), _near(pieces, place, 1)
    quoted = pieces[place].text.startswith('"')
    if before in (".", "::", "COLLATE", "AS") or after in (".", "=>"):
        return False
    if after == "(" and not quoted and pieces[place + 1].text == "(":
        return False
    return quoted or pieces[place].text == pieces[place].text.lower()


def _near(pieces: list[Token], place: int, step: int) -> str:
    place += step
    while 0 <= place < len(pieces):
        if pieces[place].kind != "space":
            return pieces[place].text
        place += step
    return ""


def with_relations(sql: str, known: Callable[[str, str], str | None]) -> tuple[str, tuple[str, ...]]:
    """A query as a template, in which `schema.table` is `{Class}` where the class is known, and which those are.

    >>> with_relations("SELECT u.id FROM public.users u", lambda schema, name: "User" if name == "users" else None)
    ('SELECT u.id FROM {User} u', ('User',))
    """
    pieces = list(tokens(sql))
    used: dict[str, None] = {}
    made: list[str] = []
    place = 0
    while place < len(pieces):
        each = pieces[place]
        name = _relation(pieces, place, known)
        if name is not None:
            used[name] = None
            made.append(f"{{{name}}}")
            place += 3
            continue
        made.append(braced(each.text))
        place += 1
    return "".join(made), tuple(used)


def _relation(pieces: list[Token], place: int, known: Callable[[str, str], str | None]) -> str | None:
    if len(pieces) < place + 3 or pieces[place].kind != "name" or pieces[place + 1].text != ".":
        return None
    if pieces[place + 2].kind != "name" or (place and pieces[place - 1].text in (".", "::")):
        return None
    if place + 3 < len(pieces) and pieces[place + 3].text in ("(", "."):
        return None
    return known(unquoted(pieces[place].text), unquoted(pieces[place + 2].text))


_ONE_OF: Final = re.compile(
    r"(?P<value>\([\w$.\"]+\))::text (?P<how>= ANY|<> ALL) "
    r"\(\(ARRAY\[(?P<items>'(?:[^']|'')*'::character varying(?:, '(?:[^']|'')*'::character varying)*)\]\)::text\[\]\)"
)


def steady(sql: str) -> str:
    """An expression so that the server writes it again as it is: of `IN` over varchar it makes another text each time,
    and two conditions of BETWEEN become part of the list that they begin.

    >>> steady("((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))")
    "((kind) IN ('a'::character varying, 'b'::character varying))"
    >>> steady("(((n >= 1) AND (n <= 5)) AND (m > 0))")
    '((n BETWEEN 1 AND 5) AND (m > 0))'
    """

    def said(found: re.Match[str]) -> str:
        return f"{found['value']} {'IN' if found['how'] == '= ANY' else 'NOT IN'} ({found['items']})"

    return with_between(_ONE_OF.sub(said, sql))


def items_in(sql: str, at: str = ",") -> list[str]:
    """The parts of a list, at signs that stand in no brackets and in no text.

    >>> items_in("lower(name), (a, b), 'x,y'::text")
    ['lower(name)', '(a, b)', "'x,y'::text"]
    """
    found, depth = [""], 0
    for each in tokens(sql):
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        if each.text == at and depth == 0:
            found.append("")
        else:
            found[-1] += each.text
    return [each.strip() for each in found]


def bracketed(sql: str) -> tuple[str, str]:
    """What stands in the bracket that a text begins with, and what comes after it.

    >>> bracketed("(a, lower(b)) WHERE (c > 0)")
    ('a, lower(b)', 'WHERE (c > 0)')
    """
    depth, inside = 0, ""
    pieces = list(tokens(sql.lstrip()))
    for place, each in enumerate(pieces):
        depth += (each.text == "(") - (each.text == ")")
        if depth == 0:
            rest = "".join(piece.text for piece in pieces[place + 1 :])
            return inside.strip(), rest.strip()
        if place:
            inside += each.text
    raise ValueError(f"no bracket is closed in {sql!r}")
