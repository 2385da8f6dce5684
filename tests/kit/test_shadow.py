"""A schema's catalog in the server's words: the same as on a real server, of either major, kept and asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest

import qb
from qb import (
    Col,
    Database,
    Failure,
    Plan,
    Script,
    Table,
    Target,
    Tx,
    column,
    connect,
    create_all,
    identity,
    schema,
)
from qb.errors import DefinitionError
from qb.kit import canonical, diff, introspect, kept_catalogs, shadow, shadow_server, verify
from qb.kit.errors import MissingExtensions, MissingRoles, NoShadow
from qb.run.server.embedded import embedded
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.scratch_names import named_scratch
from tests.render import ddl_schemas


class Room(Table, name="rooms"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(check=lambda name: name.in_(["hall", "attic"]))


reader = qb.role("shadow_reader")
SMALL = schema(Room, reader, qb.grant("select", on=Room, to=reader))


@pytest.fixture(scope="module")
def folder(server_folder: Path) -> Path:
    return server_folder / "shadow"


def no_server(*_: object, **__: object) -> None:
    raise AssertionError("no server is to be started")


@pytest.mark.slow
@pytest.mark.parametrize("name", ddl_schemas.ALL)
def test_it_is_what_a_server_has_after_create_all(qb_tx: Tx, folder: Path, name: str) -> None:
    wanted = ddl_schemas.ALL[name]
    there = set(introspect(qb_tx).unwrap())
    qb_tx.run(create_all(wanted, stand_ins=True)).unwrap()
    made = introspect(qb_tx).unwrap().where(lambda identity, _: identity not in there)
    asked = canonical(wanted, cache=folder).unwrap().where(lambda identity, _: identity in made)
    assert differences(asked, made) == ()


def test_asked_again_no_server_is_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = canonical(SMALL, cache=folder).unwrap()
    monkeypatch.setattr(shadow_server, "embedded", no_server)
    assert canonical(SMALL, cache=folder).unwrap() == first
    with pytest.raises(AssertionError):
        canonical(schema(Room), cache=folder)


class Stored(Table, name="stored", tablespace="fast 'disks'"):
    id: Col[int]
    name: Col[str] = column(default="")


KEPT = ("table", "index")
STORED = schema(
    Stored,
    qb.primary_key(Stored.id, tablespace="faster"),
    qb.index("stored_name", Stored.name, tablespace="pg_default"),
    qb.index("stored_again", Stored.name, tablespace="fastest"),
)


def test_tablespaces_are_made_there(folder: Path) -> None:
    for _ in range(2):  # the server has them still
        found = canonical(STORED, cache=folder / "spaces").unwrap()
        spaces = {each.name: getattr(fact, "tablespace", None) for each, fact in found.items() if each.kind in KEPT}
        assert spaces["stored"] == "fast 'disks'"
        assert (spaces["stored_pkey"], spaces["stored_again"], spaces["stored_name"]) == ("faster", "fastest", None)
        for kept in (folder / "spaces").glob("*.json"):
            kept.unlink()


@pytest.mark.slow
def test_the_nearest_major_is_taken_and_said(folder: Path) -> None:
    majors = {
        major: canonical(SMALL, major=major, cache=folder).unwrap().version // 10_000 for major in (14, 16, 17, 18)
    }
    assert majors == {14: 16, 16: 16, 17: 18, 18: 18}


def test_nothing_is_kept_on_the_server(folder: Path) -> None:
    one, other = (canonical(SMALL, cache=folder / str(number)).unwrap() for number in range(2))
    assert one == other
    again = canonical(schema(Room), cache=folder).unwrap()
    assert [identity for identity in again if identity.kind == "role" and identity.name == reader.name] == []


def test_what_is_half_written_is_asked_for_again(folder: Path) -> None:
    first = canonical(SMALL, cache=folder).unwrap()
    for each in folder.glob("*.json"):
        each.write_bytes(each.read_bytes()[:-9])
    assert canonical(SMALL, cache=folder).unwrap() == first


def test_a_server_of_ones_own_gets_a_scratch_database_and_no_roles(
    qb_db: Database, qb_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = canonical(SMALL, shadow=qb_url, cache=folder)
    assert isinstance(failed, Failure)
    error = failed.failure()
    assert isinstance(error, MissingRoles)
    assert "lacks the role shadow_reader, which the schema names" in str(error)
    made = named_scratch(monkeypatch)
    found = canonical(schema(Room), shadow=qb_url, cache=folder).unwrap()
    assert "public.rooms" in {each.title for each in found if each.kind == "table"}
    assert made
    assert not {*made}.intersection(qb_db.all(qb.sql("SELECT datname::text FROM pg_database").rows(str)).unwrap())


def test_an_extension_that_is_nowhere_is_named_with_the_ways_out(folder: Path) -> None:
    failed = canonical(schema(qb.extension("no_such_extension"), Room), cache=folder)
    assert isinstance(failed, Failure)
    assert failed.failure() == MissingExtensions(("no_such_extension",), "the embedded PostgreSQL 18")
    assert "name a server that has them with shadow=..." in str(failed.failure())


def test_without_the_embedded_server_it_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("the embedded PostgreSQL is not installed")

    monkeypatch.setattr(shadow_server, "embedded", missing)
    failed = canonical(schema(Room), cache=folder / "nothing")
    assert isinstance(failed, Failure)
    assert isinstance(failed.failure(), NoShadow)
    assert "or name a server on which a scratch database may be made with shadow=..." in str(failed.failure())


def test_what_was_left_half_made_is_made_anew(server_folder: Path) -> None:
    folder = server_folder / "halves"
    half = folder / "shadow-16"
    (half / "base" / "1").mkdir(parents=True)
    (half / "PG_VERSION").write_text("16\n")
    (half / "global").mkdir()
    assert canonical(schema(Room), major=16, cache=folder).unwrap().version // 10_000 == 16


def test_a_cache_that_cannot_be_written_is_none(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = canonical(SMALL, cache=folder).unwrap()
    monkeypatch.setattr(Path, "write_bytes", full)
    (tmp_path / "shadow-18").symlink_to(folder / "shadow-18")
    assert canonical(SMALL, cache=tmp_path).unwrap() == first
    assert [each.name for each in tmp_path.iterdir()] == ["shadow-18"]


def kept(folder: Path) -> set[str]:
    return {each.name for each in folder.glob("*.json")}


def test_nobody_else_reads_what_is_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shadow-18").symlink_to(folder / "shadow-18")
    canonical(SMALL, cache=tmp_path).unwrap()
    assert [each.stat().st_mode & 0o777 for each in tmp_path.glob("*.json")] == [0o600]


def test_another_package_or_another_reader_asks_anew(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shadow-18").symlink_to(folder / "shadow-18")
    wanted = schema(Room)
    canonical(wanted, cache=tmp_path).unwrap()
    assert len(kept(tmp_path)) == 1
    monkeypatch.setattr(shadow, "server_of_package", lambda: "embedded 99")
    canonical(wanted, cache=tmp_path).unwrap()
    assert len(kept(tmp_path)) == 2
    monkeypatch.setattr(kept_catalogs, "_reading", lambda: "changed")
    canonical(wanted, cache=tmp_path).unwrap()
    assert len(kept(tmp_path)) == 3


def test_a_change_of_a_server_of_ones_own_is_seen(server_folder: Path, tmp_path: Path) -> None:
    wanted = schema(Room, qb.role("shadow_member", external=True))
    with embedded(server_folder / "of-my-own") as own, connect(own.url) as db:  # roles belong to a whole server
        assert isinstance(canonical(wanted, shadow=own.url, cache=tmp_path), Failure)
        db.run(Script("CREATE ROLE shadow_member")).unwrap()
        first = canonical(wanted, shadow=own.url, cache=tmp_path).unwrap()
        assert canonical(wanted, shadow=own.url, cache=tmp_path).unwrap() == first
        assert len(kept(tmp_path)) == 1
        db.run(Script("ALTER ROLE shadow_member CONNECTION LIMIT 3")).unwrap()
        again = canonical(wanted, shadow=own.url, cache=tmp_path).unwrap()
        assert len(kept(tmp_path)) == 2
        assert again != first
        assert canonical(wanted, shadow=own.url.replace("postgres@", "postgres:pw@"), cache=tmp_path).unwrap() == again
        assert len(kept(tmp_path)) == 2
        db.run(Script("DROP ROLE shadow_member")).unwrap()
        assert isinstance(canonical(wanted, shadow=own.url, cache=tmp_path).failure(), MissingRoles)


class Priced(Table, name="priced"):
    cents: Col[int] = column()
    gross: Col[int] = column(generated=cents * 2, stored=False)


def test_it_is_written_for_the_major_that_was_asked(qb_url: str, tmp_path: Path) -> None:
    wanted = schema(Priced)
    with pytest.raises(DefinitionError, match="PostgreSQL 18, and this is for PostgreSQL 17"):
        canonical(wanted, major=17, cache=tmp_path)
    with pytest.raises(DefinitionError, match="PostgreSQL 18, and this is for PostgreSQL 17"):
        canonical(wanted, major=17, shadow=qb_url, cache=tmp_path)
    with pytest.raises(DefinitionError, match="PostgreSQL 18, and this is for PostgreSQL 17"):
        verify(wanted, major=17, cache=tmp_path)


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_roles_are_as_they_are_declared_whatever_the_server_has(qb_db: Database, qb_url: str, folder: Path) -> None:
    group = qb.role("shadow_group")
    clerk = qb.role("shadow_clerk", login=True)
    wanted = schema(Room, group, clerk, qb.member_of(clerk, group, admin=True))
    own = canonical(wanted, cache=folder).unwrap()
    qb_db.run(Script("CREATE ROLE shadow_group", "CREATE ROLE shadow_clerk NOLOGIN CONNECTION LIMIT 3")).unwrap()
    try:
        found = canonical(wanted, shadow=qb_url, cache=folder).unwrap()
    finally:
        qb_db.run(Script("DROP ROLE shadow_clerk", "DROP ROLE shadow_group")).unwrap()
    kinds = ("role", "membership")
    mine = {str(each): fact for each, fact in own.items() if each.kind in kinds and "shadow_" in str(each)}
    theirs = {each: fact for each, fact in found.items() if str(each) in mine}
    assert len(theirs) == len(mine) == 3
    assert diff(own.where(lambda each, _: each in theirs), found.where(lambda each, _: each in theirs)).equal


def test_the_script_of_a_schema_is_written_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the schema lives: one that is equal and another value has its own, for each major."""
    written: list[Target] = []

    def counted(wanted: Schema, *, target: Target, stand_ins: bool) -> Plan:
        written.append(target)
        return create_all(wanted, target=target, stand_ins=stand_ins)

    monkeypatch.setattr(shadow, "create_all", counted)
    wanted = schema(Room)
    first = canonical(wanted, cache=folder).unwrap()
    written.clear()
    assert canonical(wanted, cache=folder).unwrap() == first
    assert written == []
    monkeypatch.setattr(shadow, "embedded_shadow", no_server)
    for _ in range(3):
        again = schema(Room)  # often where the one before it was
        assert canonical(again, cache=folder).unwrap() == first
        del again
    assert len(written) == 3
