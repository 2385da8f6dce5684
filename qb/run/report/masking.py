"""Which words of a server's error message may be carried further, given that messages quote values.

The rule, from strict to lenient:
1. DETAIL and CONTEXT are never carried. (DETAIL gives away the *names* of a key's columns, see `key_columns`.)
2. Text that a routine composed (RAISE, ASSERT, classes P0, 38, 39) is somebody else's: only the condition's name is
   left.
3. Classes 42, 3F and 0A point into the statement's text and name objects: carried, if there is a position or no value
   was bound at all (`$1::regclass` reports the *value* as an unknown table, without a position). A syntax error shows
   a token of the statement only if that is a word or an operator, not a literal.
4. 42501 names objects that exist: carried, but for the database, which is a part of the address.
5. Anything else may report on values, and class 22 always does: everything quoted, everything after a colon and every
   number is left out.
A message in another language may quote in other ways: if letters beyond ASCII remain, the condition's name replaces it.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import re

import psycopg.errors

_OF_THE_STATEMENT = frozenset({"42", "3F", "0A"})
_OWN_TEXT = frozenset({"P0", "38", "39"})
_RAISED_BY = frozenset({"exec_stmt_raise", "exec_stmt_assert"})  # PL/pgSQL's; a RAISE may choose any SQLSTATE

# From the first quote to the last one: the value between may itself hold quotes.
_QUOTED = (re.compile(r'".*"', re.DOTALL), re.compile(r"'.*'", re.DOTALL), re.compile(r"`.*`", re.DOTALL))
_LONE_QUOTE = re.compile(r"""\s*(?<!…)["'`](?!…).*""", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w(,])[-+]?\d[\w.:+-]*")  # not the 3 of varchar(3), nor the 8 of UTF8
_NEAR = re.compile(r'( at or near )"(.*)"', re.DOTALL)
_HARMLESS_TOKEN = re.compile(r"""[A-Za-z_][A-Za-z0-9_]*|[^\w\s"'$]{1,3}""")
_DATABASE = re.compile(
    r"((?:permission denied for|permission denied to .* in|must be owner of) database ).+", re.DOTALL
)
_KEY = re.compile(r"\(([^()]*)\)=\(")
_NAME = re.compile(r'"(?:[^"]|"")+"|[^\s",]+')


def told(sqlstate: str, message: str, *, source: str | None, positioned: bool, bound: bool) -> str:
    """The part of a server's primary message that holds no value.

    `source` is the C function that reported it, `positioned` whether it points into the statement, `bound` whether the
    statement had parameters.

    >>> told("22P02", 'invalid input syntax for type integer: "x"', source=None, positioned=False, bound=True)
    'invalid input syntax for type integer'
    """
    if composed(sqlstate, source):
        return condition_name(sqlstate)
    if sqlstate == "42501" or (sqlstate[:2] in _OF_THE_STATEMENT and (positioned or not bound)):
        return _DATABASE.sub(r"\1…", _NEAR.sub(_token, message))
    plain = _NUMBER.sub("…", _unquoted(message).partition(":")[0])
    return plain if plain.replace("…", "").isascii() and plain.strip() else condition_name(sqlstate)


def composed(sqlstate: str, source: str | None) -> bool:
    """Whether a routine of the database wrote the error's text, rather than PostgreSQL."""
    return sqlstate[:2] in _OWN_TEXT or source in _RAISED_BY


def condition_name(sqlstate: str) -> str:
    """The name of an SQLSTATE in words.

    >>> condition_name("22P02"), condition_name("ZZ999")
    ('invalid text representation', 'an error of a code that PostgreSQL does not define')
    """
    try:
        name = psycopg.errors.lookup(sqlstate).__name__
    except KeyError:
        return "an error of a code that PostgreSQL does not define"
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name.rstrip("_")).lower()


def key_columns(detail: str | None) -> tuple[str, ...]:
    """The names in `Key (a, b)=(1, 2) already exists.`, in any language; () for a key with expressions.

    What stands before the first `)=(` comes from the catalog, so no value can be among them.
    """
    found = _KEY.search(detail or "")
    if found is None:
        return ()
    parts = found[1].split(", ")
    if not all(_NAME.fullmatch(part) for part in parts):
        return ()
    return tuple(part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts)


def _unquoted(message: str) -> str:
    for quoted in _QUOTED:
        message = quoted.sub(lambda found: f"{found[0][0]}…{found[0][0]}", message)
    return _LONE_QUOTE.sub("", message)


def _token(found: re.Match[str]) -> str:
    return f'{found[1]}"{found[2] if _HARMLESS_TOKEN.fullmatch(found[2]) else "…"}"'
