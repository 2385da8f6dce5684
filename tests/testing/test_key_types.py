"""`bare_keys`: one NewType for every key, and for whatever refers to it."""

from __future__ import annotations

from typing import Literal, NewType
from uuid import UUID

from qb import Col, Table, column, foreign_key, primary_key
from qb.testing import bare_keys
from tables.promptliano import chats, files, projects, prompts, queues, settings, tickets

UserId = NewType("UserId", UUID)
TeamId = NewType("TeamId", int)


class User(Table, name="key_users"):
    id: Col[UserId] = column(primary_key=True)
    email: Col[str] = column(unique=True)


class Team(Table, name="key_teams"):
    id: Col[TeamId] = column(primary_key=True)
    owner_id: Col[UserId | None] = column(references=User.id, default=None)


class Member(Table, name="key_members"):
    user_id: Col[UserId] = column(primary_key=True, references=User.id)
    team_id: Col[TeamId] = column(primary_key=True, references=lambda: Team.id)
    role: Col[Literal["a", "b"]] = column(primary_key=True)


class Loose(Table, name="key_loose"):
    loose_id: Col[int]
    owner: Col[UUID] = column(references=User.id)
    team: Col[TeamId | None]
    email: Col[str]


class Second(Table, name="key_second"):
    id: Col[TeamId] = column(primary_key=True)
    user: Col[TeamId] = column(references=User.id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


loose_key = primary_key(Loose.loose_id)
loose_email = foreign_key(Loose.email, User.email)
loose_team = foreign_key(Loose.team, Team.id)


def test_the_schemas_of_the_repository_have_a_type_for_each_key() -> None:
    assert bare_keys(chats, files, projects, prompts, queues, settings, tickets) == []


def test_keys_and_what_refers_to_them_have_their_types() -> None:
    assert bare_keys(User, Team, Member) == []


class Preferences(Table, name="key_preferences"):
    user_id: Col[UserId] = column(primary_key=True)


class Avatar(Table, name="key_avatars"):
    user_id: Col[UserId] = column(primary_key=True)


def test_keys_of_what_has_its_table_in_another_database() -> None:
    told = ["Avatar.user_id is UserId, as Preferences.user_id is: give each key a NewType of its own"]
    assert bare_keys(Preferences, Avatar) == bare_keys(Preferences, Avatar, elsewhere=(TeamId,)) == told
    assert bare_keys(Preferences, Avatar, Team, elsewhere=(UserId,)) == []
    assert bare_keys(User, Team, Second, elsewhere=(UserId,)) == bare_keys(User, Team, Second)


def test_what_has_none_or_another_one_is_told_with_what_to_write() -> None:
    assert bare_keys(User, Team, Loose, loose_key, loose_email, loose_team) == [
        'User.email is a bare str: write UserEmail = NewType("UserEmail", str) and Col[UserEmail]',
        'Loose.loose_id is a bare int: write LooseLooseId = NewType("LooseLooseId", int) and Col[LooseLooseId]',
        "Loose.owner is UUID and refers to User.id, which is UserId: write Col[UserId]",
        "Loose.email is a bare str, as User.email is, which it refers to: give both the NewType of the key",
    ]
    assert bare_keys(User, Team, Second) == [
        "Second.id is TeamId, as Team.id is: give each key a NewType of its own",
        "Second.user is TeamId and refers to User.id, which is UserId: write Col[UserId]",
    ]
    assert bare_keys(Loose) == ["Loose.owner is a bare UUID: give it the NewType of the key"]
