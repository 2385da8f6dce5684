"""Moving from one storage to another while programs run. `import qb` loads none of it.

- `compare_runs`: the primary answers, a candidate runs in its shadow; differences and latencies go to a sink.
- `route` and `Rollout`: which of two functions serves a call: by the call, by organization, by percentage.
- `mirror`, `deliver`, `once`: the storage that no longer answers is kept current: writes are queued in the primary's
  transaction and replayed in order.

>>> from qb.moving import Rollout, route
>>> tickets = Rollout("tickets", percentage=25)
>>> greeting = route(lambda name: tickets.takes(name), "old {}".format, "new {}".format)
>>> greeting("ada"), greeting("bob")
('old ada', 'old bob')
"""

from qb.moving.answers import AnswerDifference, answer_differences
from qb.moving.async_comparing import compare_runs_async
from qb.moving.async_delivery import deliver_async, once_async
from qb.moving.async_shadow import AsyncShadow
from qb.moving.comparing import compare_runs
from qb.moving.delivery import deliver, once
from qb.moving.mirrors import Backlog, Delivery, Mirror, QueuedWrite, mirror
from qb.moving.outbox import Ledger, MirrorName, Outbox, WriteLine, WriteNumber
from qb.moving.report import Ended, Ran, RunReport, RunTotals, run_totals
from qb.moving.rollout import Rollout, route
from qb.moving.shadow import Shadow, ShadowReport

__all__ = [
    "answer_differences",
    "AnswerDifference",
    "AsyncShadow",
    "Backlog",
    "compare_runs",
    "compare_runs_async",
    "deliver",
    "deliver_async",
    "Delivery",
    "Ended",
    "Ledger",
    "Mirror",
    "mirror",
    "MirrorName",
    "once",
    "once_async",
    "Outbox",
    "QueuedWrite",
    "Ran",
    "Rollout",
    "route",
    "run_totals",
    "RunReport",
    "RunTotals",
    "Shadow",
    "ShadowReport",
    "WriteLine",
    "WriteNumber",
]
