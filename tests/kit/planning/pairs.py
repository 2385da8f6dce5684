"""Random databases changed step by step with rows in them: each step is planned, run up, and run down again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hypothesis import assume, note

from qb import Script, Tx, create_all, trusted
from qb.kit import Catalog, Identity, diff, introspect
from qb.kit.diffs.renames import renames_of
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving.fitting import fill_and_fit
from qb.kit.proving.kept_rows import kept_tables, sums
from qb.typing import Schema
from tests.kit.planning.edits import Draw, edited
from tests.kit.planning.wholes import run, writable

Rows = Mapping[Identity, tuple[int, str]]
_CONCURRENTLY: Final = re.compile(r" CONCURRENTLY(?= )")


def check_pairs(tx: Tx, wanted: Schema, ours: Ours, draw: Draw, count: int) -> None:
    """So many pairs of databases, the second of each the first of the next one, beginning with a schema's."""
    tx.run(create_all(wanted)).unwrap()
    before = introspect(tx).unwrap()
    assume(writable(before))
    for place in range(count):
        with tx.transaction(rollback=True) as inner:
            after, done = edited(inner, draw, before)
        note(f"EDITS {place}\n" + ";\n".join(done))
        before = check_pair(tx, before, after, ours, plain=place % 2 == 0)


def check_pair(tx: Tx, before: Catalog, after: Catalog, ours: Ours, *, plain: bool) -> Catalog:
    """The up gives the second catalog and the down the first, and rows that are in both stay what they are.

    Goes on with the second, which is given back.
    """
    made = plan(before, after, ours=ours, plain=plain)
    note("UP\n" + ";\n".join(each.sql for each in made.up))
    note("DOWN\n" + ";\n".join(each.sql for each in made.down))
    assert plan(after, after, ours=ours).empty
    assert made.empty == (fingerprint(before, ours) == fingerprint(after, ours))
    if made.empty:
        return before
    sides = Sides(before, after, ours, renames_of({}, before, after))
    closure = Closure(sides)
    kept = kept_tables(sides, closure)
    with tx.transaction(rollback=True) as inner:
        fill_and_fit(inner, sides, closure, made)
        inner.run(
            Script(trusted("SET LOCAL session_replication_role = origin"), "SET CONSTRAINTS ALL IMMEDIATE")
        ).unwrap()
        rows = sums(inner, kept, after=False)
        found = _at(inner, made.up, after, ours)
        _same(rows, sums(inner, kept, after=True))
        _at(inner, made.down, before, ours)
        _same(rows, sums(inner, kept, after=False))
    run(tx, _in_one(made.up))
    return found


def _same(before: Rows, after: Rows) -> None:
    lost = [f"{each}: {said} -> {after[each]}" for each, said in before.items() if after[each] != said]
    assert not lost, "\n".join(lost)


def _at(tx: Tx, steps: Sequence[PlanStep], wanted: Catalog, ours: Ours) -> Catalog:
    run(tx, _in_one(steps))
    found = introspect(tx).unwrap()
    assert fingerprint(found, ours) == fingerprint(wanted, ours), _told(found, wanted, ours)
    return found


def _told(found: Catalog, wanted: Catalog, ours: Ours) -> str:
    changes = diff(found, wanted, ours=ours).changes
    return "\n".join(f"{each.how} {each.identity} {each.fields}" for each in changes)


def _in_one(steps: Sequence[PlanStep]) -> Iterable[PlanStep]:
    """As they are run in one transaction."""
    for each in steps:
        head, _, rest = each.sql.partition('"')
        yield PlanStep(each.identity, each.verb, _CONCURRENTLY.sub("", head) + (f'"{rest}' if rest else ""))
