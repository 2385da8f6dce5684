"""`qb config`: the databases, without their secrets."""

from __future__ import annotations

from pathlib import Path

from qb.kit.command.config import ShownConfig, ShownDatabase
from tests.kit.command.commands import project, run


def test_all_databases(tmp_path: Path) -> None:
    project(
        tmp_path, 'url = "env:SHOP"', 'schema = "shop.tables"', "[tool.qb.databases.home]", 'migrations = "../home"'
    )
    (tmp_path / ".env.default").write_text("SHOP=postgresql://ada:hunter2@db.example.com/shop\n")
    ran = run("config", "--json", folder=tmp_path)
    assert ran.reply_of(ShownConfig).data == ShownConfig(
        str(tmp_path / "pyproject.toml"),
        (
            ShownDatabase(
                "default",
                "postgresql://ada@db.example.com/shop",
                "env:SHOP",
                False,
                True,
                ("shop.tables",),
                str(tmp_path / "migrations"),
            ),
            ShownDatabase(
                *("home", "the embedded server", str(tmp_path / ".qb" / "postgres"), True, False, ()),
                str(tmp_path.parent / "home"),
            ),
        ),
    )
    shown = run("config", folder=tmp_path)
    assert (shown.code, shown.errors) == (0, "")
    assert "postgresql://ada@db.example.com/shop" in shown.output
    assert "hunter2" not in ran.output + shown.output


def test_an_address_that_is_not_to_be_had(tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', "[tool.qb.databases.home]")
    reply = run("config", "--json", folder=tmp_path).reply_of(ShownConfig)
    assert (reply.code, [each.code for each in reply.problems]) == (1, ["unset-variable"])
    assert [(each.name, each.address) for each in reply.data.databases] == [
        ("default", None),
        ("home", "the embedded server"),
    ]
    assert reply.problems[0].fix == "export SHOP=postgresql://USER@HOST/DATABASE"
    ran = run("config", folder=tmp_path)
    assert "SHOP is not set in the environment" in ran.errors
    assert run("config", "--database", "home", folder=tmp_path).code == 0
    assert run("config", "--database", "hom", "--json", folder=tmp_path).reply().problems[0].code == "unknown-database"
    assert run("config", "--database", "hom", folder=tmp_path).output == ""


def test_the_variable_of_another_database(tmp_path: Path) -> None:
    production = ("[tool.qb.databases.production]", 'url = "env:PRODUCTION_URL"', 'schema = "shop.tables"')
    project(tmp_path, 'schema = "shop.tables"', *production)
    reply = run("config", "--json", folder=tmp_path).reply_of(ShownConfig)
    assert (reply.code, reply.problems) == (0, ())
    found = reply.data.databases[1]
    assert found == ShownDatabase(
        *("production", None, "env:PRODUCTION_URL: not set", False, True, ("shop.tables",)),
        str((tmp_path / "migrations").resolve()),
    )
    shown = run("config", folder=tmp_path)
    assert (shown.code, shown.errors) == (0, "")
    assert "not set" in shown.output
    asked = run("config", "--database", "production", "--json", folder=tmp_path).reply_of(ShownConfig)
    assert (asked.code, [each.code for each in asked.problems]) == (1, ["unset-variable"])
    assert asked.data.databases == (found,)


def test_the_address_that_migrations_go_to(tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', 'direct_url = "env:DIRECT"')
    said = {"SHOP": "postgresql://ada:hunter2@localhost:6543/shop", "DIRECT": "postgresql://ada:hunter2@db/shop"}
    (found,) = run("config", "--json", folder=tmp_path, **said).reply_of(ShownConfig).data.databases
    assert (found.address, found.direct_url) == ("postgresql://ada@localhost:6543/shop", "postgresql://ada@db/shop")
    assert (found.owned, found.protected) == (False, True)
    assert "migrations: postgresql://ada@db/shop" in run("config", folder=tmp_path, **said).output


def test_the_file_that_the_variable_of_a_database_belongs_into(tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:PRODUCTION_URL"', name="production")
    assert "or write it into .env.production beside that file" in run("config", folder=tmp_path).errors
