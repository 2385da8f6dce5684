"""Names as the server writes them in SQL."""

from __future__ import annotations

from qb.types.identifier import unquoted


def parts(qualified: str) -> tuple[str, str]:
    """Schema and name of what the server writes as SQL, `public.mood`; the schema is "" where it writes none.

    >>> parts('"a.b".mood'), parts("int4")
    (('a.b', 'mood'), ('', 'int4'))
    """
    found = pieces(qualified)
    return ("", found[0]) if len(found) == 1 else (found[0], found[1])


def routine_parts(identity: str) -> tuple[str, str]:
    """A routine's name, and the types of its arguments with the bracket that ends them, of both together.

    >>> routine_parts("sum_of(integer, text)"), routine_parts("odd (name)(numeric(8,2))")
    (('sum_of', 'integer, text)'), ('odd (name)', 'numeric(8,2))'))
    """
    depth, quoted = 0, False
    for place in range(len(identity) - 1, -1, -1):
        sign = identity[place]
        quoted = quoted != (sign == '"')
        if quoted:
            continue
        depth += (sign == ")") - (sign == "(")
        if sign == "(" and depth == 0:
            return identity[:place], identity[place + 1 :]
        if depth == 0:
            break
    return identity, ""


def whole_name(said: str) -> str:
    """The name that SQL begins with, as it is written there.

    >>> whole_name('public."My table" (a) WHERE (b > 1)')
    'public."My table"'
    """
    inside = False
    for place, sign in enumerate(said):
        if sign == '"':
            inside = not inside
        elif sign == " " and not inside:
            return said[:place]
    return said


def pieces(qualified: str) -> tuple[str, ...]:
    """The names in what the server writes as SQL, `public.tasks.id`.

    >>> pieces('app."My table".id')
    ('app', 'My table', 'id')
    """
    found, quoted = [""], False
    for sign in qualified:
        if sign == '"':
            quoted = not quoted
        if sign == "." and not quoted:
            found.append("")
        else:
            found[-1] += sign
    return tuple(unquoted(each) for each in found)
