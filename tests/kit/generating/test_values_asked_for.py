"""Columns that may hold no NULL, added where rows are: somebody says what they hold, and it is there afterwards."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import qb
from qb import Col, Table, column, schema
from qb.kit.generating.generate import generate
from qb.kit.generating.questions import AnswersNeeded, HintWithoutMatch
from tests.kit.generating.test_generate import FIRST, made


class AccountWithSlug(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]
    total: Col[int | None]
    slug: Col[str]


class AccountWithTotal(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]
    total: Col[int]


SLUG, TOTAL = schema(AccountWithSlug), schema(AccountWithTotal)


def test_a_value_is_asked_for_and_its_answer_can_be_passed_back(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(SLUG, tmp_path, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    (question,) = error.questions
    assert question.about == "fill:accounts.slug"
    assert question.message == "accounts.slug may not be NULL: what is in the rows that are there"
    option, answer = shlex.split(question.answers[0])
    assert (option, answer) == ("--hint", "fill:accounts.slug=''::text")
    found = made(SLUG, tmp_path, cache, hints=[answer])
    assert found.rows > 0
    assert found.unfilled == ()
    assert [each for each in found.up.splitlines() if not each.startswith("--")] == [
        """ALTER TABLE "public"."accounts" ADD COLUMN "slug" text DEFAULT ''::text NOT NULL;""",
        'ALTER TABLE "public"."accounts" ALTER COLUMN "slug" DROP DEFAULT;',
    ]


def test_a_value_made_of_other_columns_is_written_to_each_row(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    found = made(SLUG, tmp_path, cache, hints=["fill:accounts.slug=lower(name)"])
    assert found.rows > 0
    said = [each for each in found.up.splitlines() if not each.startswith("-- ") or each == "-- qb: commit"]
    assert said == [
        'ALTER TABLE "public"."accounts" ADD COLUMN "slug" text;',
        "-- qb: commit",
        'UPDATE "public"."accounts" SET "slug" = lower(name) WHERE "slug" IS NULL;',
        "-- qb: commit",
        'ALTER TABLE "public"."accounts" ADD CONSTRAINT "accounts_slug_not_null" NOT NULL "slug" NOT VALID;',
        "-- qb: commit",
        'UPDATE "public"."accounts" SET "slug" = lower(name) WHERE "slug" IS NULL;',
        "-- qb: commit",
        'ALTER TABLE "public"."accounts" VALIDATE CONSTRAINT "accounts_slug_not_null";',
    ]


def test_nobody_waits_while_it_is_written(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    found = made(SLUG, tmp_path, cache, hints=["fill:accounts.slug=lower(name)"])
    assert [each.lock for each in found.steps] == [
        "AccessExclusiveLock",
        "RowExclusiveLock",
        "AccessExclusiveLock",
        "RowExclusiveLock",
        "ShareUpdateExclusiveLock",
    ]
    assert "others wait" not in found.up


def test_nulls_that_are_there_are_filled_where_it_is_said(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    found = made(TOTAL, tmp_path, cache, hints=["fill:accounts.total=0"], plain=True)
    assert 'UPDATE "public"."accounts" SET "total" = 0 WHERE "total" IS NULL;' in found.up
    assert "SET NOT NULL" in found.up


def test_the_way_back_of_what_may_not_be_null_has_what_stands_for_nothing(tmp_path: Path, cache: Path) -> None:
    made(SLUG, tmp_path, cache)
    found = made(FIRST, tmp_path, cache, allow=["drop-column:accounts.slug"])
    assert found.rows > 0
    assert """ADD COLUMN "slug" text DEFAULT ''::text NOT NULL""" in found.down


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        ("fill:accounts.slg=1", "there is no column accounts.slg: is it accounts.slug?"),
        ("fill:accounts.slug", "say it as fill:users.slug=lower(name)"),
        (
            "fill:accounts.name='x'",
            "column public.accounts.name is there already, and nothing is asked of it",
        ),
    ],
)
def test_a_fill_that_matches_nothing_is_an_error(tmp_path: Path, cache: Path, hint: str, message: str) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(SLUG, tmp_path, cache=cache, hints=[hint]).failure()
    assert isinstance(error, HintWithoutMatch)
    assert error.message == message
