"""Whoever generates migrations and is stopped goes on by saying it again; `catalog.sql` is always of the last one."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import pytest

import qb
from qb import Col, Table, column, pg, schema
from qb.kit.generating.custom import generate_custom
from qb.kit.generating.generate import generate
from qb.kit.generating.head_file import head_file
from qb.kit.generating.prove_written import prove_written
from qb.kit.generating.replay import replayed
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.history.shown_catalog import is_shown
from qb.kit.ours.value import ours_of
from qb.kit.shadow import canonical
from qb.model.target import NEWEST
from tests.kit.history.stopped import goes_on, killed

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


class Account(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]
    total: Col[int | None]


class AccountOfToday(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    full_name: Col[str]
    first: Col[str | None] = column(pg.text, index=True)
    total: Col[int | None]


FIRST, TODAY = schema(Account), schema(AccountOfToday)
RENAMED = ("rename:accounts.name=accounts.full_name",)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_stopped_at_any_moment(tmp_path: Path, cache: Path, layout: HistoryLayout) -> None:
    folder = tmp_path / "migrations"
    first = partial(generate, FIRST, folder, layout=layout, prefix="index", cache=cache, now=NOW)
    goes_on(folder, first, "qb generate", layout=layout, points=(0, 1, 2))


@pytest.mark.slow
def test_several_at_once(tmp_path: Path, cache: Path) -> None:
    generate(FIRST, tmp_path, prefix="index", cache=cache).unwrap()
    more = partial(
        generate, TODAY, tmp_path, name="more names", hints=RENAMED, expand=True, prefix="index", cache=cache, now=NOW
    )
    with killed(tmp_path, 3) as kill:
        more().unwrap()
    assert kill.happened
    assert "`qb generate --name 'more names' --expand` was stopped" in str(read_history(tmp_path).failure())
    made = more().unwrap()
    history = read_history(tmp_path).unwrap()
    assert history.ids[1:] == (made.id, *(each.id for each in made.more))
    assert is_shown(history) is True


def test_empty_files(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    work = partial(generate_custom, folder, "count", layout="flat", prefix="index")
    (folder / ".qb").mkdir(parents=True)
    goes_on(folder, work, "qb generate --custom --name count", layout="flat")


def test_the_catalog_is_that_of_the_history(tmp_path: Path, cache: Path) -> None:
    def shown() -> bytes:
        history = read_history(tmp_path).unwrap()
        wanted = canonical(FIRST, major=NEWEST, shadow=None, cache=cache).unwrap()
        ours = ours_of(FIRST)
        head = replayed(history, wanted, ours, major=NEWEST, shadow=None, cache=cache).unwrap()
        (content,) = head_file(history, head, ours).over.values()
        return content

    def there() -> bytes:
        return (tmp_path / "catalog.sql").read_bytes()

    generate(FIRST, tmp_path, prefix="index", cache=cache).unwrap()
    assert there() == shown()
    generate(TODAY, tmp_path, prefix="index", cache=cache, hints=RENAMED).unwrap()
    assert there() == shown()
    assert is_shown(read_history(tmp_path).unwrap()) is True
    made = generate_custom(tmp_path, "view", prefix="index").unwrap()
    (tmp_path / (made.id or "") / "up.sql").write_text("CREATE VIEW v AS SELECT 1 AS x;")
    (tmp_path / (made.id or "") / "down.sql").write_text("DROP VIEW v;")
    assert is_shown(read_history(tmp_path).unwrap()) is False
    prove_written(TODAY, tmp_path, cache=cache).unwrap()
    assert b"CREATE VIEW" in there()
    assert there() == shown()


def test_a_catalog_of_another_history_is_written_anew(tmp_path: Path, cache: Path) -> None:
    generate(FIRST, tmp_path, prefix="index", cache=cache).unwrap()
    path = tmp_path / "catalog.sql"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"-- Made by: ", b"-- Made by: x"))
    assert generate(FIRST, tmp_path, prefix="index", cache=cache, dry_run=True).unwrap().files == ()
    again = generate(FIRST, tmp_path, prefix="index", cache=cache).unwrap()
    assert (again.id, again.files) == (None, (str(path),))
    assert path.read_bytes() == good
    path.write_bytes(good.replace(b"-- Made by: ", b"-- Made by: x"))
    assert prove_written(FIRST, tmp_path, cache=cache).unwrap() == ()
    assert path.read_bytes() == good


def test_a_dry_run_writes_nothing_of_what_was_stopped(tmp_path: Path, cache: Path) -> None:
    work = partial(generate, FIRST, tmp_path, prefix="index", cache=cache)
    with killed(tmp_path, 1):
        work().unwrap()
    assert "say it again" in str(work(dry_run=True).failure())
    assert work().unwrap().id == "0001_add_accounts"
