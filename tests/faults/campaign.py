"""Workers of three worlds write and read pairs, while servers, connections, tasks and threads are made to fail."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel

import qb
from qb import AsyncDatabase, Database
from qb.errors import ConnectionLost, DbError, TransactionAborted
from qb.errors.outcome import Failure, Success
from qb.run.database.async_connect import connect_async
from qb.run.database.connect import connect
from qb.run.server.embedded import embedded
from tests.faults.async_scenes import SCENES as ASYNC_SCENES
from tests.faults.ledger import Ledger, Said
from tests.faults.proxy import Proxy
from tests.faults.scenes import SCENES, Pair
from tests.faults.strike import Struck

WRITES = ("write", "transaction", "nested", "transact", "pipeline", "copied", "returned")
ASYNC_WRITES = ("nested", "transact", "pipeline", "copied")
TABLE = qb.select(Pair.id, Pair.number)
KILL = "SELECT count(pg_{}_backend(pid)) FROM pg_stat_activity WHERE application_name = 'victim' AND random() < 0.3"
VICTIMS = qb.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'victim'").rows(int)
RESTART = 7.0
"""Seconds from one restart of the server to the next."""
LEFT = qb.sql(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'victim' AND state LIKE 'idle in transaction%'"
).rows(int)
ADVISORY = qb.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").rows(int)

FAILURES = (DbError, TransactionAborted)


@dataclass
class Report:
    """What happened."""

    wrong: list[str]
    counts: Counter[str] = field(default_factory=Counter[str])


def said(ledger: Ledger, number: int, error: BaseException | None) -> None:
    """Note how a write ended."""
    name = "done" if error is None else type(error).__name__
    ledger.counts[name] += 1
    if error is None:
        ledger.note(number, Said.DONE)
    elif isinstance(error, FAILURES) and not isinstance(error, ConnectionLost):
        ledger.note(number, Said.FAILED)


def thread(db: Database, ledger: Ledger, seed: int, end: float) -> None:
    """One worker of threads. Interrupts come from outside, at any instruction."""
    dice = random.Random(seed)
    while time.monotonic() < end:
        with suppress(Struck):
            try:
                turn(db, ledger, dice)
            except Struck:
                ledger.counts["interrupted"] += 1


def turn(db: Database, ledger: Ledger, dice: random.Random) -> None:
    """One write and one read."""
    number = ledger.number()
    try:
        SCENES[dice.choice(WRITES)](db, number)
    except FAILURES as error:
        said(ledger, number, error)
    else:
        said(ledger, number, None)
    asked = dice.randrange(1, number + 1)
    match db.all(qb.select(Pair.number).where(Pair.number == asked)):
        case Success(rows):
            ledger.answered(asked, rows)
        case Failure(_):
            pass


async def task(db: AsyncDatabase, ledger: Ledger, seed: int, end: float) -> None:
    """One worker of tasks: every fifth piece of work is cancelled."""
    dice = random.Random(seed)
    while time.monotonic() < end:
        number = ledger.number()
        limit = dice.random() * 0.02 if dice.random() < 0.2 else 60.0
        with anyio.move_on_after(limit) as scope:
            try:
                await ASYNC_SCENES[dice.choice(ASYNC_WRITES)](db, number)
            except FAILURES as error:
                said(ledger, number, error)
            else:
                said(ledger, number, None)
            asked = dice.randrange(1, number + 1)
            match await db.all(qb.select(Pair.number).where(Pair.number == asked)):
                case Success(rows):
                    ledger.answered(asked, rows)
                case Failure(_):
                    pass
        if scope.cancelled_caught:
            ledger.counts["cancelled"] += 1
        await anyio.lowlevel.checkpoint()


def world(backend: str, url: str, ledger: Ledger, seed: int, end: float) -> None:
    """An event loop with its database and its workers, until the end. Its pool has to be whole then."""

    async def main() -> None:
        async with connect_async(url, max_size=3, timeout=5) as db:
            async with anyio.create_task_group() as group:
                for number in range(6):
                    group.start_soon(task, db, ledger, seed + number, end)
            gc.collect()
            if db.pool.in_use or db.pool.waiting:
                ledger.wrong.append(f"the pool of {backend} is not whole: {db.pool}")

    anyio.run(main, backend=backend)


def interrupt(threads: list[threading.Thread], dice: random.Random) -> None:
    """An exception in one of the threads, at whatever instruction it is."""
    victim = dice.choice(threads)
    if victim.is_alive() and victim.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(victim.ident), ctypes.py_object(Struck))


def restart(observer: Database, ledger: Ledger, dice: random.Random) -> None:
    """Kill a backend as the kernel would: the server ends all of them, recovers and begins again."""
    match observer.all(VICTIMS):
        case Success([_, *_] as pids):
            with suppress(ProcessLookupError):
                os.kill(dice.choice(pids), signal.SIGKILL)
                ledger.counts["restarts"] += 1
        case _:
            pass


def recovered(observer: Database) -> bool:
    """Whether the server answers, within half a minute."""
    patience = time.monotonic() + 30
    while isinstance(observer.ping(), Failure):
        if time.monotonic() > patience:
            return False
        time.sleep(0.1)
    return True


def run(seconds: float, seed: int, folder: Path) -> Report:
    """The campaign, on a server of its own. Restarts need it to themselves."""
    dice = random.Random(seed)
    ledger = Ledger()
    for backend in ("asyncio", "trio"):
        anyio.run(anyio.lowlevel.checkpoint, backend=backend)  # loaded, before imports are interrupted: see `load`
    with embedded(folder / "postgres") as server, connect(server.url, timeout=20) as observer:
        qb.unwrap(observer.run(qb.create_all(qb.schema(Pair))))
        proxy = Proxy(next(str(each) for each in server.directory.rglob(".s.PGSQL.*") if each.suffix != ".lock"), seed)
        straight = f"{server.url}&application_name=victim"
        cut = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres?application_name=victim"
        end = time.monotonic() + seconds
        with connect(straight, max_size=3, timeout=5) as plain, connect(cut, max_size=3, timeout=5) as torn:
            struck = [
                threading.Thread(target=thread, args=(db, ledger, seed + number, end))
                for number, db in enumerate([plain, torn] * 4)
            ]
            loops = [
                threading.Thread(target=world, args=(backend, url, ledger, seed + 100 * number, end))
                for number, (backend, url) in enumerate((b, u) for b in ("asyncio", "trio") for u in (straight, cut))
            ]
            for each in struck + loops:
                each.start()
            again = time.monotonic() + RESTART
            while time.monotonic() < end - 0.5:
                if time.monotonic() > again:
                    restart(observer, ledger, dice)
                    again += RESTART
                time.sleep(dice.random() * 0.02)
                interrupt(struck, dice)
                ledger.counts["interrupts"] += 1
                if (which := dice.random()) < 0.1:
                    kind = "terminate" if which < 0.03 else "cancel"
                    with suppress(DbError):
                        qb.unwrap(observer.scalar(qb.sql(KILL.format(kind)).rows(int)))
                        ledger.counts[kind] += 1
            for each in struck + loops:
                each.join(60)
                if each.is_alive():
                    ledger.wrong.append("a worker hangs")
            gc.collect()
            for db in (plain, torn):
                if db.pool.in_use or db.pool.waiting:
                    ledger.wrong.append(f"a pool is not whole: {db.pool}")
        if not recovered(observer):
            ledger.wrong.append("the server does not come back")
        ledger.counts["cuts"] = proxy.cuts
        proxy.close()
        rows = qb.unwrap(observer.all(TABLE))
        wrong = ledger.audit(rows)
        for query, what in ((LEFT, "sessions are left inside a transaction"), (ADVISORY, "advisory locks are left")):
            if count := qb.unwrap(observer.scalar(query)):
                wrong.append(f"{count} {what}")
        if not tampered_is_caught(ledger, rows):
            wrong.append("the audit does not see what is tampered with")
        ledger.counts["pairs"] = len(rows) // 2
    return Report(wrong, ledger.counts)


def tampered_is_caught(ledger: Ledger, rows: list[tuple[int, int]]) -> bool:
    """Whether the audit notices a lost pair, half a pair, a doubled row, a foreign row, a swapped answer."""
    done = [number for number, each in ledger.written.items() if each is Said.DONE]
    if not done:
        return False
    first = done[0]
    lies = [
        [row for row in rows if row[1] != first],
        [row for row in rows if row != (first, first)],
        [*rows, (first, first)],
        [*rows, (-1, -1)],
    ]
    swapped = Ledger()
    swapped.answered(1, [2])
    return all(len(ledger.audit(lie)) > len(ledger.audit(rows)) for lie in lies) and bool(swapped.audit([]))
