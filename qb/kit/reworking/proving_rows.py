"""What is written of migrations that are there already, proved with rows as what is planned anew."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from qb.errors.outcome import Failure, ignore, unwrap
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError
from qb.kit.generating.prove_written import said_renames
from qb.kit.generating.step_records import step_records
from qb.kit.history.migration import Migration, Proof, StepRecord
from qb.kit.proving.prove_migration import prove_migration, written_steps
from qb.kit.reworking.replays import Replays


def with_proof(made: Migration, before: Catalog, after: Catalog, replays: Replays) -> tuple[Migration, str]:
    """A migration with what was seen of it on a database that is filled with rows; or as it is and not proved, with
    the reason why. Raises the errors of the world."""
    outcome = prove_migration(
        before,
        after,
        made,
        ours=replays.ours,
        renamed=said_renames(made, before, after),
        shadow=replays.shadow,
        cache=replays.cache,
    )
    if isinstance(outcome, Failure) and isinstance(error := outcome.failure(), KitError):
        ignore(outcome)
        return replace(made, proved=None), str(error).partition("\n")[0]
    seen = unwrap(outcome)
    down = made.down is not None
    return replace(
        made,
        up_steps=_kept(step_records(written_steps(made.up), seen.up), made.up_steps),
        down_steps=_kept(step_records(written_steps(made.down or ""), seen.down), made.down_steps),
        proved=Proof(up=True, down=down, rows=seen.rows),
    ), ""


def _kept(seen: Sequence[StepRecord], known: Sequence[StepRecord]) -> tuple[StepRecord, ...]:
    """What was seen now, beside what is known of the same statements: what they lose, and what they do not."""
    same = [each.sql_sha for each in seen] == [each.sql_sha for each in known]
    pairs = zip(seen, known if same else seen, strict=True)
    return tuple(
        replace(other, lock=one.lock, locks=one.locks, rewrites=one.rewrites, scans=one.scans) for one, other in pairs
    )
