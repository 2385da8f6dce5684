"""Who may change what: a database that is not ours, one that is protected, and rows that would be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from qb.kit.config import Migrator
from qb.kit.history.doubts import clashes, doubts, own_names
from qb.kit.history.history_files import DOWN
from qb.kit.history.losses import losses_of, same_loss
from qb.kit.history.migration import Migration, StepRecord
from qb.kit.history.segments import allowed_in
from qb.kit.history.statement_parts import name_parts, said_name
from qb.kit.running.cutting import cut_migration
from qb.kit.running.errors import ConfirmationNeeded, LossNotNamed, NotOwned, UnprovedMigration
from qb.kit.running.keeping.errors import CannotKeep
from qb.kit.sql_file import FileStatement
from qb.run.database.db import Db

_NOTHING: Final[Mapping[str, int]] = {}


class MigrationRules(msgspec.Struct, frozen=True, kw_only=True):
    """What may be done to a database, and what somebody has said that they mean."""

    database: str = "default"
    """What the config calls it."""
    owned: bool = True
    protected: bool = False
    strict: bool = False
    """Whether changes are confirmed though it is not protected."""
    confirm: str | None = None
    """The name that somebody has said to change a protected one, or a strict one."""
    allow: tuple[str, ...] = ()
    """What may be lost: `drop-column:quotes.total`."""
    unproved: tuple[str, ...] = ()
    """Migrations that a protected one takes without a proof."""
    coexist: tuple[Migrator, ...] = ()
    """Who else may migrate the same database."""
    late: tuple[str, ...] = ()
    """Migrations that are run though they were made without some that are applied."""
    contracts: tuple[str, ...] = ()
    """Contracts that are run: no code is running any more that uses what they take away."""


class _Named(msgspec.Struct, frozen=True):
    name: str
    file: str
    line: int
    recorded: bool
    sql: str
    """The statement."""
    elsewhere: bool
    """Whether its names may mean something else than they do for others."""

    def is_in(self, named: Sequence[str]) -> bool:
        """Whether somebody has named it. A name without its schema is one of `public` only where that is looked at."""
        from qb.kit.running.held_rows import OF_COLUMNS

        kind, _, what = self.name.partition(":")
        if self.elsewhere and len(name_parts(what)) == 1 + (kind in OF_COLUMNS):
            return self.name in named
        return same_loss(self.name) in map(same_loss, named)


def refuse_owner(rules: MigrationRules) -> None:
    """Raise where the database is not ours to change, or nobody has confirmed it."""
    if not rules.owned:
        raise NotOwned(rules.database)
    if (rules.protected or rules.strict) and rules.confirm != rules.database:
        raise ConfirmationNeeded(rules.database, rules.confirm, "protected" if rules.protected else "strict")


def refuse_unproved(
    rules: MigrationRules, chosen: Sequence[Migration], *, down: bool = False, kept: bool = False
) -> None:
    """Raise where a protected database would get what was not proved; `kept`: what the journal alone has."""
    for each in chosen if rules.protected else ():
        if not (each.is_down_proved if down else each.is_proved) and each.id not in rules.unproved:
            file = each.down_file if down else each.file
            raise UnprovedMigration(each.id, file, each.edited, down=down, kept=kept)


def refuse_losses(
    db: Db,
    rules: MigrationRules,
    chosen: Sequence[Migration],
    *,
    down: bool = False,
    keep: bool = False,
    done: Mapping[str, int] = _NOTHING,
    before: Sequence[str] = (),
) -> None:
    """Raise where rows would be lost or changed that nobody has named; with `keep` where they cannot be kept. `done`
    says how many segments are done already of one that was begun: the rest is asked for. `before` is what will
    have been run by then."""
    if not chosen:
        return
    from qb.kit.running.held_rows import HeldRows
    from qb.kit.running.keeping.dropping import why_not_kept

    every = [loss for each in chosen for loss in needed(each, down=down, done=done.get(each.id, 0))]
    every += _doubted(db, chosen, down=down, done=done, before=before)
    rows = HeldRows(db, [text for each in chosen for text in statement_texts(each, down=down)], before)
    found = [each for each in dict.fromkeys(every) if not each.is_in(rules.allow)]
    found = [each for each in found if each.name != "unknown:cascade" or rows.takes(each.sql)]
    if keep:
        places = [(each.name, each.file, each.line, why_not_kept(each.sql, each.name)) for each in found]
        places += [each for migration in chosen for each in _unclear(migration, rules)]
        if lost := tuple((name, file, line, why) for name, file, line, why in places if why is not None):
            raise CannotKeep(lost)
        return
    asked = [each for each in found if not each.recorded or (rules.protected and rows.holds(each.name, each.sql))]
    if asked:
        named = tuple((each.name, each.file, each.line) for each in asked)
        raise LossNotNamed(named, held=all(each.recorded for each in asked))


def refuse_together(checks: Iterable[Callable[[], None]]) -> None:
    """Raise what several checks say of losses as one error, so that all of them can be named at once."""
    unnamed: list[LossNotNamed] = []
    unkept: list[CannotKeep] = []
    for check in checks:
        try:
            check()
        except LossNotNamed as error:
            unnamed.append(error)
        except CannotKeep as error:
            unkept.append(error)
    if unkept:
        raise CannotKeep(tuple(place for each in unkept for place in each.places))
    if unnamed:
        raise LossNotNamed(
            tuple(place for each in unnamed for place in each.places), held=all(each.held for each in unnamed)
        )


def _unclear(migration: Migration, rules: MigrationRules) -> Iterator[tuple[str, str, int, str | None]]:
    """What is dropped and kept, and why nobody would know how it comes back."""
    from qb.kit.running.keeping.dropping import drops_of
    from qb.kit.running.keeping.pairing import why_not_back

    file = migration.file or migration.id
    known = [(drop, each.line) for each, _ in _statements(migration, down=False) for drop in drops_of(each.text)]
    dropped = [(drop, line) for drop, line in known if same_loss(drop.loss) not in map(same_loss, rules.allow)]
    for drop, line in dropped:
        yield drop.loss, file, line, why_not_back(drop, [each for each, _ in dropped], migration.down or "")


def needed(migration: Migration, *, down: bool = False, done: int = 0) -> Iterator[_Named]:
    """What a migration loses behind so many segments: what was found when it was made, and what its text says, if no
    plan knows better."""
    from qb.kit.running.held_rows import looks_elsewhere

    text, file = _text(migration, down=down)
    recorded = (*migration.allowed, *allowed_in(text))
    cut = list(_statements(migration, down=down))
    elsewhere = looks_elsewhere(each.text for each, _ in cut)
    static: dict[tuple[int, int], list[str]] = {}
    for one in losses_of([each for each, _ in cut], file):
        static.setdefault((one.line, one.column), []).append(one.name)
    for each, record in _statements(migration, down=down, done=done):
        for name in _lost(static.get((each.line, each.column), ()), record):
            loss = _Named(name, file, each.line, False, each.text, elsewhere)
            yield msgspec.structs.replace(loss, recorded=loss.is_in(recorded))


def statement_texts(migration: Migration, *, down: bool = False) -> list[str]:
    """The texts of its statements."""
    return [each.text for each, _ in _statements(migration, down=down)]


def _text(migration: Migration, *, down: bool) -> tuple[str, str]:
    if down:
        return migration.down or "", migration.down_file or DOWN
    return migration.up, migration.file or migration.id


def _statements(
    migration: Migration, *, down: bool, done: int = 0
) -> Iterator[tuple[FileStatement, StepRecord | None]]:
    steps = migration.down_steps if down else migration.up_steps
    known = {each.number: each for each in steps} if not migration.edited else {}
    for segment in cut_migration(migration, down=down)[done:]:
        for number, each in enumerate(segment.statements, segment.first):
            yield each, known.get(number)


def _doubted(
    db: Db, chosen: Sequence[Migration], *, down: bool, done: Mapping[str, int], before: Sequence[str]
) -> Iterator[_Named]:
    """What means something of the database's own, by the names of what is known. What a plan wrote is not asked for."""
    from qb.kit.running.held_rows import looks_elsewhere
    from qb.kit.running.own_meanings import own_meanings

    texts = [text for each in chosen for text in statement_texts(each, down=down)]
    elsewhere = looks_elsewhere(texts)
    said = [
        (migration, each, found)
        for migration in chosen
        for each, record in _statements(migration, down=down, done=done.get(migration.id, 0))
        if (record is None or record.keeps is msgspec.UNSET) and (found := doubts(each.text)).some
    ]
    if not said:
        return
    there = own_meanings(db, [found for _, _, found in said], elsewhere=elsewhere)
    own = there.names.with_(own_names([*before, *texts]))
    for migration, each, found in said:
        text, file = _text(migration, down=down)
        names = {f"unknown:{said_name([name])}": None for name in clashes(found, own)}
        if there.casts:
            names["unknown:cast"] = None
        for name in names:
            loss = _Named(name, file, each.line, False, each.text, elsewhere)
            yield msgspec.structs.replace(loss, recorded=loss.is_in((*migration.allowed, *allowed_in(text))))


def _lost(said: Sequence[str], record: StepRecord | None) -> Iterator[str]:
    loses = () if record is None else record.loses
    keeps = () if record is None or record.keeps is msgspec.UNSET else record.keeps
    told = set(map(same_loss, keeps))
    for name in (*loses, *said):
        if same_loss(name) not in told:
            told.add(same_loss(name))
            yield name
