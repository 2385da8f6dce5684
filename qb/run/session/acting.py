"""As whom a transaction runs: a role, and the claims of whoever it runs for, both for the transaction alone.

Nothing has to be taken back: PostgreSQL forgets what is set locally, however the transaction ends. A savepoint that is
kept is no such end, so what was in force before it is read where it begins.
https://www.postgresql.org/docs/current/sql-set-role.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

import msgspec

from qb.errors import DefinitionError, QueryError
from qb.model.role import PUBLIC_ROLE, Role
from qb.render.literals import string_literal
from qb.types.identifier import identifier

CLAIMS: Final = "request.jwt.claims"
"""The setting that policies read the claims of a request from, as PostgREST and Supabase name it."""

_BEFORE: Final = (
    f"pg_catalog.current_setting('role') AS r, COALESCE(pg_catalog.current_setting('{CLAIMS}', true), '') AS c"
)
_NO_ROLES: Final = {"none": "none at all", PUBLIC_ROLE: "everybody"}
"""To PostgreSQL "none" is the session's own role, whatever it is quoted with: it is never what was asked for."""


class Acting(NamedTuple):
    """A role by its name, and claims as JSON; "" for none."""

    role: str
    claims: str

    @property
    def _set(self) -> str:
        # The claims first, as long as whoever may do more asks.
        return ", ".join(
            f"pg_catalog.set_config({string_literal(name)}, {string_literal(value)}, true)"
            for name, value in ((CLAIMS, self.claims), ("role", self.role))
        )

    @property
    def begins(self) -> bytes:
        """The command that has the open transaction run so."""
        return f"SELECT {self._set}".encode()

    @property
    def replaces(self) -> bytes:
        """The same, which gives what was in force before. (OFFSET keeps the inner query apart: it is asked first.)"""
        return f"SELECT b.r, b.c, {self._set} FROM (SELECT {_BEFORE} OFFSET 0) b".encode()


def acting(role: Any, claims: Any) -> Acting:
    """As whom a transaction is to run. QueryError for what is no name of a role, or no claims."""
    try:
        name = identifier(role.name if isinstance(role, Role) else role, "the role of as_role")
    except DefinitionError as error:
        raise QueryError(str(error)) from None
    if name in _NO_ROLES:
        raise QueryError(f"as_role({name!r}): this is PostgreSQL's word for {_NO_ROLES[name]}: name a role")
    if claims is None:
        return Acting(name, "")
    if not isinstance(claims, Mapping):
        raise QueryError('as_role takes claims as a mapping, claims={"sub": ...}, and this is ' + type(claims).__name__)
    try:
        text = msgspec.json.encode(claims).decode()
        changed = _changed(claims)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise QueryError(f"as_role: the claims cannot be written as JSON ({type(error).__name__})") from None
    if changed is not None:
        raise QueryError(f"as_role: the claims would change in JSON: they hold {changed}")
    return Acting(name, text)


def _changed(claims: Any) -> str | None:
    """What JSON would have as something else, and a policy would meet so."""
    stack: list[Any] = [msgspec.to_builtins(claims, builtin_types=(*_BYTES, Decimal))]
    while stack:
        item = stack.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return f"{item}, which would be null"
        if isinstance(item, Decimal):
            return "a Decimal, which would be a text: say float(...) or str(...)"
        if isinstance(item, _BYTES):
            return "bytes, which would be a text in base64: say which text they are"
        if isinstance(item, dict):
            held = cast("dict[object, object]", item)
            if (key := next((each for each in held if not isinstance(each, str)), None)) is not None:
                return f"a key that is no text, but {type(key).__name__}"
            stack += held.values()
        elif isinstance(item, list | tuple):
            stack += cast("list[object]", item)
    return None


_BYTES: Final = (bytes, bytearray, memoryview)
