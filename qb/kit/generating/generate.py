"""`generate`: a migration from the head of the history to what the schema says."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.errors import KitError
from qb.kit.generating.drafting import Draft
from qb.kit.generating.expand import WantedChange, Workshop, expansion
from qb.kit.generating.head_file import head_file
from qb.kit.generating.naming import migration_name
from qb.kit.generating.open_answers import labels_instead, values_asked
from qb.kit.generating.questions import (
    AnswersNeeded,
    Question,
    hinted_fills,
    hinted_labels,
    hinted_renames,
    open_questions,
)
from qb.kit.generating.renamed import as_hint, declared_renames, with_old_roles
from qb.kit.generating.replay import altered_head, keep_head, replayed
from qb.kit.history.adding import new_files
from qb.kit.history.file_change import FileChange, change_files, finished_before
from qb.kit.history.history import History
from qb.kit.history.migration import Migration, StepRecord
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history
from qb.kit.history.shown_catalog import is_shown
from qb.kit.ours.value import Ours, ours_of
from qb.kit.planning.fingerprint import JOURNAL
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.plan import plan
from qb.kit.proving.prove import prove
from qb.kit.running.forecasting import Forecast
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.target import NEWEST
from qb.run.talk.collector import seldom


class Generated(msgspec.Struct, frozen=True):
    """What was made, or would be."""

    id: str | None
    """None where nothing has changed."""
    up: str
    down: str
    files: tuple[str, ...]
    """What was written; nothing of a dry run."""
    loses: tuple[str, ...]
    down_loses: tuple[str, ...]
    rows: int
    """How many rows were the same afterwards, where it was proved."""
    unfilled: tuple[str, ...]
    """Tables that no row could be made for: of their rows nothing is proved."""
    unfit: tuple[str, ...] = ()
    """Tables that the change takes no made row of: neither."""
    more: tuple[Generated, ...] = ()
    """The migrations that follow it, of a change that is made in several."""
    steps: tuple[StepRecord, ...] = ()
    """What was seen of each statement of the up."""
    forecast: Forecast | None = None
    """What it meets in a database that somebody has named; never in the files."""
    contract: bool = False
    """Whether it takes away what old code uses, and is to be run when none runs any more."""

    @property
    def migration(self) -> Migration:
        """What `forecast` takes."""
        return Migration(id=self.id or "", up=self.up, down=self.down, up_steps=self.steps)


Generating: TypeAlias = Success[Generated] | Failure[DbError | KitError | DefinitionError, Generated]
"""What comes back: what was made, or why it was not."""


@seldom()
def generate(
    wanted: Schema,
    folder: Path | str,
    *,
    name: str | None = None,
    hints: Sequence[str] = (),
    allow: Sequence[str] = (),
    plain: bool = False,
    expand: bool = False,
    dry_run: bool = False,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    within: Filter = Filter(),
    journal: str = JOURNAL,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
    now: datetime | None = None,
) -> Generating:
    """Write the migration that makes of the database at the head of a history what a schema says.

    The history is replayed on a shadow, and the schema made there, too: what differs is planned (see `plan`), proved
    with rows (see `prove`), and written with its down, so that nothing is written that does not do what it says. No
    database of yours is asked. `hints` say what is renamed, `rename:users.name=users.full_name`, and what rows get
    that are there, `fill:users.slug=lower(name)`; `allow` names what may be lost, `drop-column:quotes.total`. Nothing
    is written where nothing has changed. With `expand` a change of what old code reads is several migrations, between
    which old code and new code both run: the first one comes back, with the others as its `more`.
    Errors: `AnswersNeeded`, `HintWithoutMatch`, `NotProved`, DefinitionError for what cannot be expanded, those of
    `canonical` and of reading a history.

    >>> import tempfile
    >>> from qb.kit.generating.generate import generate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = generate(schema(User, Task), folder, name="init", prefix="index").unwrap()
    ...     again = generate(schema(User, Task), folder, prefix="index").unwrap()
    >>> first.id, [Path(each).name for each in first.files], again.id
    ('0001_init', ['up.sql', 'down.sql', 'migration.json', 'catalog.sql'], None)
    """
    command = _command(name, plain=plain, expand=expand)
    try:
        if not dry_run and (finished := finished_before(folder, command, Generated)) is not None:
            return Success(finished)
        history = unwrap(read_history(folder, layout))
        last = unwrap(history.head())
        target = major or NEWEST
        after = unwrap(canonical(wanted, major=target, shadow=shadow, cache=cache))
        ours = ours_of(wanted, within=within)
        before = unwrap(replayed(history, after, ours, major=target, shadow=shadow, cache=cache))
        declared = {one: other for one, other in declared_renames(wanted, before).items() if other in after}
        renamed = {
            **{str(one): other.name for one, other in declared.items()},
            **hinted_renames(hints, before, after),
        }
        # What is recorded is compared with what is ours by today's schema, which has no role by its old name.
        said_ours, ours = ours, with_old_roles(ours, renamed)
        fills = hinted_fills(hints, before, after, renamed)
        labels = hinted_labels(hints, before, after)
        planned = plan(
            before, after, ours=ours, renamed=renamed, fills=fills, labels=labels, plain=plain, elsewhere=True
        )
        if planned.empty:
            return _unchanged(folder, history, before, said_ours, command, dry_run=dry_run)
        likely = diff(before, after, ours=ours, renamed=renamed).likely
        questions: tuple[Question, ...] = tuple(
            open_questions(likely, planned.loses, allow, values_asked(planned, after), labels_instead(before, after))
        )
        if questions:
            return Failure(AnswersNeeded(questions))
        seen = unwrap(prove(before, after, planned, ours=ours, renamed=renamed, shadow=shadow, cache=cache))
        told = [each.removeprefix("rename:") for each in hints if each.startswith("rename:")]
        told += [as_hint(one, other) for one, other in declared.items()]
        said = tuple(dict.fromkeys(told))
        title = name or migration_name(planned.up)
        drafts: tuple[Draft, ...] = ()
        if expand:
            change = WantedChange(before, after, ours, renamed, fills, labels, plain)
            drafts = expansion(change, planned, seen, title, said, Workshop(history, ours, after, shadow, cache))
        drafts = drafts or (Draft(title, planned, seen, before, after, said),)
        when = now or datetime.now(UTC)
        made: list[Migration] = []
        for draft in drafts:
            parents = (made[-1].id,) if made else () if last is None else (last.id,)
            known = (*history.ids, *(each.id for each in made))
            id = next_id(known, draft.name, layout=layout, prefix=prefix, now=when)
            made.append(draft.migration(id, parents, said_ours, journal))
        all_told = [_generated(each, draft) for each, draft in zip(made, drafts, strict=True)]
        if dry_run:
            return Success(_whole(all_told))
        end = altered_head(planned.up, before, after) if len(drafts) == 1 else None
        whole = History(migrations=(*history, *made), layout=layout)
        if end is None:  # the server says in which order columns stand
            end = unwrap(replayed(whole, after, said_ours, major=target, shadow=shadow, cache=cache))
        elif shadow is None:
            keep_head(whole, end, after, said_ours, major=target, cache=cache)
        return _written(folder, history, made, all_told, head_file(whole, end, said_ours), command)
    except (DbError, KitError, DefinitionError) as error:
        return Failure(error)


def _unchanged(
    folder: Path | str, history: History, head: Catalog, ours: Ours, command: str, *, dry_run: bool
) -> Generating:
    """Nothing is written but how the head is shown, if it is shown as it was before others have changed the history."""
    nothing = Generated(None, "", "", (), (), (), 0, ())
    if dry_run or is_shown(history) is not False:
        return Success(nothing)
    shown = head_file(history, head, ours)
    nothing = msgspec.structs.replace(nothing, files=shown.paths(folder))
    return change_files(folder, shown, command=command).map(lambda _: nothing)


def _written(
    folder: Path | str,
    history: History,
    made: Sequence[Migration],
    told: Sequence[Generated],
    shown: FileChange,
    command: str,
) -> Generating:
    names = [new_files(folder, [each], history.layout).paths(folder) for each in made]
    names[-1] = (*names[-1], *shown.paths(folder))
    done = _whole([msgspec.structs.replace(each, files=name) for each, name in zip(told, names, strict=True)])
    change = new_files(folder, made, history.layout) | shown
    return change_files(folder, change, command=command, done=done).map(lambda _: done)


def _command(name: str | None, *, plain: bool, expand: bool) -> str:
    """What goes on where it was stopped: what was answered is known by then."""
    named = () if name is None else ("--name", name)
    return shlex.join(("qb", "generate", *named, *(("--plain",) * plain), *(("--expand",) * expand)))


def _whole(told: Sequence[Generated]) -> Generated:
    return msgspec.structs.replace(told[0], more=tuple(told[1:]))


def _generated(whole: Migration, draft: Draft) -> Generated:
    seen, planned = draft.seen, draft.planned
    lost = _lost(planned.down)
    return Generated(
        whole.id,
        whole.up,
        whole.down or "",
        (),
        planned.loses,
        lost,
        seen.rows,
        seen.empty,
        seen.unfit,
        steps=whole.up_steps,
        contract=whole.contract,
    )


def _lost(steps: Sequence[PlanStep]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in steps for name in each.loses))
