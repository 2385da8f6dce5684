"""How far a standby is behind its primary: a bound in seconds, which two questions keep true.

The primary is asked how far it has written, and what its clock says; a standby how far it has replayed, and when the
last transaction that it has replayed was committed. What it has is therefore as the primary was

- when the primary had not written further than the standby has replayed: so a primary that rests has no standby behind
  (what it has written is not yet flushed where it commits asynchronously);
- when that transaction was committed: so one that is busy has a standby that is so much behind, and not more.

The later of the two counts, and ages with the clock of this process alone. A standby that hears nothing more of its
primary cannot pass for one that has nothing to hear.
https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
"""

from __future__ import annotations

import logging
import math
from collections import deque
from time import monotonic
from typing import Final, NamedTuple, cast

import msgspec

from qb.errors import ConnectionLost, DbError, DefinitionError, InsufficientPrivilege
from qb.run.session.answers import command
from qb.run.session.link import Link
from qb.run.session.wait import Conversation

FOLLOWING_LOGGER: Final = logging.getLogger("qb")
LEFT_OUT: Final = 3.0
"""Seconds for which a replica that cannot be reached, or is none, is not asked again."""
KEPT: Final = 600
"""How many answers of the primary are kept."""

# What is inserted next begins behind the header of its page, and what was replayed ends before that.
_WRITTEN: Final = b"""SELECT CASE WHEN w.place % b.size = CASE WHEN w.place % s.size < b.size THEN 40 ELSE 24 END
    THEN w.place - w.place % b.size ELSE w.place END,
  EXTRACT(epoch FROM pg_catalog.clock_timestamp())
  FROM (SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn AS place) w,
    (SELECT pg_catalog.current_setting('wal_block_size')::pg_catalog.int8 AS size) b,
    (SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')) AS size) s"""
_REPLAYED: Final = b"""SELECT pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_catalog.pg_lsn,
  EXTRACT(epoch FROM pg_catalog.pg_last_xact_replay_timestamp())
  WHERE pg_catalog.pg_is_in_recovery()"""
_CLUSTER: Final = b"SELECT system_identifier FROM pg_catalog.pg_control_system()"


class PrimaryPlace(NamedTuple):
    """What the primary had written when it was asked: by the clock of this process, and by its own."""

    asked: float
    place: int
    clock: float


class ReplicaReport(msgspec.Struct, frozen=True):
    """What is known of a replica at this moment: `db.replica.reports`.

    >>> db.replica.reports
    ()
    """

    address: str
    """Without its secrets."""
    behind: float
    """How many seconds it may be behind the primary, at most: infinity where it was not asked yet, or is none."""
    in_use: int
    """Connections to it that are used by a statement or a stream."""
    idle: int
    """Connections to it that are open and used by nobody."""
    why: str = ""
    """Why it was left out when it was last tried, as it cannot be reached or is none; "" where it answers."""


class Following:
    """What a replica is known to have."""

    __slots__ = ("aside", "asked", "fresh", "kin", "place", "why")

    def __init__(self) -> None:
        self.fresh: float = -math.inf
        """When the primary was as the replica is."""
        self.asked: float = -math.inf
        """When that was last asked."""
        self.aside: float = -math.inf
        """Until when it is left alone."""
        self.kin: bool = False
        """Whether it is known to be of the primary's cluster, as far as either says."""
        self.place: tuple[float, int] = -math.inf, 0
        """When it had answered last, and how far it had replayed."""
        self.why: str = ""
        """Why it is left out."""

    @property
    def behind(self) -> float:
        """The bound, in seconds."""
        return monotonic() - self.fresh

    @property
    def aside_now(self) -> bool:
        """Whether it is left alone."""
        return monotonic() < self.aside

    def asked_now(self) -> None:
        """Others need not ask for a while."""
        self.asked = monotonic()

    def left(self, address: str, why: DbError | None = None) -> None:
        """It cannot be reached, or is no replica: that is logged once, until it answers again."""
        if why is not None:
            if not self.why:
                FOLLOWING_LOGGER.warning(_LEFT, address, _reason(why))
            self.why = _reason(why)
        self.aside = monotonic() + LEFT_OUT
        self.asked = -math.inf
        self.kin, self.place = False, (-math.inf, 0)

    def due(self, max_lag: float) -> bool:
        """Whether it is to be asked: four times as often as it must be, and not for each of a thousand reads."""
        return monotonic() - self.asked >= min(max(max_lag / 4, 0.02), 2.0)

    def heard(self, replayed: tuple[int, float | None], written: deque[PrimaryPlace]) -> None:
        """Note what it answered, in view of what the primary did. ConnectionLost where it follows another one."""
        place, committed = replayed
        last = written[-1]
        answered, before = self.place
        if last.asked > answered and last.place < before:
            raise self._another("it has replayed what the primary has never written")
        self.place = monotonic(), place
        self.why = ""
        fresh = [each.asked for each in written if each.place <= place]
        if committed is not None:
            fresh.append(last.asked - max(0.0, last.clock - committed))
        self.fresh = max(self.fresh, *fresh) if fresh else self.fresh

    def akin(self, primary: bytes | None, own: bytes | None) -> None:
        """Note of which clusters both are. ConnectionLost where those are two."""
        if primary is not None and own is not None and primary != own:
            raise self._another("it is a standby of another cluster")
        self.kin = True

    def _another(self, why: str) -> ConnectionLost:
        self.fresh = -math.inf
        return ConnectionLost(why)


def _reason(error: DbError) -> str:
    return str(getattr(error, "reason", error))


_LEFT: Final = "the replica %s is left out, and the others or the primary answer in its place: %s"


def asked_primary(link: Link) -> Conversation[PrimaryPlace]:
    """Ask the primary. It is a DbError where that is one no more."""
    asked = monotonic()  # before: what it says is at least as new
    result = yield from command(link, _WRITTEN)
    place, clock = result.get_value(0, 0), result.get_value(0, 1)
    return PrimaryPlace(asked, int(place or 0), float(clock or 0))


def asked_cluster(link: Link) -> Conversation[bytes | None]:
    """Which cluster a server is of: a standby has the number of its primary. None where the role may not know."""
    try:
        result = yield from command(link, _CLUSTER)
    except InsufficientPrivilege:
        return None
    return result.get_value(0, 0)


def asked_replica(link: Link) -> Conversation[tuple[int, float | None]]:
    """Ask a replica. ConnectionLost where it is none, or none any more."""
    result = yield from command(link, _REPLAYED)
    if not result.ntuples:
        raise ConnectionLost("it is no standby")
    place, committed = result.get_value(0, 0), result.get_value(0, 1)
    return int(place or 0), None if committed is None else float(committed)


def bounded(max_lag: float) -> float:
    """Seconds of lag, once they are some. DefinitionError otherwise."""
    given = cast("object", max_lag)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 86_400:
        raise DefinitionError(f"max_lag is {max_lag!r}: it counts seconds, from above 0 to 86,400")
    return float(max_lag)
