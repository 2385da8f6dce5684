# Made by tools/sync.py from async_renew.py: change that one, then run `make generate`.
"""A statement that a closed idle link never ran is run on another one, once, without anybody noticing.

While a link idles in the pool, the server may end it (a shutdown, `idle_session_timeout`), or a firewall forget it. The
pool looks before it lends; what happens a moment later is found out by the statement. It runs on a new connection

- where it was never sent: the link broke while settings were made, while the statement was prepared, at BEGIN;
- where the server's last words came in the place of an answer, and say that it had been waiting for a statement;
- where no words came and it only reads, whether it was run or not: to read twice is to read. Not when it is raw SQL
  that calls who knows what, nor when the link ended later than an idle one: the query may be what brought it down.

A backend that an administrator ends says the same whether it was idle or at work. In the middle of a message it is not
known which, and what was ended on purpose is not begun again.

Anything else is ConnectionLost, which says that nobody knows.
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from qb.errors import ConnectionLost
from qb.run.talk.converse import converse, repeatable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qb.run.pool.line import Lease
    from qb.run.session.link import Link
    from qb.run.session.wait import Conversation
    from qb.run.talk.held import Source

T = TypeVar("T")


def anew(source: Source, lease: Lease[Link], talk: Callable[[Link], Conversation[T]]) -> T:
    """Have a conversation on the link of a lease, or on the one that has taken its place."""
    while True:
        try:
            return converse(lease.link, talk(lease.link))
        except ConnectionLost:
            if not renewed(source, lease):
                raise


def renewed(source: Source, lease: Lease[Link]) -> bool:
    """After ConnectionLost: whether there is a new link in the lease, on which the same may be run."""
    if not (source.rested(lease) and repeatable(lease.link)):
        return False
    source.renew(lease)
    return True
