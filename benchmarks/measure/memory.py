"""The peak memory of a peer's process over what it had before the work, in a process that has done nothing else."""

from random import Random

from benchmarks.data.database import Database
from benchmarks.measure.processes import forget_peak, peak, resident
from benchmarks.measure.raw import Raw
from benchmarks.measure.seat import Seat
from benchmarks.peers.peer import Method
from benchmarks.suites.case import Case


def remember(seat: Seat, case: Case, database: Database) -> Raw:
    """Good to about a quarter of a megabyte: Linux counts resident pages in batches per core."""
    if Method.SINGLE_FETCH in seat.opened.methods:
        seat.turn(Method.SINGLE_FETCH, [1])  # whatever is loaded and cached on first use is not the work's
    arguments = case.arguments(Random(0), 1)
    if case.ready is not None:
        case.ready(database, arguments[0])
    before = resident(seat.pid)
    forget_peak(seat.pid)
    took = seat.turn(case.method_name, arguments)
    highest = peak(seat.pid)
    if case.clean is not None:
        case.clean(database)
    return Raw(seat.name, seat.role, [max(highest - before, 0)], cpu=[took.cpu], resident=highest, seconds=took.wall)
