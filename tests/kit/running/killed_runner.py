"""A process that makes runners, which kill themselves: `python -m tests.kit.running.killed_runner`.

Each line that it reads is one: plan, way, the number of the statement, the address. A statement is sent, and then the
runner is gone: the server may well do it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from qb import connect
from qb.run.database.own_session import OwnSession
from tests.kit.running.killing import WAYS, Talk, statements_of
from tests.kit.running.killing_plans import FIFTY


def dying(url: str, plan: str, way: str, at: int) -> NoReturn:
    """Run a plan, and be killed."""
    history = FIFTY[plan]
    among = frozenset(statements_of(history, way))
    talk: Talk = OwnSession._talk  # pyright: ignore[reportPrivateUsage]
    count = 0

    def killing(session: OwnSession, text: str, values: Sequence[str | None]) -> Any:
        nonlocal count
        count += text in among
        if text in among and count == at:
            connection = session._link.pgconn  # pyright: ignore[reportPrivateUsage]
            connection.send_query_params(text.encode(), None)
            while connection.flush():
                pass
            os.kill(os.getpid(), signal.SIGKILL)
        return talk(session, text, values)

    OwnSession._talk = killing  # type: ignore[method-assign, assignment] # pyright: ignore[reportPrivateUsage]
    with connect(url, max_size=2) as db:
        outcome = WAYS[way](db, history)
    os._exit(0 if outcome.value_or(None) is not None else 1)


def main() -> None:
    for line in sys.stdin:
        plan, way, at, url = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            dying(url, plan, way, int(at))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
