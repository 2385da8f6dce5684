"""Channels of the tests, and what an administrator does to those who listen."""

from secrets import token_hex

import msgspec
from psycopg.conninfo import conninfo_to_dict

from qb import Command, channel, sql, trusted
from qb.typing import Channel, RawRows


class Placed(msgspec.Struct, frozen=True):
    order: int
    tags: list[str] = []


PLACED = channel("placed", Placed)


def lone() -> Channel[str]:
    """A channel that no other test has."""
    return channel(f"lone {token_hex(8)}")


def killed(told: Channel[str]) -> RawRows[int]:
    """End the backends that listen to it; how many they are."""
    ended = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE query LIKE {q}"
    return sql(ended, q=f'%LISTEN "{told.name}"%').rows(int)


def listeners(told: Channel[str]) -> RawRows[int]:
    """How many listen to it."""
    return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE {q}", q=f'%LISTEN "{told.name}"%').rows(int)


def moment() -> Command:
    """A moment for the server to get something done in."""
    return sql("SELECT pg_sleep(0.02)").command()


def door(url: str, *, open: bool) -> Command:
    """Let the database take connections, or no more."""
    name = conninfo_to_dict(url)["dbname"]
    return sql(trusted(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(open).lower()}')).command()
