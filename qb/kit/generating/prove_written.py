"""`prove_written`: migrations that somebody wrote, or edited, proved as they are; their JSON says so afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError
from qb.kit.generating.head_file import head_file
from qb.kit.generating.questions import HintWithoutMatch, hinted_renames
from qb.kit.generating.replay import replayed
from qb.kit.generating.step_records import step_records
from qb.kit.history.file_change import change_files
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration, Proof
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.history.segments import segments
from qb.kit.history.shown_catalog import is_shown
from qb.kit.history.updating import update_record
from qb.kit.ours.value import Ours, ours_of
from qb.kit.planning.fingerprint import JOURNAL, fingerprint
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.prove import ProvedPlan
from qb.kit.proving.prove_migration import prove_migration, written_steps
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.target import NEWEST


class ProvedFile(msgspec.Struct, frozen=True):
    """A migration that does what it says."""

    id: str
    down: bool
    """Whether its way back was proved, too: there may be none."""
    rows: int
    """How many rows were the same afterwards."""
    unfilled: tuple[str, ...]
    """Tables that no row could be made for."""
    data_steps: bool
    """Whether it has steps in Python, which were not run."""
    unfit: tuple[str, ...] = ()
    """Tables that the change takes no made row of."""


ProvingFiles: TypeAlias = (
    Success[tuple[ProvedFile, ...]] | Failure[DbError | KitError | DefinitionError, tuple[ProvedFile, ...]]
)


def prove_written(
    wanted: Schema | None,
    folder: Path | str,
    name: str | None = None,
    *,
    layout: HistoryLayout = "folder",
    within: Filter = Filter(),
    journal: str = JOURNAL,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
) -> ProvingFiles:
    """Prove the migration of that name, or without one all that are not proved as they are, in their order.

    Each runs as `migrate` runs it on a database of what it follows, filled with rows: see `prove_migration`. `wanted`
    says what is ours; None where no schema is declared: all that `within` covers. Its JSON then has the fingerprints
    before and after, and what each statement was seen to do; `catalog.sql` is written anew where it is not of this
    history. Errors: `NotProved` of the first
    that is not, those of `canonical` and of a history.
    """
    read = read_history(folder, layout)
    if isinstance(read, Failure):
        return Failure(read.failure())
    history = read.unwrap()
    chosen: tuple[Migration, ...] = tuple(each for each in history if not each.is_proved)
    if name is not None:
        one = history.find(name)
        if isinstance(one, Failure):
            return Failure(one.failure())
        chosen = (one.unwrap(),)
    if not chosen and is_shown(history) is not False:
        return Success(())
    target = major or NEWEST
    made = Success(Catalog({}, {})) if wanted is None else canonical(wanted, major=target, shadow=shadow, cache=cache)
    if isinstance(made, Failure):
        return Failure(made.failure())
    ours = ours_of(wanted, within=within)
    prover = WrittenProver(history, made.unwrap(), ours, target, journal, shadow, cache)
    found: list[ProvedFile] = []
    for each in chosen:
        try:
            proved, seen = prover.one(each)
        except (DbError, KitError, DefinitionError) as error:
            return Failure(error)
        written = update_record(folder, proved, layout)
        if isinstance(written, Failure):
            return Failure(written.failure())
        steps = each.data_steps is not None
        found.append(ProvedFile(each.id, each.down is not None, seen.rows, seen.empty, steps, seen.unfit))
    if is_shown(history) is True or len(history.heads) > 1:
        return Success(tuple(found))
    try:
        shown = head_file(history, prover.after(*history.heads), ours)
    except (DbError, KitError) as error:
        return Failure(error)
    return change_files(folder, shown, command="qb prove").map(lambda _: tuple(found))


class WrittenProver:
    """Proves migrations of a history, be they in files or not. What is wrong is raised."""

    def __init__(
        self,
        history: History,
        wanted: Catalog,
        ours: Ours,
        major: int,
        journal: str,
        shadow: str | None,
        cache: Path | str | None,
    ) -> None:
        self.history: Final[History] = history
        self.wanted: Final[Catalog] = wanted
        self.ours: Final[Ours] = ours
        self.major: Final[int] = major
        self.journal: Final[str] = journal
        self.shadow: Final[str | None] = shadow
        self.cache: Final[Path | str | None] = cache

    def one(self, migration: Migration) -> tuple[Migration, ProvedPlan]:
        """What is known of it now, and what was seen."""
        before = self.after(*migration.parents)
        after = self.after(migration.id)
        renamed = said_renames(migration, before, after)
        proof = prove_migration(
            before, after, migration, ours=self.ours, renamed=renamed, shadow=self.shadow, cache=self.cache
        )
        if isinstance(proof, Failure):
            raise proof.failure()
        seen = proof.unwrap()
        up, down = written_steps(migration.up), written_steps(migration.down or "")
        proved = msgspec.structs.replace(
            migration,
            before=fingerprint(before, self.ours, journal=self.journal),
            after=fingerprint(after, self.ours, journal=self.journal),
            between=seen.between if _cut_alike(migration, up) else {},
            ours=self.ours.record,
            major=after.version // 10_000,
            up_steps=step_records(up, seen.up),
            down_steps=step_records(down, seen.down),
            proved=Proof(up=True, down=migration.down is not None, rows=seen.rows),
        )
        return proved, seen

    def after(self, *ids: str) -> Catalog:
        """The catalog once some migrations have run, and all that they follow."""
        kept = self.history.ancestors(*ids) | set(ids)
        part = history_of([each for each in self.history if each.id in kept])
        if isinstance(part, Failure):
            raise part.failure()
        found = replayed(part.unwrap(), self.wanted, self.ours, major=self.major, shadow=self.shadow, cache=self.cache)
        if isinstance(found, Failure):
            raise found.failure()
        return found.unwrap()


def _cut_alike(migration: Migration, up: tuple[PlanStep, ...]) -> bool:
    """Whether what was proved has the segments of the file, by whose numbers it is said what is there behind them."""
    cut = segments(migration.up), segments(plan_sql(up))
    one, other = ([[one.text for one in each.statements] for each in found] for found in cut)
    return one == other


def said_renames(migration: Migration, before: Catalog, after: Catalog) -> dict[str, str]:
    """What it is said to rename, as far as that is so."""
    found: dict[str, str] = {}
    for each in migration.renames:
        new = each.rpartition("=")[2]
        try:
            said = hinted_renames([f"rename:{each}"], before, after)
        except HintWithoutMatch:
            continue  # which somebody has edited away
        if not any(new == one.title.removeprefix("public.") for one in before):  # beside which it was made
            found |= said
    return found
