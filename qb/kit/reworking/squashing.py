"""`squash`: some migrations of a history as one, which makes the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError
from qb.kit.generating.head_file import head_file
from qb.kit.history.file_change import FileChange, change_files, finished_before
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, number_of, slug
from qb.kit.history.reading import read_history
from qb.kit.history.rewriting import recorded_anew, replaced
from qb.kit.history.segments import segments
from qb.kit.history.statement_kinds import sets_session
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from qb.kit.reworking.errors import NotSquashed
from qb.kit.reworking.plannable import plannable
from qb.kit.reworking.proving_rows import with_proof
from qb.kit.reworking.replays import Replays

_NAME: Final = "squashed"
_WITH_ROWS: Final = ("table", "foreign table", "materialized view")


class Squashed(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, or would be."""

    id: str
    replaces: tuple[str, ...]
    planned: bool
    """Whether it is written anew, from both catalogs; else it is the texts of all of them, as some may change rows."""
    up: str
    down: str | None
    files: tuple[str, ...] = ()
    """What was written; nothing of a dry run."""
    rows: int = 0
    """How many rows were the same afterwards, where it was proved."""
    unproved: str = ""
    """Why it is not proved with rows: a protected database that is to run it asks for `--unproved`."""


Squashing: TypeAlias = Success[Squashed] | Failure[KitError | DbError, Squashed]
"""What comes back."""


def squash(
    folder: Path | str,
    first: str,
    last: str,
    *,
    name: str = _NAME,
    layout: HistoryLayout = "folder",
    replays: Replays = Replays(),
    dry_run: bool = False,
) -> Squashing:
    """Put the migrations from one to another into one, in their place: a new database runs less.

    It is proved with rows, as `prove_migration` does; what is not is written all the same, with `unproved`.
    Where each statement is known to leave rows as they are, it is planned anew from the catalogs before and behind
    them; else it is their texts, one after another. Both directions are replayed on a shadow, and have to make what
    they made. It knows what it replaces: a database that has all of those has it, one that has some of them is told to
    run the rest first.
    Errors: `NotSquashed`, `UnknownMigration`, those of a shadow.

    >>> import tempfile
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.squashing import squash
    >>> one = Migration(id="0001_a", up="CREATE TABLE a (x int);")
    >>> two = Migration(id="0002_b", parents=("0001_a",), up="ALTER TABLE a ADD y int;")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for each in (one, two):
    ...         _ = add_migration(folder, each).unwrap()
    ...     made = squash(folder, "a", "b").unwrap()
    >>> made.id, made.replaces, made.planned
    ('0002_squashed', ('0001_a', '0002_b'), True)
    """
    command = shlex.join(("qb", "squash", f"{first}..{last}", *(() if name == _NAME else ("--name", name))))
    try:
        if not dry_run and (finished := finished_before(folder, command, Squashed)) is not None:
            return Success(finished)
        history = unwrap(read_history(folder, layout))
        begin, end = unwrap(history.find(first)), unwrap(history.find(last))
        chosen = _range(history, begin, end)
        before = [each for each in history if each.id in history.ancestors(begin.id)]
        ids = {each.id for each in chosen}
        catalogs = replays.catalog(before), replays.catalog([*before, *chosen])
        made = _planned(chosen, *catalogs, replays)
        planned = made is not None
        up, down = made or _joined(chosen)
        down, head = _checked(before, up, down, catalogs, replays)
        whole = Migration(
            id=f"{number_of(end.id)}_{slug(name)}",
            parents=begin.parents,
            up=up,
            down=down,
            before=replays.print_of(catalogs[0]),
            after=replays.print_of(catalogs[1]),
            ours=replays.ours.record,
            major=catalogs[1].version // 10_000,
            allowed=tuple(dict.fromkeys(each for one in chosen for each in one.allowed)),
            replaces=tuple(dict.fromkeys(id for each in chosen for id in (*each.replaces, each.id))),
            contract=any(each.contract and not ids.issuperset(each.parents) for each in chosen),
        )
        renames = tuple(dict.fromkeys(rename for each in chosen for rename in each.renames))
        whole, unproved = with_proof(replace(whole, renames=renames), *catalogs, replays)
        rows = 0 if whole.proved is None else whole.proved.rows
        done = Squashed(id=whole.id, replaces=whole.replaces, planned=planned, up=up, down=down, rows=rows)
        done = replace(done, unproved=unproved)
        if dry_run:
            return Success(done)
        change = _change(folder, history, chosen, whole, head, replays)
        done = replace(done, files=change.paths(folder))
        unwrap(change_files(folder, change, command=command, done=done))
        return Success(done)
    except (KitError, DbError) as error:
        return Failure(error)


def _range(history: History, begin: Migration, end: Migration) -> list[Migration]:
    before = history.ancestors(begin.id)
    chosen = [each for each in history.up_to(end.id) if each.id not in before]
    ids = {each.id for each in chosen}
    if begin.id not in ids:
        raise NotSquashed(f"{end.id} does not follow {begin.id}: say them as they come, qb squash {end.id}..{begin.id}")
    for each in history:
        inside = each.id in ids
        for parent in each.parents:
            if (inside and parent not in ids and each is not begin) or (not inside and parent in ids - {end.id}):
                message = (
                    f"{each.file or each.id} follows {parent}: a branch leaves or joins between {begin.id} and {end.id}"
                    ": squash up to there, or from there on"
                )
                raise NotSquashed(message, f"migration {each.id}", each.file)
        if inside and each.data_steps is not None:
            message = f"{each.file or each.id} has a steps.py, which cannot be put into another: squash around it"
            raise NotSquashed(message, f"migration {each.id}", each.file)
    return chosen


def _planned(chosen: Sequence[Migration], before: Catalog, after: Catalog, replays: Replays) -> tuple[str, str] | None:
    """Up and down from both catalogs, where that does the same to rows that are there."""
    rows = any(each.kind in _WITH_ROWS for each in before)
    if not plannable(chosen, rows=rows):
        return None
    try:
        made = plan(before, after, ours=replays.ours, plain=True)
    except DefinitionError:
        return None
    return None if rows and made.loses else (plan_sql(made.up), plan_sql(made.down))


def _joined(chosen: Sequence[Migration]) -> tuple[str, str | None]:
    for each in chosen:
        for text in (each.up, each.down or ""):
            if any(sets_session(one.text) for cut in segments(text, each.file) for one in cut.statements):
                message = f"{each.file or each.id} has a SET, which would hold for all that comes behind it: SET LOCAL"
                raise NotSquashed(message, f"migration {each.id}", each.file)
    up = "\n-- qb: commit\n".join(f"-- {each.id}\n{_ended(each.up)}" for each in chosen)
    downs = [(each.id, each.down) for each in reversed(chosen)]
    texts = [f"-- {id}\n{_ended(down)}" for id, down in downs if down is not None]
    return up + "\n", "\n-- qb: commit\n".join(texts) + "\n" if len(texts) == len(downs) else None


def _ended(text: str) -> str:
    stripped = text.strip()
    return stripped if not stripped or stripped.endswith(";") else f"{stripped}\n;"


def _checked(
    before: Sequence[Migration], up: str, down: str | None, catalogs: tuple[Catalog, Catalog], replays: Replays
) -> tuple[str | None, Catalog]:
    """The down, if it undoes the up, and what the up makes: what all of them made."""
    one, other = Migration(id="squashed", up=up), Migration(id="squashed undone", up=down or "")
    found = replays.catalog([*before, one])
    if replays.print_of(found) != replays.print_of(catalogs[1]):
        what = replays.changed(found, catalogs[1])
        said = str(what[0]) if what else "the catalog"
        raise NotSquashed(f"in one it makes another {said}: squash up to what changes it", said)
    if down is None:
        return None, found
    try:
        back = replays.catalog([*before, one, other])
    except KitError:
        return None, found
    return (down if replays.print_of(back) == replays.print_of(catalogs[0]) else None), found


def _change(
    folder: Path | str,
    history: History,
    chosen: Sequence[Migration],
    whole: Migration,
    end: Catalog,
    replays: Replays,
) -> FileChange:
    last = chosen[-1].id
    taken = [each for each in chosen if each.id == whole.id]
    if taken:
        message = f"there is a migration {whole.id} already: name the new one with --name"
        raise NotSquashed(message, f"migration {whole.id}", taken[0].file)
    change = replaced(folder, chosen, [whole], history.layout)
    rest: list[Migration] = []
    for each in history:
        if each.id in whole.replaces:
            continue
        parents = tuple(whole.id if parent == last else parent for parent in each.parents)
        rest.append(replace(each, parents=parents))
        if last in each.parents and each.recorded is not None:
            change |= recorded_anew(rest[-1], history.layout)
    made = unwrap(history_of([*rest, whole], layout=history.layout))
    if len(made.heads) > 1:
        return change
    return change | head_file(made, end if made.heads == (whole.id,) else replays.catalog(made), replays.ours)
