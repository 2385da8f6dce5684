"""What every session of a database has from its first statement on: a role, a search path, settings.

They are said again after whatever brings a session back to its beginning, so nothing that raw SQL does outlives its
turn. Behind a pooler, which may give each transaction another session, saying them once is not enough, and saying them
for ever would be to other clients' sessions: there they have to be what the role or the database has already.
https://www.postgresql.org/docs/current/sql-set.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, cast

import msgspec

from qb.errors import DefinitionError
from qb.render.literals import string_literal
from qb.types.identifier import identifier, quoted, writable

SessionValue: TypeAlias = str | int | float | bool
"""A value of a setting: 64, "64MB", "on" and True."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*")
_EXACT: Final = (
    *("extra_float_digits", "bytea_output", "array_nulls", "client_encoding"),
    *("datestyle", "intervalstyle", "standard_conforming_strings"),
)
_OWN: Final = dict.fromkeys(_EXACT, "qb sets it, so that no value changes on its way: leave it out") | {
    "statement_timeout": "write connect(..., statement_timeout=5.0), in seconds",
    "lock_timeout": "write connect(..., lock_timeout=5.0), in seconds",
    "search_path": 'write connect(..., search_path=["shop"])',
    "role": 'write connect(..., role="shop_app")',
    "session_authorization": 'write connect(..., role="shop_app")',
    "transaction_isolation": "it is a transaction's own: set default_transaction_isolation",
    "transaction_read_only": "it is a transaction's own: set default_transaction_read_only",
    "transaction_deferrable": "it is a transaction's own: set default_transaction_deferrable",
}
"""Settings that are not set here, and what is done instead."""


class SessionDefaults(msgspec.Struct, frozen=True):
    """A role, a search path and settings by name, checked. None and nothing is what the server says."""

    role: str | None = None
    search_path: tuple[str, ...] | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def commands(self) -> tuple[bytes, ...]:
        """What is said to a session. The role comes last: it may not be allowed what the one that takes it is."""
        said = [
            f"SELECT pg_catalog.set_config({string_literal(name)}, {string_literal(value)}, false)"
            for name, value in self.settings
        ]
        if self.search_path is not None:
            said.append(f"SET search_path TO {', '.join(map(quoted, self.search_path)) or string_literal('')}")
        if self.role is not None:
            said.append(f"SET ROLE {quoted(self.role)}")
        return tuple(each.encode() for each in said)

    @property
    def asked(self) -> bytes:
        """A query of one row: what a session has, of that which is set here. NULL for a setting that it does not know.

        The role is asked for as the commands leave it, so only after them.
        """
        names = [name for name, _ in self.settings]
        if self.search_path is not None:
            names.append("search_path")
        wanted = [f"pg_catalog.current_setting({string_literal(name)}, true)" for name in names]
        if self.role is not None:
            wanted.append("CURRENT_USER")
        return f"SELECT {', '.join(wanted)}".encode()

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of that row are about, as texts name it."""
        names = [name for name, _ in self.settings]
        return (*names, *(("search_path",) if self.search_path is not None else ()), *(("role",) if self.role else ()))


NO_DEFAULTS: Final = SessionDefaults()


def session_defaults(
    role: str | None = None,
    search_path: str | Sequence[str] | None = None,
    settings: Mapping[str, SessionValue] | None = None,
) -> SessionDefaults:
    """They, once all can be written. DefinitionError for what cannot, or is said in another place."""
    if role is not None and identifier(role, "the role of the sessions") == "none":
        raise DefinitionError(
            "the role of the sessions is 'none', which is PostgreSQL's word for no role: leave it out"
        )
    given = cast("Mapping[object, object]", settings or {})
    return SessionDefaults(role, _path(search_path), tuple((_name(name), _value(name, given[name])) for name in given))


def _path(given: str | Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str) and "," in given:
        raise DefinitionError(
            f"search_path is {given!r}: give the schemas one by one, as in search_path=['shop', 'public']"
        )
    schemas = (given,) if isinstance(given, str) else tuple(given)
    return tuple(identifier(each, "a schema of search_path") for each in schemas)


def _name(given: object) -> str:
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise DefinitionError(f"{given!r} is no name of a setting: it is written as in SHOW, work_mem or app.tenant")
    if (instead := _OWN.get(given.lower())) is not None:
        raise DefinitionError(f"the setting {given} is not one of settings: {instead}")
    return given


def _value(name: object, given: object) -> str:
    if isinstance(given, bool):
        return "on" if given else "off"
    if isinstance(given, int) or (isinstance(given, float) and math.isfinite(given)):
        return repr(given)
    if not isinstance(given, str):
        raise DefinitionError(f"the setting {name} is {given!r}: a text, a number or a bool is set")
    if "\0" in given or not writable(given):
        raise DefinitionError(f"the setting {name} holds a NUL, or half of a surrogate pair: PostgreSQL takes neither")
    return given
