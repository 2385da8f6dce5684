"""One database of a config: where its address is from, and who may change it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import qb.kit
from qb import Failure
from qb.kit import ChosenDatabase, choose
from qb.kit.config_choice import at_home, refuse_change
from qb.kit.config_file import config_of
from qb.kit.errors import KitError, Refused
from qb.kit.exit_code import ExitCode
from qb.model.filter import Filter

FILE = "/srv/shop/pyproject.toml"


def config(*lines: str, name: str = "default") -> str:
    return "\n".join((f"[tool.qb.databases.{name}]", *lines, ""))


def chosen(text: str, name: str | None = None, **environ: str) -> ChosenDatabase:
    return choose(config_of(text, FILE), name, environ=environ).unwrap()


def failed(text: str, name: str | None = None, **environ: str) -> KitError:
    outcome = choose(config_of(text, FILE), name, environ=environ, env_files=("/srv/shop/.env",))
    assert isinstance(outcome, Failure)
    return outcome.failure()


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("postgresql://ada@localhost/shop", True),
        ("postgresql://ada@LOCALHOST:5433/shop", True),
        ("postgresql://ada@127.0.0.1/shop", True),
        ("postgresql://ada@127.8.8.8/shop", True),
        ("postgresql://ada@[::1]:5432/shop", True),
        ("postgresql:///shop", True),
        ("postgresql:///shop?host=/var/run/postgresql", True),
        ("host=/tmp dbname=shop", True),
        ("postgresql://ada@db.example.com/shop", False),
        ("postgresql://ada@10.0.0.7/shop", False),
        ("postgresql://ada@localhost.example.com/shop", False),
        ("postgresql://ada@localhost,db.example.com/shop", False),
        ("postgresql://ada@localhost/shop?hostaddr=10.0.0.7", False),
        ("service=shop", False),
    ],
)
def test_only_this_machine_is_ours_without_a_word(url: str, owned: bool) -> None:
    database = chosen(config(f'url = "{url}"'))
    assert (database.owned, database.protected) == (owned, not owned)


def test_an_address_without_a_host_is_where_the_environment_says() -> None:
    text = config('url = "postgresql:///shop"')
    assert chosen(text).owned
    for environ in ({"PGHOST": "db.example.com"}, {"PGHOSTADDR": "10.0.0.7"}, {"PGSERVICE": "shop"}):
        assert not chosen(text, None, **environ).owned, environ
    assert chosen(config('url = "postgresql://localhost/shop"'), PGHOST="db.example.com").owned


def test_without_an_address_it_is_the_embedded_server() -> None:
    database = chosen(config())
    assert (database.url, database.owned, database.protected) == (None, True, False)
    assert (database.shown, database.origin) == ("the embedded server", "/srv/shop/.qb/postgres")


def test_without_an_address_it_is_that_of_the_environment() -> None:
    database = chosen(config(), DATABASE_URL="postgresql://ada:hunter2@db.example.com/shop")
    assert (database.shown, database.origin) == ("postgresql://ada@db.example.com/shop", "env:DATABASE_URL")
    assert not database.owned


def test_what_the_config_says_leads() -> None:
    theirs = 'url = "postgresql://db.example.com/shop"'
    assert chosen(config(theirs, "owned = true")).owned
    assert chosen(config(theirs, "owned = true")).protected  # changes are confirmed there all the same
    assert not chosen(config(theirs, "owned = true", "protected = false")).protected
    here = chosen(config('url = "postgresql://localhost/shop"', "owned = false"))
    assert (here.owned, here.protected) == (False, True)


def test_the_default_the_only_one_and_the_named_one() -> None:
    two = config(name="default") + config("major = 16", name="old")
    assert chosen(two).name == "default"
    assert chosen(two, "old").major == 16
    assert chosen(config(name="only")).name == "only"
    assert str(failed(config(name="a") + config(name="b"))) == (
        f"{FILE} names a, b, and none is called default: say which one with --database NAME"
    )
    assert str(failed(two, "new")) == f"{FILE} names no database new: there is default, old"


def test_a_variable_that_is_not_set() -> None:
    for environ in ({}, {"SHOP": ""}):
        assert str(failed(config('url = "env:SHOP"'), None, **environ)) == (
            f"{FILE}:2: tool.qb.databases.default.url is env:SHOP, and SHOP is not set in the environment, nor in "
            "/srv/shop/.env: set it, or write it into .env beside that file"
        )
    assert "env: is followed by the name of a variable" in str(failed(config('url = "env:"')))


@pytest.mark.parametrize("key", ["url", "direct_url", "shadow"])
def test_an_address_that_is_none_shows_nothing_of_itself(key: str) -> None:
    for text in (f'{key} = "mysql://ada:hunter2@h/d"', f'{key} = "env:SHOP"'):
        message = str(failed(config(text), SHOP="mysql://ada:hunter2@h/d", DATABASE_URL="postgresql://h/d"))
        assert message.startswith(f"{FILE}:2: tool.qb.databases.default.{key}: qb speaks to PostgreSQL")
        assert "hunter2" not in message


def test_no_repr_shows_a_password() -> None:
    database = chosen(
        config('url = "env:A"', 'direct_url = "env:B"', 'shadow = "env:C"'),
        A="postgresql://ada:hunter2@a/shop",
        B="postgresql://ada:hunter2@b/shop",
        C="postgresql://ada:hunter2@c/shop",
    )
    assert repr(database) == "<database default: postgresql://ada@a/shop, not owned, protected>"
    assert "hunter2" not in f"{database!r} {database} {database.__rich_repr__()} {database.shown}"


def test_paths_begin_at_the_config() -> None:
    database = chosen(
        config('migrations = "../supabase/migrations"', 'custom.after = ["sql/*.sql"]', 'outputs.erd = "e.svg"')
    )
    assert database.migrations.resolve() == Path("/srv/supabase/migrations")
    assert database.custom_after == (Path("/srv/shop/sql/*.sql"),)
    assert database.outputs == {"erd": Path("/srv/shop/e.svg")}


def test_a_direct_address_beside_the_embedded_server_is_refused() -> None:
    error = failed(config('direct_url = "postgresql://db.example.com/shop"'))
    assert str(error).startswith(f"{FILE}:2: tool.qb.databases.default.direct_url: url is not said, and DATABASE_URL")
    assert chosen(config('direct_url = "postgresql://h/d"'), DATABASE_URL="postgresql://localhost/d").protected


def test_a_direct_address_goes_with_its_url() -> None:
    base = config('url = "postgresql://pooler/shop"', 'direct_url = "postgresql://db/shop"')
    other = config('extends = "default"', 'url = "postgresql://localhost/shop"', name="here")
    here = chosen(base + other, "here")
    assert (here.direct_url, here.direct_origin, here.owned) == ("postgresql://localhost/shop", FILE, True)
    same = chosen(base + config('extends = "default"', 'schemas = ["app"]', name="same"), "same")
    assert (same.direct_url, same.direct_origin) == ("postgresql://db/shop", FILE)


def test_a_shadow_on_the_server_of_a_direct_address_is_refused() -> None:
    direct = config('url = "postgresql://localhost/shop"', 'direct_url = "postgresql://db/shop"', name="production")
    error = failed(config('shadow = "postgresql://db/other"') + direct, "default")
    assert isinstance(error, Refused)
    assert "it is on the server of the database production" in str(error)


def test_a_direct_address_is_guarded_though_the_other_one_is_not_known() -> None:
    production = config('url = "env:NOT_SET"', 'direct_url = "postgresql://db/shop"', name="production")
    error = failed(config('shadow = "postgresql://db/other"') + production, "default")
    assert isinstance(error, Refused)


CONFIG_ALONE = {"config", "name"}
"""What says where a database is from, in errors of the config itself."""
TO_COME = {"seeds", "outputs"}
"""Read by `qb seed` and `qb types`."""


def test_each_field_is_read_by_what_works_with_databases() -> None:
    kit = Path(qb.kit.__file__).parent
    text = "".join(
        each.read_text() for each in kit.rglob("*.py") if each.parent != kit or not each.name.startswith("config")
    )
    fields = {*ChosenDatabase.__struct_fields__} - CONFIG_ALONE - TO_COME
    assert [each for each in sorted(fields) if not re.search(rf"\b(?:database|one)\.{each}\b", text)] == []


def test_which_objects_are_ours() -> None:
    database = chosen(config('schemas = ["app"]', 'include = ["b*", "a*"]', 'exclude = ["*_old"]'))
    assert database.ours == Filter(("app",), ("a*", "b*"), ("*_old",))
    assert "patterns of names" in str(failed(config('include = [""]')))


def test_the_direct_address_is_that_of_the_database_unless_it_has_its_own() -> None:
    assert chosen(config('url = "postgresql://h/d"')).direct_url == "postgresql://h/d"
    assert (
        chosen(config('url = "postgresql://h:6543/d"', 'direct_url = "postgresql://h/d"')).direct_url
        == "postgresql://h/d"
    )


@pytest.mark.parametrize(
    ("url", "shadow"),
    [
        ("postgresql://db.example.com/shop", "postgresql://ada@DB.example.com:5432/scratch"),
        ("postgresql://a,b/shop", "postgresql://b/scratch"),
    ],
)
def test_nothing_is_tried_out_on_the_server_of_a_protected_database(url: str, shadow: str) -> None:
    lines = f'url = "{url}"', f'shadow = "{shadow}"'
    error = failed(config(*lines))
    assert isinstance(error, Refused)
    assert error.exit_code == ExitCode.REFUSED
    assert str(error) == (
        f"{FILE}:3: tool.qb.databases.default.shadow: it is on the server of the database default, which is not owned, "
        "and a shadow makes scratch databases: name another server, or none for the embedded one"
    )
    assert "which is not owned" in str(failed(config(*lines, "protected = false")))
    assert "which is protected" in str(failed(config(*lines, "owned = true")))
    assert chosen(config(*lines, "owned = true", "protected = false")).shadow == shadow
    assert chosen(config(lines[0], 'shadow = "postgresql://elsewhere/scratch"')).shadow is not None


def test_nor_on_that_of_any_other_database_of_the_config() -> None:
    text = config('url = "postgresql://localhost/shop"', 'shadow = "env:SHADOW"') + config(
        'direct_url = "env:DIRECT"', 'url = "env:POOLED"', name="production"
    )
    away = {"POOLED": "postgresql://pool.example.com:6543/shop", "DIRECT": "postgresql://db.example.com/shop"}
    assert chosen(text, "default", SHADOW="postgresql://db.example.com/x").shadow is not None, "it is known by nobody"
    for shadow in away.values():
        outcome = choose(
            config_of(text, FILE),
            "default",
            environ={"SHADOW": shadow},
            environ_of=lambda name: {"production": away}.get(name, {}),
        )
        assert isinstance(outcome, Failure)
        assert "the server of the database production, which is not owned" in str(outcome.failure())
    theirs = config('url = "postgresql://localhost/shop"', 'shadow = "postgresql://127.0.0.1/x"') + config(
        'url = "postgresql://localhost/other"', "owned = false", name="other"
    )
    assert "the server of the database other, which is not owned" in str(failed(theirs))


def test_services_are_apart() -> None:
    text = config('url = "service=production"', 'shadow = "postgresql:///scratch"')
    assert chosen(text).shadow is not None
    assert isinstance(failed(config('url = "service=production"', 'shadow = "service=production"')), Refused)


def test_what_is_not_owned_is_not_changed() -> None:
    with pytest.raises(Refused) as raised:
        refuse_change(chosen(config("owned = false")), "no migration is run")
    assert str(raised.value) == (
        f"{FILE}:2: tool.qb.databases.default.owned: it is false, so no migration is run on the embedded server: "
        "owned = true says that the database is yours to change"
    )
    with pytest.raises(
        Refused, match=r"it is not said, and the server is not on this machine, so no .* on postgresql://ada@h/d:"
    ):
        refuse_change(chosen(config('url = "postgresql://ada:hunter2@h/d"')), "no migration is run")
    refuse_change(chosen(config("owned = true")), "no migration is run")


@pytest.mark.slow
def test_the_embedded_server_lives_beside_the_config(server_folder: Path) -> None:
    file = server_folder / "project" / "pyproject.toml"
    file.parent.mkdir()
    file.write_text(config())
    database = choose(config_of(file.read_text(), file), environ={}).unwrap()
    with at_home(database) as server:
        assert server.directory == (file.parent / ".qb" / "postgres").resolve()


@pytest.mark.parametrize("lines", [(), ('url = "postgresql://localhost/d"',)])
def test_a_direct_address_elsewhere_is_neither_owned_nor_unprotected(lines: tuple[str, ...]) -> None:
    text = config(*lines, 'direct_url = "postgresql://db.example/d"')
    found = chosen(text, DATABASE_URL="postgresql://localhost/d")
    assert (found.owned, found.protected) == (False, True)
