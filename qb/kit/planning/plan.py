"""`plan`: from one catalog to another and back, as statements in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.diffs.renames import Renames, renames_of
from qb.kit.facts.grant import DefaultPrivilegesFact
from qb.kit.ours.value import Ours
from qb.kit.planning.action import PlanAction
from qb.kit.planning.attached_partitions import AttachedPartitions
from qb.kit.planning.changing import Changing
from qb.kit.planning.closure import Closure
from qb.kit.planning.fills import ColumnFills
from qb.kit.planning.gentle import Gentle
from qb.kit.planning.given import GivenByDefault
from qb.kit.planning.label_changes import SaidLabels, label_change
from qb.kit.planning.long_holds import LongHolds
from qb.kit.planning.making import Makes
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.moving import Moving
from qb.kit.planning.offending import Offending
from qb.kit.planning.order import ordered_actions
from qb.kit.planning.rebuilt import published_again, with_what_is_kept
from qb.kit.planning.remembered import Remembered
from qb.kit.planning.renaming import renames
from qb.kit.planning.sides import Sides
from qb.kit.planning.taking import Taking
from qb.model.object import Identity

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})
_NO_FILLS: Final[Mapping[Identity, str]] = MappingProxyType({})
_NO_LABELS: Final[SaidLabels] = MappingProxyType({})


def plan(
    before: Catalog,
    after: Catalog,
    *,
    ours: Ours = Ours(),
    renamed: Mapping[str, str] = _NO_HINTS,
    fills: Mapping[Identity, str] = _NO_FILLS,
    labels: SaidLabels = _NO_LABELS,
    plain: bool = False,
    elsewhere: bool = False,
) -> MigrationPlan:
    """The statements that make of one database another one, in order; and those that make of that the first again.

    Tables that are there are changed so that those who read and write them wait as little as can be: what is said of
    rows is checked in a transaction of its own (`commits`), indexes are built while others write. `plain` does all of
    it in one transaction, for what is small or new. What is not `ours` stays as it is. `renamed` are hints, as those of
    `diff`: without one what has another name goes and comes. `fills` are values, as SQL, that rows which are there get
    in a column that is new, or may hold no NULL any more. On the way back a column that has to have a value, and of
    which nothing is said, gets what stands for nothing of its type. `labels` are those of enums that are renamed, or
    that others take the place of in rows. With `elsewhere` it is run in databases that are like the first catalog, and
    have owners, grants and publications of their own: what is dropped and made again keeps those. Errors:
    DefinitionError for a hint that names nothing, and for what no statement changes.

    >>> from qb.kit import introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours SET DEFAULT 3")).unwrap()
    ...     found = plan(before, introspect(tx).unwrap())
    1
    >>> [each.sql for each in found.up]
    ['ALTER TABLE "public"."tasks" ALTER COLUMN "hours" SET DEFAULT 3']
    """
    change = label_change(labels, before)
    before = change.after_renames(before)
    hints = renames_of(renamed, before, after)
    back = {str(other): str(one) for one, other in hints.known.items()}
    return MigrationPlan(
        (*change.steps(), *steps(before, after, ours, hints, fills, change.mapped, plain=plain, elsewhere=elsewhere)),
        (
            *steps(
                after, before, ours, renames_of(back, after, before), fills, plain=plain, back=True, elsewhere=elsewhere
            ),
            *change.steps(back=True),
        ),
    )


def made_from_nothing(empty: Catalog, after: Catalog, ours: Ours) -> tuple[str, ...]:
    """The statements that make all of a catalog, where there is nothing but what every database has."""
    return tuple(each.sql for each in steps(empty, after, ours, renames_of({}, empty, after), plain=True))


def steps(
    before: Catalog,
    after: Catalog,
    ours: Ours,
    hints: Renames,
    fills: Mapping[Identity, str] = _NO_FILLS,
    labels: SaidLabels = _NO_LABELS,
    *,
    plain: bool,
    back: bool = False,
    elsewhere: bool = False,
) -> tuple[PlanStep, ...]:
    """One way of a plan."""
    sides = Sides(before, after, ours, hints, back=back)
    closure = Closure(sides)
    whole, kept = with_what_is_kept(sides, closure)
    if whole is not after:
        sides = Sides(before, whole, ours, hints, back=back)
        closure = Closure(sides)
    filled = ColumnFills(sides.after, fills, back=back)
    making = Makes(sides.after, GivenByDefault(_standing(sides), sides.after), filled, sides.before)
    made = frozenset(closure.made) | kept
    schemas = [each for each in made if each.kind == "schema"]
    first = list(making.actions(schemas)) if sides.renamed else []
    named = [PlanAction("rename", identity, lines) for identity, lines in renames(sides)]
    actions = [
        *Taking(sides, closure.apart).actions(closure.gone),
        *Changing(sides, closure, making, labels).actions(),
        *making.actions(made.difference(schemas) if sides.renamed else made),
        *published_again(sides, closure),
    ]
    actions = list(Moving(sides, closure, filled).actions(actions))
    holds = LongHolds(sides, closure)
    if not plain:
        gently = AttachedPartitions(sides).actions(Gentle(sides, closure).actions(actions))
        actions = list(holds.marked(gently))
    actions = list(Offending(sides, closure, actions).marked())
    if elsewhere:
        actions = list(Remembered(sides, closure).actions(actions))
    ordered = ordered_actions(actions)
    found = [*ordered_actions(first), *named, *(ordered if plain else holds.committed(ordered))]
    behind = [False, *(each.alone for each in found)]
    return tuple(
        PlanStep(
            each.identity,
            each.verb,
            line,
            each.loses,
            not place and (each.commits or each.alone or apart),
            each.says,
            each.asks,
            each.holds,
            "" if place else each.offends,
        )
        for each, apart in zip(found, behind, strict=False)
        for place, line in enumerate(each.statements)
    )


def _standing(sides: Sides) -> Iterator[tuple[Identity, DefaultPrivilegesFact]]:
    """Default privileges that are there before and after: changed they are last of all."""
    for was, now in sides.now.items():
        fact = sides.before.get(was)
        if isinstance(fact, DefaultPrivilegesFact):
            yield Identity(now.kind, now.schema, "", now.name), fact
