"""Limits on time, as a frozen value that views of a database and transactions carry.

https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
"""

from __future__ import annotations

from typing import Final

import msgspec

from qb.errors import DefinitionError


class Settings(msgspec.Struct, frozen=True):
    """Seconds a statement may take and may wait for a lock. None is what the server or the role says, 0 is for ever."""

    statement_timeout: float | None = None
    lock_timeout: float | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value: object = getattr(self, name)
            if value is not None and not (isinstance(value, int | float) and 0 <= value <= 2_000_000):
                raise DefinitionError(f"{name} is {value!r}: it counts seconds, from 0 (no limit) to 2,000,000")

    def changed(self, statement_timeout: float | None, lock_timeout: float | None) -> Settings:
        """These, but for what is given."""
        return Settings(
            self.statement_timeout if statement_timeout is None else statement_timeout,
            self.lock_timeout if lock_timeout is None else lock_timeout,
        )


SERVER_DEFAULTS: Final = Settings()

AFRESH: Final = (
    b"CLOSE ALL",
    b"SET SESSION AUTHORIZATION DEFAULT",
    b"RESET ROLE",
    b"RESET ALL",
    b"UNLISTEN *",
    b"SELECT pg_catalog.pg_advisory_unlock_all()",
    b"DISCARD TEMP",
    b"DISCARD SEQUENCES",
)
"""DISCARD ALL, but for the prepared statements: https://www.postgresql.org/docs/current/sql-discard.html

What `configure` gave the session at its beginning comes after these.
"""


def limits(now: Settings | None, wanted: Settings, *, local: bool) -> tuple[bytes, ...]:
    """The commands that change the settings in force into those that are wanted."""
    commands: list[bytes] = []
    for name in Settings.__struct_fields__:
        value: float | None = getattr(wanted, name)
        if now is None or getattr(now, name) != value:
            # Rounded up: a limit that was asked for must not become 0, which is none.
            text = "DEFAULT" if value is None else str(-int(-value * 1000 // 1))
            commands.append(f"SET {'LOCAL ' if local else ''}{name} TO {text}".encode())
    return tuple(commands)
