"""A plan run in its transactions, as the runner does it or by the runner itself, and the locks that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qb import Database, Script, sql, trusted
from qb.kit import migrate, rollback
from qb.kit.generating.step_records import step_records
from qb.kit.history.migration import StepRecord
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.sides import Sides
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.measuring import Measured
from qb.kit.proving.proof import ProofRun
from qb.kit.proving.proof_place import ProofPlace
from qb.kit.running.rules import MigrationRules
from qb.run.database.db import Tx
from tests.kit.running.histories import in_line, migration

_ALONE: Final = re.compile(
    r'(?:CREATE (?:UNIQUE )?INDEX|DROP INDEX|REINDEX|ALTER TABLE "[^;]* DETACH PARTITION .*) CONCURRENTLY\b'
)
_VALIDATES: Final = re.compile(r'ALTER TABLE (?:ONLY )?"[^;]* VALIDATE CONSTRAINT ')
MODES: Final = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
"""From the weakest to the strongest, as the manual has them."""
_UNSEEN: Final = Measured({}, (), (), True)
_HELD: Final = sql("""
SELECT c.oid::int8, n.nspname || '.' || c.relname, coalesce(array_agg(l.mode) FILTER (WHERE l.mode IS NOT NULL), '{{}}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_locks l ON l.relation = c.oid AND l.pid = pg_backend_pid() AND l.granted
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND c.oid >= 16384 AND n.nspname !~ '^pg_' GROUP BY 1, 2
""").rows(tuple[int, str, list[str]])


def together(steps: Sequence[PlanStep]) -> Iterator[tuple[bool, list[int]]]:
    """What runs in one transaction, by place; and whether it is one."""
    open: list[int] = []
    for place, each in enumerate(steps):
        alone = _ALONE.match(each.sql) is not None
        if open and (each.commits or alone):
            yield True, open
            open = []
        if alone:
            yield False, [place]
        else:
            open.append(place)
    if open:
        yield True, open


def run_measured(db: Database, sides: Sides, made: MigrationPlan) -> tuple[StepRecord, ...]:
    """Run the way up as a proof does it: what is kept of each statement in the migration's files."""
    proof = ProofRun(ProofPlace(db, True, "the tests' server"), sides, made)
    return step_records(made.up, proof.steps("up", made.up), planned=True)


def run_steps(
    db: Database, steps: Sequence[PlanStep], records: Sequence[StepRecord] | None = None, *, gently: bool = False
) -> None:
    """Run them; no lock on a table that was there before is above the one that is recorded. `gently`: what reads all of
    a table has none that keeps writers waiting."""
    names = {oid: name for oid, name, _ in db.raising.all(_HELD)}  # as records have them, whatever is renamed
    for inside, places in together(steps):
        if not inside:
            assert records is None or not records[places[0]].transactional
            db.run(Script(trusted(steps[places[0]].sql))).unwrap()
            continue
        with db.transaction() as tx:
            if records is None:
                tx.raising.run(Script(*map(trusted, [steps[place].sql for place in places])))
            else:
                those = [steps[place] for place in places], [records[place] for place in places]
                _watched(tx, *those, names, gently=gently)


def _watched(
    tx: Tx, steps: Sequence[PlanStep], records: Sequence[StepRecord], names: Mapping[int, str], *, gently: bool
) -> None:
    """All in one transaction: what one of them has locked stays so."""
    declared = dict[int, str]()
    for step, record in zip(steps, records, strict=True):
        assert record.transactional, step.sql
        for oid, name in names.items():
            if (mode := record.locks.get(name)) is not None:
                declared[oid] = max(declared.get(oid, mode), mode, key=MODES.index)
        tx.raising.run(Script(trusted(step.sql)))
        for oid, _, modes in tx.raising.all(_HELD):
            held = max((each for each in modes if each in MODES), key=MODES.index, default=None)
            if held is not None and oid in names:
                name, most = names[oid], declared.get(oid)
                assert most is not None, f"{held} on {name}, and none is declared: {step.sql}"
                assert MODES.index(held) <= MODES.index(most), f"{held} on {name}, and {most} is declared: {step.sql}"
                if gently and _VALIDATES.match(step.sql) and record.locks.get(name) == "ShareUpdateExclusiveLock":
                    assert held == "ShareUpdateExclusiveLock", f"{held} on {name} while it is read: {step.sql}"


class MigratedPair:
    """A plan as a migration that `migrate` runs, with what it is said to lose allowed and no more, and `rollback`."""

    def __init__(self, db: Database, made: MigrationPlan, records: Sequence[StepRecord]) -> None:
        self.db: Final = db
        self.history: Final = in_line(
            migration(
                "0001_pair",
                plan_sql(made.up),
                plan_sql(made.down),
                up_steps=tuple(records),
                down_steps=step_records(made.down, [_UNSEEN] * len(made.down), planned=True),
            )
        )
        self.rules: Final = MigrationRules(allow=made.loses)
        self.back: Final = MigrationRules(allow=tuple(name for each in made.down for name in each.loses))

    def up(self) -> None:
        assert migrate(self.db, self.history, rules=self.rules).unwrap().applied == ("0001_pair",)
        assert migrate(self.db, self.history, rules=self.rules).unwrap().applied == ()

    def down(self) -> None:
        rollback(self.db, self.history, everything=True, rules=self.back).unwrap()

    def forgotten(self) -> None:
        """The journal goes, too."""
        self.db.run(Script("DROP SCHEMA qb CASCADE")).unwrap()
