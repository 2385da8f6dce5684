"""Which of several it is that something was renamed to: asked, and never taken for granted."""

from __future__ import annotations

import pytest

from qb.kit import Catalog, Identity
from qb.kit.command.frame.asking import answers_left
from qb.kit.diffs.value import Likely
from qb.kit.facts.other import OtherFact
from qb.kit.generating.questions import HintWithoutMatch, hinted_renames, open_questions


def column(name: str) -> Identity:
    return Identity("column", "public", "users", name)


def table(name: str) -> Identity:
    return Identity("table", "public", "", name)


def test_one_is_gone_and_several_are_new() -> None:
    likely = [Likely(column("fullname"), column(each)) for each in ("name", "slug")]
    (asked,) = open_questions(
        likely, ("drop-column:users.fullname",), (), {"fill:users.name": "''", "fill:users.slug": "''"}
    )
    assert asked.message == (
        "column public.users.fullname is gone and users.name, users.slug are new: is it one of them, renamed"
    )
    assert asked.answers == (
        "--hint rename:users.fullname=users.name",
        "--hint rename:users.fullname=users.slug",
        "--allow drop-column:users.fullname",
    )


def test_several_are_gone_and_one_is_new() -> None:
    likely = [Likely(table(each), table("notes")) for each in ("jots", "memos")]
    first, second = open_questions(likely, ("drop-table:jots", "drop-table:memos"), ())
    assert first.answers == ("--hint rename:jots=notes", "--allow drop-table:jots")
    assert second.answers == ("--hint rename:memos=notes", "--allow drop-table:memos")
    (left,) = open_questions(likely, ("drop-table:jots", "drop-table:memos"), ("drop-table:jots",))
    assert left == second


def test_two_are_not_renamed_to_one() -> None:
    before, after = (
        Catalog(
            {
                table(each): OtherFact(
                    comment=None, extension=None, definition="", owner=None, target="", statements=()
                )
                for each in names
            },
            {},
        )
        for names in (("jots", "memos"), ("notes",))
    )
    with pytest.raises(HintWithoutMatch, match=r"table public\.jots has that name already, as another hint says"):
        hinted_renames(("rename:jots=notes", "rename:memos=notes"), before, after)


def test_at_a_terminal_what_is_taken_is_not_offered_again() -> None:
    answers = ("--hint rename:memos=notes", "--hint rename:memos=pages", "--allow drop-table:memos")
    assert answers_left(answers, ()) == list(answers)
    assert answers_left(answers, ("rename:jots=notes",)) == list(answers[1:])
