"""What can be told of SQL that the server has written: quotes are what they are, and every parenthesis ends."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_QUOTED: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'")
_NAME: Final = re.compile(r'"(?:[^"]|"")+"|[a-z_\x80-\U0010ffff][\w$]*')


class IndexParts(NamedTuple):
    """What an index is made of, as the server writes it."""

    method: str
    keys: tuple[str, ...]
    """Each with its collation, its operator class and its order."""
    columns: tuple[str | None, ...]
    """The columns that the keys are; None of an expression."""
    include: tuple[str, ...]
    where: str | None
    nulls_not_distinct: bool


def unquoted_signs(text: str) -> str:
    """The same with an underscore for each sign that is quoted: places in the one are places in the other.

    >>> unquoted_signs("(a = 'b)' OR \\"c(\\")")
    '(a = ____ OR ____)'
    """
    return _QUOTED.sub(lambda found: "_" * len(found[0]), text)


def with_empty_texts(text: str) -> str:
    """The same with empty texts in it.

    >>> with_empty_texts("a = 'from b' OR \\"it's\\"")
    'a = \\'\\' OR "it\\'s"'
    """
    return _QUOTED.sub(lambda found: "''" if found[0].startswith("'") else found[0], text)


def index_parts(definition: str) -> IndexParts:
    """What the definition of an index, or of a constraint that has one, says.

    >>> parts = index_parts("CREATE INDEX i ON public.t USING btree (a, lower(b) DESC) INCLUDE (c) WHERE (a > 0)")
    >>> parts.method, parts.keys, parts.columns, parts.include, parts.where
    ('btree', ('a', 'lower(b) DESC'), ('a', None), ('c',), '(a > 0)')
    >>> index_parts('UNIQUE NULLS NOT DISTINCT (a, "B")').columns
    ('a', 'B')
    """
    plain = unquoted_signs(definition)
    start = plain.index("(")
    method = re.search(r" USING (\S+) $", definition[:start])
    keys, end = _list(definition, plain, start)
    rest, plain_rest = definition[end:], plain[end:]
    include: tuple[str, ...] = ()
    if plain_rest.startswith(" INCLUDE ("):
        include, _ = _list(rest, plain_rest, len(" INCLUDE "))
    where = plain_rest.find(" WHERE ")
    head = plain[:start] + (plain_rest if where < 0 else plain_rest[:where])
    return IndexParts(
        method[1] if method else "btree",
        keys,
        tuple(map(_column, keys)),
        tuple(_column(each) or each for each in include),
        None if where < 0 else rest[where + len(" WHERE ") :],
        "NULLS NOT DISTINCT" in head,
    )


def _list(text: str, plain: str, start: int) -> tuple[tuple[str, ...], int]:
    """What stands between the parenthesis at a place and its end, by commas; and the place after it."""
    depth, begin, found = 0, start + 1, list[str]()
    for place in range(start, len(plain)):
        sign = plain[place]
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        if (sign == "," and depth == 1) or depth == 0:
            found.append(text[begin:place].strip())
            begin = place + 1
        if depth == 0:
            return tuple(found), place + 1
    return tuple(found), len(plain)


def _column(key: str) -> str | None:
    found = _NAME.match(key)
    if found is None or key[found.end() : found.end() + 1] not in ("", " "):
        return None
    name = found[0]
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def names_relation(condition: str, schema: str, table: str) -> bool:
    """Whether a query within a condition reads a table. It is named with its schema there, and nowhere else.

    >>> names_relation("(EXISTS ( SELECT FROM public.members WHERE (members.who = CURRENT_USER)))", "public", "members")
    True
    >>> names_relation("(members.who = CURRENT_USER)", "public", "members")
    False
    """
    names = "".join(rf"(?:{re.escape(each)}|{re.escape(_quoted(each))})" + r"\." for each in (schema, table))[:-2]
    return re.search(rf'(?<![\w."$:]){names}(?![\w."$(])', with_empty_texts(condition)) is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def calls_for_each_row(condition: str, functions: str) -> str | None:
    """The first call of some functions (a pattern of their names) that stands in no query of its own: `(SELECT f())`
    is asked once, `f()` of each row.

    >>> calls_for_each_row("(id = auth.uid())", r"auth\\.uid")
    'auth.uid'
    >>> calls_for_each_row("(id = ( SELECT auth.uid() AS uid))", r"auth\\.uid")
    """
    plain = unquoted_signs(condition)
    for found in re.finditer(rf"(?<![\w.])(?:{functions})(?=\()", plain):
        before = plain[: found.start()]
        opened = _open(before)
        if not any(re.match(r"\(\s*SELECT\b(?![^()]*\bFROM\b)", plain[place:]) for place in opened):
            return found[0]
    return None


def _open(text: str) -> list[int]:
    """The parentheses that are open at the end of a text."""
    found: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            found.append(place)
        elif sign == ")":
            found.pop()
    return found
