"""The head of a history that is kept is what its migrations make."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import qb
from qb import Col, Table, column, schema
from qb.kit import canonical, ours_of
from qb.kit.generating import replay
from qb.kit.generating.generate import generate
from qb.kit.history.reading import read_history
from qb.typing import Schema
from tests.kit.alone import differences

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


def lives() -> list[Schema]:
    """A schema, again and again."""

    class First(Table, name="a"):
        id: Col[int] = column(primary_key=True)
        last: Col[str]

    class Second(Table, name="a"):
        id: Col[int] = column(primary_key=True)
        between: Col[int | None] = column(index=True)
        last: Col[str] = column(default="x")

    class Other(Table, name="b"):
        id: Col[int] = column(primary_key=True, default=qb.identity())
        of: Col[int] = column(references=Second.id)

    class Third(Table, name="a"):
        id: Col[int] = column(primary_key=True)
        first: Col[str | None]
        last: Col[str] = column(default="x")
        note: Col[str | None] = column(check=lambda note: note != "")

    class OtherThird(Table, name="b"):
        id: Col[int] = column(primary_key=True, default=qb.identity())
        of: Col[int] = column(references=Third.id)

    view = qb.view("v", qb.select(Third).where(Third.id > 3))
    return [schema(First), schema(Second, Other), schema(Third, OtherThird, view), schema(Third, view)]


def test_it_is_what_the_migrations_make(tmp_path: Path, cache: Path) -> None:
    for number, wanted in enumerate(lives(), 1):
        made = generate(
            wanted,
            tmp_path / "migrations",
            cache=cache,
            now=NOW,
            prefix="index",
            allow=("drop-column:a.between", "drop-table:b"),
        ).unwrap()
        assert made.id is not None
        assert made.id.startswith(f"000{number}")
        history, after = read_history(tmp_path / "migrations").unwrap(), canonical(wanted, cache=cache).unwrap()
        kept = sorted(cache.glob("*.json"))
        found = replay.replayed(history, after, ours_of(wanted), major=18, shadow=None, cache=cache).unwrap()
        assert sorted(cache.glob("*.json")) == kept  # it was there
        for each in kept:
            each.unlink()
        alone = replay.replayed(history, after, ours_of(wanted), major=18, shadow=None, cache=cache).unwrap()
        assert [str(each) for each in differences(alone, found)] == []
