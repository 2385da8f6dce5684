"""What a statement is, as far as running it asks: whether it can be in a transaction, and what it does to one.

https://www.postgresql.org/docs/current/sql-commands.html
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from qb.tree.lexemes import lexemes

_ALONE: Final = (
    *(("VACUUM",), ("CLUSTER",), ("REINDEX",), ("ALTER", "SYSTEM"), ("ALTER", "SUBSCRIPTION")),
    *((verb, what) for verb in ("CREATE", "DROP") for what in ("DATABASE", "TABLESPACE", "SUBSCRIPTION")),
)
"""What refuses to be in a transaction by the words it begins with, or refuses it for some tables: run by itself it
always works, and running it again does no harm or says so."""
_INDEX: Final = (("CREATE", "INDEX"), ("CREATE", "UNIQUE", "INDEX"), ("DROP", "INDEX"))
_PLAIN: Final = frozenset(("(", ")", ",", "TRUE", "FALSE", "NULL", "IS_LOCAL", "SETTING_NAME", "NEW_VALUE", "=>"))
"""What there is in a call of set_config beside texts, where nothing is computed."""


def words_of(text: str, most: int | None = None) -> tuple[str, ...]:
    """The lexemes of a statement without comments: words in capitals, all else as it is.

    >>> from qb.kit.history.statement_kinds import words_of
    >>> words_of('alter table "t" /* x */ add c int')
    ('ALTER', 'TABLE', '"t"', 'ADD', 'C', 'INT')
    """
    found: list[str] = []
    for each in lexemes(text):
        if each.said:
            found.append(each.text.upper() if each.kind == "word" else each.text)
            if len(found) == most:
                break
    return tuple(found)


def transactional(text: str) -> bool:
    """Whether a statement may be in a transaction with others. Of what may for some tables alone the answer is no.

    >>> from qb.kit.history.statement_kinds import transactional
    >>> transactional("CREATE INDEX CONCURRENTLY ON users (name)"), transactional("CREATE INDEX ON users (name)")
    (False, True)
    """
    words = words_of(text, 4)
    if any(words[: len(begin)] == begin for begin in _ALONE):
        return False
    if any(words[: len(begin)] == begin for begin in _INDEX):
        return words[words.index("INDEX") + 1 :][:1] != ("CONCURRENTLY",)
    if words[:2] == ("ALTER", "DATABASE"):
        return words_of(text)[3:5] != ("SET", "TABLESPACE")
    if words[:2] == ("ALTER", "TABLE"):
        whole = words_of(text)
        return not (whole[-1] == "CONCURRENTLY" and "DETACH" in whole)
    return True


def adds_value(text: str) -> bool:
    """Whether it gives an enum a value, which can be used once that is committed."""
    if words_of(text, 2) != ("ALTER", "TYPE"):
        return False
    words = words_of(text)
    return ("ADD", "VALUE") in pairwise(words)


def sets_session(text: str) -> bool:
    """Whether it changes a setting of the session, beyond the transaction."""
    words = words_of(text, 2)
    if words[:1] == ("SET",):
        return words[1:] not in (("LOCAL",), ("TRANSACTION",), ("CONSTRAINTS",))
    if words[:1] == ("RESET",):
        return True
    return bool(_configs(text))


def session_settings(text: str) -> tuple[str, ...]:
    """What sets the same for the session again, without what else a statement does.

    >>> from qb.kit.history.statement_kinds import session_settings
    >>> session_settings("SELECT fill(), /* and */ set_config('search_path', 'app', false)")
    ("SELECT pg_catalog.set_config('search_path', 'app', false)",)
    """
    if words_of(text, 1) in (("SET",), ("RESET",)):
        return (text,) if sets_session(text) else ()
    return _configs(text)


def _configs(text: str) -> tuple[str, ...]:
    """The calls of set_config in a SELECT that hold beyond the transaction."""
    if words_of(text, 1) != ("SELECT",) or "set_config" not in text.lower():
        return ()
    said = [each for each in lexemes(text) if each.said]
    found: list[str] = []
    for place, each in enumerate(said[:-1]):
        if each.text.strip('"').lower() != "set_config" or said[place + 1].text != "(":
            continue
        call = _call([one.text for one in said[place + 1 :]])
        first = place == 1 or (place == 3 and said[2].text == ".")
        plain = not any(one.upper() not in _PLAIN and not one.startswith(("'", "$", "e'", "E'")) for one in call)
        of = said[place - 2].text.strip('"').lower() if place > 1 and said[place - 1].text == "." else "pg_catalog"
        if of != "pg_catalog" or call[-2].upper() == "TRUE":
            continue
        if first and place + 1 + len(call) == len(said):
            return (text,)
        if plain:
            found.append(f"SELECT pg_catalog.set_config{''.join(one + (' ' if one == ',' else '') for one in call)}")
        elif first:
            return (text,)  # what it sets is computed
    return tuple(found)


def _call(words: list[str]) -> list[str]:
    """The arguments of a call, with their parentheses."""
    depth = 0
    for place, each in enumerate(words):
        depth += (each == "(") - (each == ")")
        if not depth:
            return words[: place + 1]
    return words
