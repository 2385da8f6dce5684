"""A whole run: for each size a server of its own with the corpus, and everybody in turns."""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from random import Random

from benchmarks.data.server import embedded_server
from benchmarks.kit.migrations import COUNT, migrating
from benchmarks.kit.results import Found, Sized, Timed
from benchmarks.kit.work import Work, make, works
from benchmarks.measure.machine import this_machine
from qb import connect, sql
from qb.kit import introspect

LONGEST = 5.0
"""Seconds after which a piece of work is done in few of the rounds."""
FEW = 2


def run(sizes: Sequence[int], rounds: int, say: Callable[[str], None]) -> Found:
    """Everything that is timed, on each size."""
    started, machine = datetime.now(UTC), this_machine()
    found: list[Sized] = []
    server = ""
    for count in sizes:
        with embedded_server() as url:
            say(f"{count:,} tables: made, and compared with what they were made of")
            make(url, count)
            with connect(url) as db:
                server = db.scalar(sql("SHOW server_version").rows(str)).unwrap()
                objects = len(introspect(db).unwrap())
            say(f"{count:,} tables: timed")
            with works(url, count) as each:
                found.append(Sized(count, objects, timed(each, rounds)))
    libraries = {name: version(name) for name in ("sqlalchemy", "alembic")}
    return Found(started, machine, server, libraries, found)


def run_migrations(rounds: int, say: Callable[[str], None], count: int = COUNT) -> Found:
    """A history run up, and asked for again."""
    started, machine = datetime.now(UTC), this_machine()
    with embedded_server() as url, tempfile.TemporaryDirectory() as folder:
        say(f"{count} migrations: written and run once")
        with connect(url) as db:
            server = db.scalar(sql("SHOW server_version").rows(str)).unwrap()
        with migrating(url, Path(folder), count) as each:
            say(f"{count} migrations: timed")
            found = Sized(0, 0, timed(each, rounds), "median")
    libraries = {name: version(name) for name in ("sqlalchemy", "alembic")}
    return Found(started, machine, server, libraries, [found], "qb's")


def timed(each: Sequence[Work], rounds: int) -> list[Timed]:
    """All of them once unmeasured, what takes long apart, and then in rounds, in an order that changes."""
    seconds: dict[str, list[float]] = {work.name: [] for work in each}
    for number in range(-1, rounds):
        order = [*each]
        Random(number).shuffle(order)
        for work in order:
            known = seconds[work.name]
            if known and known[0] > LONGEST and len(known) >= FEW:
                continue
            start = time.perf_counter()
            work.does()
            took = time.perf_counter() - start
            if number >= 0 or took > LONGEST:
                known.append(took)
    return [Timed(work.name, work.who, seconds[work.name], work.beside) for work in each]
