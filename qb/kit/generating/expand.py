"""A change of what old code reads, as several migrations: each is proved, and then all of them one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from qb.errors.outcome import Failure
from qb.frozen import with_parts
from qb.kit.catalog import Catalog
from qb.kit.diffs.renames import renames_of
from qb.kit.generating.drafting import Draft
from qb.kit.generating.replay import history_with, replayed
from qb.kit.history.history import History
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.expanding.backfills import backfill_steps, whole_backfill
from qb.kit.planning.expanding.column_moves import ColumnMove, column_moves, moves_by_table
from qb.kit.planning.expanding.dual_writes import view_statements
from qb.kit.planning.expanding.later_drops import later_drops
from qb.kit.planning.expanding.moved_keys import moved_keys
from qb.kit.planning.expanding.states import ExpandedStates, expanded, finished
from qb.kit.planning.label_changes import SaidLabels
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving.proof import ProvedPlan
from qb.kit.proving.prove import prove
from qb.model.object import Identity

_EXPAND: Final = "Old code and new code both work from here on: what one writes the other one reads."
_BACKFILL: Final = "Fills the rows that are there, by steps.py: nothing is to be done in SQL."
_NOTHING: Final = "Nothing is to be undone."
_OLD_HOLDS: Final = "The old columns hold what the new ones do."
_SWAP: Final = "The new columns get their names; the old ones are kept the same until they go."
_CONTRACT: Final = "To be run when no old code runs any more."
_BACK: Final = "What the old columns held is made of the new ones again."


class WantedChange(NamedTuple):
    """What is to be done, and what somebody has said of it."""

    before: Catalog
    after: Catalog
    ours: Ours
    renamed: Mapping[str, str]
    fills: Mapping[Identity, str]
    labels: SaidLabels
    plain: bool


class Workshop(NamedTuple):
    """Where statements are tried."""

    history: History
    ours: Ours
    wanted: Catalog
    shadow: str | None
    cache: Path | str | None

    def state(self, texts: Sequence[str]) -> Catalog:
        """The catalog once statements have run behind the history. Raises what the server says."""
        behind = history_with(self.history, texts)
        major = self.wanted.version // 10_000
        outcome = replayed(behind, self.wanted, self.ours, major=major, shadow=self.shadow, cache=self.cache)
        if isinstance(outcome, Failure):
            raise outcome.failure()
        return outcome.unwrap()

    def prove(self, before: Catalog, after: Catalog, made: MigrationPlan, renamed: Mapping[str, str]) -> ProvedPlan:
        """What was seen of a plan. Raises why it is not proved."""
        outcome = prove(before, after, made, ours=self.ours, renamed=renamed, shadow=self.shadow, cache=self.cache)
        if isinstance(outcome, Failure):
            raise outcome.failure()
        return outcome.unwrap()


def expansion(
    change: WantedChange, planned: MigrationPlan, seen: ProvedPlan, name: str, told: tuple[str, ...], workshop: Workshop
) -> tuple[Draft, ...]:
    """The migrations, in their order; none where nothing is changed that old code reads, or nothing but dropped. Raises
    DefinitionError, and what the proofs say."""
    sides = Sides(change.before, change.after, change.ours, renames_of(change.renamed, change.before, change.after))
    rewritten = {
        step.identity
        for step, each in zip(planned.up, seen.up, strict=True)
        if each.rewrites and step.identity.kind == "column"
    }
    closure = Closure(sides)
    moves = column_moves(sides, closure, change.fills, rewritten)
    tables = sides.renamed.items()
    views = tuple((was, now) for was, now in sorted(tables) if was.kind == "table" and was.name != now.name)
    kept = later_drops(sides, closure, {each.before for move in moves for each in move.old})
    if not moves and not views and not kept:
        return ()
    between = ExpandedStates(sides, moves, views, kept, moved_keys(sides, moves))
    return _Expansion(change, between, name, told, workshop).drafts(planned)


class _Expansion:
    def __init__(
        self, change: WantedChange, between: ExpandedStates, name: str, told: tuple[str, ...], workshop: Workshop
    ) -> None:
        self.change = change
        self.between = between
        self.name = name
        self.told = told
        self.workshop = workshop
        self.tables: Mapping[Identity, tuple[ColumnMove, ...]] = moves_by_table(between.moves)

    def drafts(self, planned: MigrationPlan) -> tuple[Draft, ...]:
        change, between = self.change, self.between
        made = self.workshop.state((*_texts(planned.up), *between.making()))
        filled = finished(made, between)
        first = expanded(filled, between)
        moved = {str(each.before) for move in between.moves if move.same for each in move.old}
        renamed = {one: other for one, other in change.renamed.items() if one not in moved}
        new = {each.after for move in between.moves for each in move.new}
        old = {each.before for move in between.moves for each in move.old}
        fills = {each: value for each, value in change.fills.items() if each not in new | old}
        expand = plan(
            change.before,
            first.where(lambda identity, _: not between.is_of_view(identity)),
            ours=change.ours,
            renamed=renamed,
            fills=fills,
            labels=change.labels,
            plain=change.plain,
            elsewhere=True,
        )
        expand = self.with_views(expand)
        finish = plan(first, filled, ours=change.ours, plain=change.plain, elsewhere=True)
        swap, swapped = self.swap(first=filled, texts=(*_texts(expand.up), *_texts(finish.up)))
        back = {
            Identity("column", each.apart.schema, each.apart.table, each.apart.name): value
            for move in between.moves
            for each in move.old
            for name, value in move.back_again()
            if name == each.apart.name
        }
        contract = plan(swapped, change.after, ours=change.ours, fills=back, plain=change.plain, elsewhere=True)
        found = [
            self.draft("expand", expand, change.before, first, renamed, says=_EXPAND, back=_OLD_HOLDS),
            self.backfill(first),
            self.draft("finish", finish, first, filled, {}),
            self.draft("swap", swap, filled, swapped, self.swapped_names(), says=_SWAP),
            self.draft("contract", contract, swapped, change.after, {}, says=_CONTRACT, back=_BACK if back else ""),
        ]
        self.whole(expand, finish, swap, contract)
        kept = [each for each in found if each is not None]
        if len(kept) == 1 and not between.moves and not between.views:
            return ()
        last = with_parts(kept[-1], renames=self.told)
        return (*kept[:-1], with_parts(last, contract=True) if found[-1] is not None and kept[:-1] else last)

    def with_views(self, planned: MigrationPlan) -> MigrationPlan:
        """Tables under their old names: made when those are free, and gone before they are wanted again."""
        up, down = list(planned.up), list(planned.down)
        for was, now in self.between.views:
            at = Identity("view", was.schema, "", was.name)
            up += [PlanStep(at, "create", each) for each in view_statements(was, now, self.between.sides)]
            down.insert(0, PlanStep(at, "end", f"DROP VIEW {dotted(was.schema, was.name)}"))
        return MigrationPlan(tuple(up), tuple(down))

    def draft(
        self,
        what: str,
        planned: MigrationPlan,
        before: Catalog,
        after: Catalog,
        renamed: Mapping[str, str],
        *,
        says: str = "",
        back: str = "",
    ) -> Draft | None:
        """One of the migrations, proved; None where nothing is to be done."""
        if planned.empty:
            return None
        seen = self.workshop.prove(before, after, planned, renamed)
        return Draft(f"{what} {self.name}", planned, seen, before, after, says=says, back=back)

    def backfill(self, state: Catalog) -> Draft | None:
        if not self.tables:
            return None
        text = backfill_steps(self.tables.items(), self.between.sides.before)
        nothing = ProvedPlan((), (), 0, ())
        return Draft(
            f"backfill {self.name}",
            MigrationPlan(),
            nothing,
            state,
            state,
            data_steps=text,
            says=_BACKFILL,
            back=_NOTHING,
        )

    def swap(self, first: Catalog, texts: Sequence[str]) -> tuple[MigrationPlan, Catalog]:
        """New columns and what is on them take the names of the old ones, which make room."""
        up, down = tuple(self.between.swapping()), tuple(self.between.swapping(back=True))
        if not up:
            return MigrationPlan(), first
        at = next(each.after for move in self.between.moves for each in move.new)
        ways = (tuple(PlanStep(at, "rename", each.sql, commits=each.commits) for each in way) for way in (up, down))
        return MigrationPlan(*ways), self.workshop.state((*texts, *(each.sql for each in up)))

    def swapped_names(self) -> Mapping[str, str]:
        return {
            str(Identity(each.kind, each.schema, each.table, each.was)): each.now
            for each in self.between.swaps
            if each.kind == "column"
        }

    def whole(self, expand: MigrationPlan, finish: MigrationPlan, swap: MigrationPlan, contract: MigrationPlan) -> None:
        """All of it with rows, the ones that are filled afterwards among them: what comes out at either end is what
        went in."""
        fill = tuple(PlanStep(table, "alter", whole_backfill(table, moves)) for table, moves in self.tables.items())
        ups = (expand.up, fill, finish.up, swap.up, contract.up)
        downs = (contract.down, swap.down, finish.down, expand.down)
        made = MigrationPlan(tuple(_committed(ups)), tuple(_committed(downs)))
        self.workshop.prove(self.change.before, self.change.after, made, self.change.renamed)


def _committed(parts: Iterable[Sequence[PlanStep]]) -> Iterable[PlanStep]:
    return chain.from_iterable(
        (replace(each, commits=each.commits or not place) for place, each in enumerate(part)) for part in parts
    )


def _texts(steps: Iterable[PlanStep]) -> tuple[str, ...]:
    return tuple(each.sql for each in steps)
