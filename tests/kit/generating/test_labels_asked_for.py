"""Labels of enums that are called otherwise, or that others take the place of: said, asked for, and done."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Literal

import pytest

import qb
from qb import Col, Table, column, connect, insert, new, pg, schema, select
from qb.kit import migrate
from qb.kit.generating.generate import generate
from qb.kit.generating.questions import AnswersNeeded, HintWithoutMatch
from qb.kit.history.reading import read_history
from tables.scratch import scratch_database
from tests.kit.generating.test_generate import made

Before = Literal["open", "won", "lost"]
Renamed = Literal["begun", "won", "lost"]
Fewer = Literal["won", "lost"]


class Deal(Table, name="deals"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    state: Col[Before] = column(pg.enum("deal.state", Before), default="open")
    states: Col[list[Before]] = column(pg.array(pg.enum("deal.state", Before)))


class DealRenamed(Table, name="deals"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    state: Col[Renamed] = column(pg.enum("deal.state", Renamed), default="begun")
    states: Col[list[Renamed]] = column(pg.array(pg.enum("deal.state", Renamed)))


class DealFewer(Table, name="deals"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    state: Col[Fewer] = column(pg.enum("deal.state", Fewer), default="lost")
    states: Col[list[Fewer]] = column(pg.array(pg.enum("deal.state", Fewer)))


FIRST, RENAMED, FEWER = schema(Deal), schema(DealRenamed), schema(DealFewer)


def test_a_label_that_is_called_otherwise_is_renamed(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(RENAMED, tmp_path, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    answers = next(each.answers for each in error.questions if each.about == "drop-value:deal.state.open")
    assert answers == ("--hint label:deal.state.open=begun", "--allow drop-value:deal.state.open")
    found = made(RENAMED, tmp_path, cache, hints=[shlex.split(answers[0])[1]])
    lines = [each for each in found.up.splitlines() if not each.startswith("--")]
    assert lines == ["""ALTER TYPE "public"."deal.state" RENAME VALUE 'open' TO 'begun';"""]
    back = [each for each in found.down.splitlines() if not each.startswith("--")]
    assert back == ["""ALTER TYPE "public"."deal.state" RENAME VALUE 'begun' TO 'open';"""]
    assert found.loses == found.down_loses == ()


def test_another_label_takes_the_place_of_one_that_goes(tmp_path: Path, cache: Path, qb_url: str) -> None:
    made(FIRST, tmp_path, cache)
    found = made(FEWER, tmp_path, cache, hints=["label:deal.state.open=lost"])
    assert found.loses == ()
    history = read_history(tmp_path).unwrap()
    with scratch_database(qb_url) as url, connect(url) as db:
        migrate(db, history, to="0001_add_deals").unwrap()
        db.execute(insert(new(Deal)(state="open", states=["open", "won"]))).unwrap()
        migrate(db, history).unwrap()
        row = db.one(select(DealFewer)).unwrap()
        assert (row.state, row.states) == ("lost", ["lost", "won"])


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        ("label:deal.state.opn=lost", "there is no label deal.state.opn: is it deal.state.open?"),
        ("label:deal.state.open=gone", "no enum of the schema has the label gone"),
        ("label:deal.state.won=lost", "the schema has it still"),
        ("label:deal.state", "say it as label:status.open=closed"),
    ],
)
def test_a_label_that_matches_nothing_is_an_error(tmp_path: Path, cache: Path, hint: str, message: str) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(FEWER, tmp_path, cache=cache, hints=[hint]).failure()
    assert isinstance(error, HintWithoutMatch)
    assert error.message == message
