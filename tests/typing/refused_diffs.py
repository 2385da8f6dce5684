"""What differs: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

from qb import AsyncDb, Db
from qb.kit import Catalog, Diff, diff, diff_sources, diff_text, drift, drift_async, ours_of
from tests.typing.accepted_diffs import ROOMS, Room


def refused(db: Db, other: AsyncDb, one: Catalog, found: Diff) -> None:
    drift(other, ROOMS)                                                                 # error: an AsyncDb
    drift_async(db, ROOMS)                                                              # error: not for coroutines
    drift(db, Room)                                                                     # error: a table is no schema
    drift(db, ROOMS, within=["app"])                                                    # error: no filter
    drift(db, ROOMS, renamed=["a=b"])                                                   # error: a mapping
    drift(ROOMS, db)                                                                    # error: the other way round
    diff(one, db)                                                                       # error: two catalogs
    diff(one, one, ours=ROOMS)                                                          # error: ours_of(schema)
    diff_sources("schema.sql", db)                                                      # error: source_of says what it is
    ours_of(ROOMS, ["app"])                                                             # error: by its name
    diff_text(found, "a")                                                               # error: two sides
    found.changes = ()                                                                  # error: frozen
    found.changes[0].how == "gone"                                                      # error: no such word
