"""What was seen of statements, as a migration's files keep it: a comment above each, and a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from qb.kit.history.checksum import checksum
from qb.kit.history.doubts import doubts
from qb.kit.history.losses import losses, same_loss
from qb.kit.history.migration import StepRecord
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.proving.measuring import Measured


def step_note(step: PlanStep, measured: Measured) -> str:
    """What is said above a statement."""
    said = [f"locks {table} ({mode})" for table, mode in measured.locks.items()]
    if not measured.transactional:
        said.append("outside of a transaction")
    said += [f"writes {each} anew" for each in measured.rewrites]
    said += [f"reads all of {each}" for each in measured.scans]
    if measured.lasts or not measured.locks:
        said += [f"while {table} is locked ({mode})" for table, mode in measured.waited_for.items()]
    if measured.keeps_waiting:
        said.append("others wait as long as it takes")
    said += [f"loses {each}" for each in step.loses]
    return ", ".join(said)


def step_records(
    steps: Sequence[PlanStep], seen: Sequence[Measured], *, planned: bool = False
) -> tuple[StepRecord, ...]:
    """What is kept of each statement; of one that was planned also what it does not lose, whatever its text says."""
    kept = _kept(steps) if planned else ((),) * len(steps)
    return tuple(
        StepRecord(
            number=number,
            sql_sha=checksum(step.sql),
            lock=measured.lock,
            locks=measured.locks,
            rewrites=measured.rewrites,
            scans=measured.scans,
            loses=step.loses,
            keeps=keeps if keeps or (planned and doubts(step.sql).some) else msgspec.UNSET,
            offends=step.offends or msgspec.UNSET,
            transactional=measured.transactional,
            reversible=not step.loses,
            says=step.says,
        )
        for number, (step, measured, keeps) in enumerate(zip(steps, seen, kept, strict=True), 1)
    )


def _kept(steps: Sequence[PlanStep]) -> Iterator[tuple[str, ...]]:
    """What the text of each might lose and it does not. A text is read whole: names may be others by its end."""
    found = losses("".join(f"{each.sql}\n;\n" for each in steps))
    first = 1
    for step in steps:
        behind = first + step.sql.count("\n") + 2
        known = set(map(same_loss, step.loses))
        said = [each.name for each in found if first <= each.line < behind]
        yield tuple(dict.fromkeys(name for name in said if same_loss(name) not in known))
        first = behind
