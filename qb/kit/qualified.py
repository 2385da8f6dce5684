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
