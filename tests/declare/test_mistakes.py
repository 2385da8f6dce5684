"""What is wrong with a schema as a whole is told together: of gathering, of settling and of validation."""

from __future__ import annotations

from typing import Any

import pytest

from qb import (
    Col,
    DefinitionError,
    Table,
    column,
    drop_all,
    foreign_key,
    grant,
    index,
    policy,
    primary_key,
    role,
    schema,
    select,
    sequence,
    serial,
    unique,
    view,
)


class Team(Table, name="teams"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(unique=True)


class Twin(Table, name="teams"):
    id: Col[int] = column()


class Elsewhere(Table, name="elsewhere"):
    id: Col[int] = column(primary_key=True)


class Player(Table, name="players"):
    id: Col[int] = column(primary_key=True, default=serial())
    team_id: Col[int | None] = column(references=lambda: Elsewhere.id)
    boss: Col[int | None] = column(references=lambda: Missing.id)  # type: ignore[name-defined]  # noqa: F821


ALL = """\
schema takes modules, tables (classes with a name=), constraints and indexes, not 'teams'
the sequence numbers is declared twice, in two ways: drop or rename one of them
tests.declare.test_mistakes.Team and tests.declare.test_mistakes.Twin are both the table 'teams': rename one of \
them, or leave it out
the index 'elsewhere_idx' is on elsewhere, which is not in the schema: add the table, or its module
players.id: the sequence players_id_seq is declared in another way, too: give the column that one, as in \
default=serial(numbers)
players has two primary keys, and there is one: say it in the columns, or by one primary_key(...)
teams has two primary keys, and there is one: say it in the columns, or by one primary_key(...)
players.boss references Missing, which does not exist: define or import it
players.team_id references elsewhere, which is not in the schema: add the table, or its module
players.id references elsewhere, which is not in the schema: add the table, or its module
the primary key of teams and the index of teams (name) are both called 'teams_pkey': give it a name of its own, as \
in unique(..., name="...") or index("...", ...) next to teams
teams (name) is the unique constraint 'teams_name_key' and the unique constraint 'again', which PostgreSQL merges \
into one: drop one of them
the grant table teams.nobody.select needs the role nobody, which is not in the schema: add the role, or its module; \
it is external=True where somebody else makes it
teams has the policy 'teams_all_policy' and no row security, so nobody asks it: write rls=True in its class statement
""".splitlines()


def told(*items: Any) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        schema(*items)
    return str(raised.value).split("\n")


def test_all_of_them() -> None:
    numbers, other = sequence("numbers"), sequence("numbers", increment=2)
    items = (
        Team,
        Player,
        Twin,
        "teams",
        numbers,
        other,
        sequence("players_id_seq", increment=7),
        unique(Team.name, name="again"),
        primary_key(Team.name),
        primary_key(Player.team_id),
        index("elsewhere_idx", Elsewhere.id),
        index("teams_pkey", Team.name),
        foreign_key(Player.id, Elsewhere.id),
        policy(Team, using=Team.id > 0),
        grant("select", on=Team, to=role("nobody")),
    )
    assert told(*items) == ALL
    plain = [each for each in items if each not in (Twin, other)]
    assert sorted(told(*reversed(plain))) == sorted(told(*plain))


def test_what_stands_on_a_view_and_cannot() -> None:
    names = view("names", select(Team))
    assert told(Team, names, index("names_idx", names.id), unique(names.name)) == [
        "the index 'names_idx' is on the view names, which has none: put it on the table",
        "a unique constraint is on the view names, which has none: put it on the table",
    ]


def test_tables_that_cannot_be_read_are_told_without_what_follows_from_them() -> None:
    class Unread(Table, name="unread"):
        at: Col[Never]  # type: ignore[name-defined]  # noqa: F821

    class Alike(Table, name="alike"):
        at: Col[Nowhere]  # type: ignore[name-defined]  # noqa: F821

    first, second = told(Unread, Alike, index("elsewhere_idx", Elsewhere.id), 5)[-2:]
    assert first.startswith("unread.at")
    assert second.startswith("alike.at")


@pytest.mark.parametrize(
    ("option", "given", "text"),
    [
        ("roles", "reader", "roles is not 'reader': write roles=[reader], a list of what role(...) made"),
        ("roles", ["reader"], "roles is not 'reader': write roles=[reader], a list of what role(...) made"),
        ("roles", role("reader"), "roles is not <role reader>: write roles=[reader], a list of what role(...) made"),
        ("extensions", "pg_trgm", "extensions is not 'pg_trgm': write extensions=[\"pg_trgm\"]"),
        ("extensions", [5], 'extensions is not 5: write extensions=["pg_trgm"]'),
    ],
)
def test_what_drop_all_does_not_take(option: str, given: Any, text: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        drop_all(schema(Team), **{option: given})
    assert str(raised.value) == f"drop_all: {text}"
