"""The kit's figures on the page, from times that are made up; and a run of everything on fifty tables."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import msgspec
import pytest

from benchmarks.kit.results import BEGIN, END, MIGRATIONS_BEGIN, MIGRATIONS_END, Found, Sized, Timed, with_figures
from benchmarks.kit.run import run, run_migrations, timed
from benchmarks.kit.work import Work
from benchmarks.measure.machine import this_machine

MADE = Found(
    datetime(2026, 1, 2, tzinfo=UTC),
    msgspec.structs.replace(this_machine(), python="3.11.7", cores=2, load_average=0.25),
    "18.4",
    {"alembic": "1.20"},
    [Sized(1_000, 25_000, [Timed("introspect", "qb", [0.4, 0.2, 0.3]), Timed("dump", "it", [1.5], "introspect")])],
)


def test_figures_stand_between_the_comments() -> None:
    page = with_figures(f"before\n{BEGIN}old{END}\nafter", MADE)
    assert page.splitlines()[:7] == [
        "before",
        BEGIN.strip(),
        "",
        "|  | 1,000 tables, 25,000 objects |",
        "|---|---|",
        "| **qb: introspect** | 300 ms |",
        "| it: dump | 1.5 s (5.00) |",
    ]
    assert "2 cores, load 0.2 when it began; medians of one run on 2026-01-02" in page
    assert page.endswith(f"{END}\nafter")
    assert with_figures(page, MADE) == page
    with pytest.raises(ValueError, match="no place"):
        with_figures("before", MADE)


def test_everybody_has_a_turn_in_each_round_and_one_before() -> None:
    done: list[str] = []
    works = [Work(name, "qb", partial(done.append, name)) for name in ("a", "b")]
    found = timed(works, 3)
    assert [(each.name, len(each.seconds)) for each in found] == [("a", 3), ("b", 3)]
    assert sorted(done) == ["a"] * 4 + ["b"] * 4


@pytest.mark.slow
def test_a_history_is_run_by_both() -> None:
    said: list[str] = []
    found = run_migrations(1, said.append, count=10)
    assert {each.who for each in found.sizes[0].works} == {"qb", "Alembic"}
    assert all(each.seconds for each in found.sizes[0].works)
    page = with_figures(f"{MIGRATIONS_BEGIN}{MIGRATIONS_END}", found, (MIGRATIONS_BEGIN, MIGRATIONS_END))
    assert "|  | median |" in page
    assert said == ["10 migrations: written and run once", "10 migrations: timed"]


@pytest.mark.slow
def test_all_of_it_runs_on_fifty_tables() -> None:
    said: list[str] = []
    found = run([50], 1, said.append)
    assert [size.tables for size in found.sizes] == [50]
    assert all(each.seconds for each in found.sizes[0].works)
    assert said == ["50 tables: made, and compared with what they were made of", "50 tables: timed"]
