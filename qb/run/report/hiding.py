"""Why a connection could not be made, without a word of where to: of addresses that are nobody's business.

What libpq and the server say of a refusal names hosts, ports, users and databases. So nothing of it is carried but what
it means.
"""

from __future__ import annotations

import re
from typing import Final

from qb.errors import ConnectionRefused

NOBODY_LISTENS: Final = "no server listens there"
CLOSED_AT_ONCE: Final = "the server closed the connection"
_MEANING: Final = {
    "28P01": "the server does not accept the password",
    "28000": "the server does not accept the role",
    "3D000": "the server has no such database",
    "42501": "the role may not connect to the database",
    "53300": "the server has no connection left",
    "57P03": "the server is starting up or shutting down",
}
_WORDS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"timeout expired|timed out|did not answer in time", "the server did not answer in time"),
        (r"connection refused|no such file or directory", NOBODY_LISTENS),
        (r"could not translate host name|failed to resolve host", "its host is not known"),
        (r"behind a pooler qb cannot set them", "settings of the server would change values on their way"),
        (r"\bssl\b|certificate", "the server and the client do not agree on TLS"),
        (r"closed the connection|reset by peer", CLOSED_AT_ONCE),
    )
)
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_$.]*"
_SESSION: Final = re.compile(
    rf'((?:role "(?:[^"]|"")*"|{_NAME})(?: and {_NAME})*) of connect\(\.\.\.\) cannot be set( behind a pooler)?'
)
"""What a session was to have, which the program said and no address. The rest is the server's: nothing says what is in
it. Its SQLSTATE is that of the statement which sets it, and means something else of a connection."""
_OTHERWISE: Final = "the server cannot be reached, or does not take the connection"


def without_address(error: ConnectionRefused) -> ConnectionRefused:
    """The same refusal, its reason in qb's words.

    >>> without_address(ConnectionRefused('password authentication failed for user "ada"', sqlstate="28P01"))
    ConnectionRefused(reason='the server does not accept the password', sqlstate='28P01')
    """
    session = _SESSION.match(error.reason)
    what = "" if session is None else f"{session[1]} of connect_each(...) cannot be set there{session[2] or ''}"
    known = what or _MEANING.get(error.sqlstate or "")
    said = known or next((said for pattern, said in _WORDS if pattern.search(error.reason)), _OTHERWISE)
    return ConnectionRefused(said, sqlstate=error.sqlstate)
