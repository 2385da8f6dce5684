"""`round_trip`: one migration of a history, up, down and up again, with rows: for tests of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.diffs.renames import renames_of
from qb.kit.errors import KitError
from qb.kit.generating.questions import hinted_renames
from qb.kit.history.history import History, history_of
from qb.kit.history.losses import same_loss
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.fingerprint import only_ours
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving.errors import NotProved
from qb.kit.proving.fitting import fill_and_fit
from qb.kit.proving.kept_rows import KeptTable, kept_tables, sums
from qb.kit.reader import introspect
from qb.kit.running.migrating import migrate
from qb.kit.running.rolling_back import rollback
from qb.kit.running.rules import MigrationRules, needed
from qb.model.object import Identity
from qb.run.database.database import Database

_Way: TypeAlias = Literal["up", "down", "up again"]
_Sums: TypeAlias = Mapping[Identity, tuple[int, str]]
_CHANGES: Final = ("update:", "delete:", "truncate:")


class RoundTrip(msgspec.Struct, frozen=True):
    """What was seen of a migration that goes up, down and up again."""

    id: str
    rows: int
    """How many rows were the same after the up and after the down."""
    empty: tuple[str, ...]
    """The tables that no row could be made for: nothing is known of theirs."""
    since: str | None = None
    """What it began behind, where that is not the migration before."""


RoundTripping: TypeAlias = Success[RoundTrip] | Failure[KitError | DbError, RoundTrip]
"""What comes back: what was seen, or what is not as it should be."""


def round_trip(
    db: Database,
    history: History,
    id: str,
    *,
    since: str | None = None,
    journal: str = "qb",
    ours: Ours = Ours(),
) -> RoundTripping:
    """Run a migration up, down and up again on an empty database, whoever wrote it, as `migrate` and `rollback` do.

    All that it follows is run first. The down gives back the catalog that was there, and the second up what the first
    one gave; rows are made for all tables, and those of tables that the migration does not say it changes (UPDATE,
    DELETE, TRUNCATE, steps in Python) are the same after each way. What it loses need not be allowed. With `since` the
    rows are made behind that migration, and all that comes behind it is run as one change: what becomes of a database
    of an older release.
    Errors: `NotProved` with the way, the object and both facts, `NoDown`, and those of `migrate`. DefinitionError,
    raised, where `since` is not among what it follows.

    >>> from qb.kit import round_trip
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> good = Migration(id="0001_a", up="CREATE TABLE a (x int);", down="DROP TABLE a;")
    >>> bad = Migration(id="0002_b", parents=("0001_a",), up="ALTER TABLE a ADD y int;", down="SELECT 1;")
    >>> history = history_of([good, bad]).unwrap()
    >>> round_trip(db, history, "0002_b")
    <Failure: the down: column public.a.y: it is there, and should not be>
    """
    try:
        return Success(_Trip(db, history, id, since, journal, ours).run())
    except (KitError, DbError) as error:
        return Failure(error)


class _Trip:
    def __init__(self, db: Database, history: History, id: str, since: str | None, journal: str, ours: Ours) -> None:
        self.db, self.journal, self.ours = db, journal, ours
        self.id: Final = unwrap(history.find(id)).id
        through = history.up_to(self.id)
        self.since: Final = None if since is None else unwrap(history.find(since)).id
        behind = [each for each in through if each.id != self.id]
        if self.since is not None:
            if self.since not in (each.id for each in behind):
                raise DefinitionError(f"{self.id} does not come behind {self.since}: name one that it follows")
            behind = list(history.up_to(self.since))
        self.before: Final = unwrap(history_of(behind))
        self.through: Final = unwrap(history_of(through))
        self.run_together: Final = tuple(each for each in through if each.id not in self.before.ids)
        lost = [each.name for one in through for down in (False, True) for each in needed(one, down=down)]
        self.rules: Final = MigrationRules(allow=tuple(dict.fromkeys(lost)), contracts=history.ids)

    def run(self) -> RoundTrip:
        unwrap(migrate(self.db, self.before, journal=self.journal, rules=self.rules))
        before = self.look()
        self.up()
        after = self.look()
        sides = Sides(before, after, self.ours, renames_of(self.renamed(before, after), before, after))
        closure = Closure(sides)
        kept = self.unchanged(kept_tables(sides, closure))
        told = sums(self.db, kept, after=True)
        self.down()
        self.compare("down", before)
        # What the up writes itself into tables that were there is no row that was there.
        empty = sums(self.db, kept, after=False)
        kept = tuple(each for each in kept if told[each.before] == empty[each.before])
        filled = fill_and_fit(self.db, sides, closure, self.planned(before, after))
        first = sums(self.db, kept, after=False)
        self.up()
        self.compare("up again", after)
        self.same_rows("up", first, sums(self.db, kept, after=True))
        self.down()
        self.compare("down", before)
        self.same_rows("down", first, sums(self.db, kept, after=False))
        self.up()
        self.compare("up again", after)
        rows = sum(count for count, _ in first.values())
        return RoundTrip(self.id, rows, (*filled.empty, *filled.unfit), self.since)

    def up(self) -> None:
        unwrap(migrate(self.db, self.through, journal=self.journal, rules=self.rules))

    def down(self) -> None:
        count = len(self.run_together)
        unwrap(rollback(self.db, self.through, count, journal=self.journal, rules=self.rules))

    def look(self) -> Catalog:
        return only_ours(unwrap(introspect(self.db)), self.ours, journal=self.journal)

    def planned(self, before: Catalog, after: Catalog) -> MigrationPlan:
        """What a plan would do: of columns that ask for a value it knows which."""
        try:
            return plan(before, after, ours=self.ours, renamed=self.renamed(before, after))
        except DefinitionError:
            return MigrationPlan()

    def renamed(self, before: Catalog, after: Catalog) -> Mapping[str, str]:
        try:
            said = (each for one in self.run_together for each in one.renames)
            return hinted_renames((f"rename:{each}" for each in said), before, after)
        except (KitError, DefinitionError):
            return {}  # of what was edited since: what is called otherwise is another one then

    def unchanged(self, kept: tuple[KeptTable, ...]) -> tuple[KeptTable, ...]:
        """The tables whose rows the migrations do not say they change."""
        if any(each.data_steps is not None for each in self.run_together):
            return ()
        changed: set[str] = set()
        for each in (loss for one in self.run_together for down in (False, True) for loss in needed(one, down=down)):
            kind, _, name = same_loss(each.name).partition(":")
            if f"{kind}:" in _CHANGES:
                changed.add(name)
        return tuple(
            each
            for each in kept
            if not changed.intersection(
                title.removeprefix("public.") for title in (each.before.title, each.after.title)
            )
        )

    def compare(self, way: _Way, wanted: Catalog) -> None:
        for change in diff(self.look(), wanted, ours=self.ours).changes:
            fields = "; ".join(f"{each.name} is {each.before!r}, not {each.after!r}" for each in change.fields)
            how = {"missing": "it is there, and should not be", "added": "it is not there"}.get(change.how, fields)
            raise NotProved(way, str(change.identity), "", how)

    def same_rows(self, way: _Way, one: _Sums, other: _Sums) -> None:
        for table, (count, total) in one.items():
            now = other[table]
            if now != (count, total):
                changed = f"{count} rows became {now[0]}"
                same = f"its {count} rows are not what they were"
                raise NotProved(way, str(table), "", changed if count != now[0] else same)
