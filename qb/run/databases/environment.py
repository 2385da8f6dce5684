"""Settings of databases, decoded from the environment into one frozen value.

https://www.postgresql.org/docs/current/libpq-envars.html
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from qb.errors import DefinitionError
from qb.run.database.async_connect import connect_async
from qb.run.database.async_database import AsyncDatabase
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.databases.bounds import DatabaseBounds
from qb.run.server.address import PlainAddress
from qb.run.server.secret import EncryptionKeys, iv_problem, key_problem
from qb.run.server.url import conninfo

T = TypeVar("T")

_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_IDLE: Final = "no number of seconds above 0: give one, such as 60"
_YES_OR_NO: Final = "neither yes nor no: give true or false"
_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database is, and how it is used: what `read_settings` gives, and what a test makes for itself.

    >>> DatabaseSettings(address=PlainAddress("postgresql://ada:secret@localhost/shop"), max_size=5)
    DatabaseSettings(address=PlainAddress(...), max_size=5, timeout=30.0, ..., keys=None, bounds=DatabaseBounds(...))
    """

    address: PlainAddress | None = None
    """None is the embedded server."""
    max_size: int = 10
    timeout: float = 30.0
    idle_timeout: float | None = None
    prepare: bool = True
    statement_timeout: float | None = None
    lock_timeout: float | None = None
    keys: EncryptionKeys | None = None
    """For the addresses of others that it knows: `connect_each`."""
    bounds: DatabaseBounds = DatabaseBounds()
    """Those of `connect_each`."""

    def connect(self) -> Database:
        """The database: see `connect`.

        >>> DatabaseSettings(address=PlainAddress("postgresql://127.0.0.1:1/nowhere")).connect().ping()
        <Failure: could not connect: ...>
        """
        return connect(
            self.url,
            max_size=self.max_size,
            timeout=self.timeout,
            idle_timeout=self.idle_timeout,
            prepare=self.prepare,
            statement_timeout=self.statement_timeout,
            lock_timeout=self.lock_timeout,
        )

    def connect_async(self) -> AsyncDatabase:
        """The same for coroutines."""
        return connect_async(
            self.url,
            max_size=self.max_size,
            timeout=self.timeout,
            idle_timeout=self.idle_timeout,
            prepare=self.prepare,
            statement_timeout=self.statement_timeout,
            lock_timeout=self.lock_timeout,
        )

    @property
    def url(self) -> str:
        """The address as libpq reads it, secrets included: for `base` of `connect_each`, and not to be shown."""
        return conninfo(None if self.address is None else self.address.url, environ={})


def read_settings(environ: Mapping[str, str] | None = None) -> DatabaseSettings:
    """The settings that an environment says; without one it is the process's own.

    - DATABASE_URL, and what it leaves open as libpq's own variables say it: PGHOST, PGPORT, PGUSER, PGPASSWORD,
      PGDATABASE, PGSSLMODE and all others. Without any it is the embedded server.
    - DATABASE_MAX_SIZE, DATABASE_TIMEOUT, DATABASE_IDLE_TIMEOUT, DATABASE_STATEMENT_TIMEOUT, DATABASE_LOCK_TIMEOUT,
      DATABASE_PREPARE: as of `connect`.
    - DATABASE_ENCRYPTION_KEY_B64: base64 of 16, 24 or 32 bytes; of several keys, the newest first, with commas between
      them. DATABASE_ENCRYPTION_IV_LENGTH: 12, or 16.
      DATABASE_ENCRYPTION_UNBOUND: whether what is bound to nothing is read, too.
    - DATABASES_MAX_SIZE, DATABASES_OPEN, DATABASES_LINKS, DATABASES_TTL, DATABASES_IDLE: the `DatabaseBounds` of
      `connect_each`.

    DefinitionError names each variable that is wrong and what it should be, and never what it is.

    >>> read_settings({"PGHOST": "localhost", "PGPASSWORD": "secret", "DATABASE_MAX_SIZE": "5"}).max_size
    5
    >>> read_settings({"DATABASE_MAX_SIZE": "many", "DATABASE_ENCRYPTION_KEY_B64": "c2hvcnQ="})
    Traceback (most recent call last):
    ...
    qb.errors.DefinitionError: the environment does not say how to connect:
    DATABASE_MAX_SIZE is no whole number from 1: give one, such as 10
    DATABASE_ENCRYPTION_KEY_B64: the key has another length than 16, 24 or 32 bytes: give base64 of so many random bytes
    """
    found = _Reader(os.environ if environ is None else environ)
    made = DatabaseSettings(
        address=found.address(),
        max_size=found.count("DATABASE_MAX_SIZE", 10),
        timeout=found.seconds("DATABASE_TIMEOUT", 30.0),
        idle_timeout=found.read("DATABASE_IDLE_TIMEOUT", None, _some_seconds, _IDLE),
        prepare=found.read("DATABASE_PREPARE", True, _truth, _YES_OR_NO),
        statement_timeout=found.seconds("DATABASE_STATEMENT_TIMEOUT", None),
        lock_timeout=found.seconds("DATABASE_LOCK_TIMEOUT", None),
        keys=found.keys(),
        bounds=DatabaseBounds(
            max_size=found.count("DATABASES_MAX_SIZE", DatabaseBounds().max_size),
            databases=found.count("DATABASES_OPEN", DatabaseBounds().databases),
            links=found.count("DATABASES_LINKS", DatabaseBounds().links),
            ttl=found.seconds("DATABASES_TTL", DatabaseBounds().ttl),
            idle=found.seconds("DATABASES_IDLE", DatabaseBounds().idle),
        ),
    )
    if found.mistakes:
        raise DefinitionError("\n".join(("the environment does not say how to connect:", *found.mistakes)))
    return made


class _Reader:
    """Variables as values; what is wrong with them, all of it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def read(self, name: str, otherwise: T, as_value: Callable[[str], T | None], problem: str) -> T:
        """A variable, or what is meant without it."""
        text = self._environ.get(name)
        if text is None:
            return otherwise
        found: T | None = None
        with suppress(ValueError):
            found = as_value(text.strip())
        if found is None:
            self.mistakes.append(f"{name} is {problem}")
            return otherwise
        return found

    def count(self, name: str, otherwise: int) -> int:
        return self.read(name, otherwise, _count, f"no whole number from 1: give one, such as {otherwise}")

    def seconds(self, name: str, otherwise: T) -> T | float:
        wanted: T | float = otherwise
        return self.read(name, wanted, _seconds, "no number of seconds: give one, such as 30 or 0.5")

    def keys(self) -> EncryptionKeys | None:
        length = self.read("DATABASE_ENCRYPTION_IV_LENGTH", 12, _iv_length, "no length of an IV: give 12 or 16")
        unbound = self.read("DATABASE_ENCRYPTION_UNBOUND", False, _truth, _YES_OR_NO)
        text = self._environ.get("DATABASE_ENCRYPTION_KEY_B64")
        if text is None:
            return None
        keys = [each.strip() for each in text.split(",")]
        if problem := key_problem(keys):
            self.mistakes.append(f"DATABASE_ENCRYPTION_KEY_B64: {problem}")
            return None
        return EncryptionKeys(*keys, iv_length=length, unbound=unbound)

    def address(self) -> PlainAddress | None:
        """DATABASE_URL; what it does not say, as PG* do."""
        url = self._environ.get("DATABASE_URL")
        said: dict[str, Any] = {}
        for option in Conninfo.get_defaults():
            if option.envvar and (text := self._environ.get(option.envvar.decode())):
                said[option.keyword.decode()] = text
        if "port" in said and not all(each == "" or _is_port(each) for each in said["port"].split(",")):
            self.mistakes.append("PGPORT is no port: give a number from 1 to 65535")
            del said["port"]
        if said.get("sslmode", "prefer") not in _SSL_MODES:
            self.mistakes.append(f"PGSSLMODE is no mode: give one of {', '.join(_SSL_MODES)}")
            del said["sslmode"]
        if url is None:
            return self._made("PGHOST and the other PG* variables", "", said) if said else None
        try:
            text = conninfo(url, environ={})
        except DefinitionError as error:
            why = str(error)
            foreign = "begins with postgresql://" in why  # and what it begins with: perhaps a piece of a password
            self.mistakes.append(f"DATABASE_URL: {'the address begins with postgresql://' if foreign else why}")
            return None
        return self._made("DATABASE_URL", text, said | conninfo_to_dict(text)) if said else PlainAddress(text)

    def _made(self, name: str, text: str, parts: dict[str, Any]) -> PlainAddress | None:
        with suppress(psycopg.Error, DefinitionError):
            return PlainAddress(conninfo(make_conninfo("", **parts), environ={}))
        self.mistakes.append(f"{name} do not make an address that libpq understands: correct them")
        return None


def _count(text: str) -> int | None:
    return int(text) if int(text) >= 1 else None


def _seconds(text: str) -> float | None:
    found = float(text)
    return found if math.isfinite(found) and 0 <= found <= 2_000_000 else None


def _some_seconds(text: str) -> float | None:
    return _seconds(text) or None


def _iv_length(text: str) -> int | None:
    return None if iv_problem(int(text)) else int(text)


def _truth(text: str) -> bool | None:
    return True if text.lower() in _YES else False if text.lower() in _NO else None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535
