"""`qb init`: a first config, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

from qb.kit import read_config
from qb.kit.first_config import AddedConfig
from tests.kit.command.commands import project, run

TABLES = """
from qb import Col, Table, column

class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)
"""


def test_in_an_empty_folder(tmp_path: Path) -> None:
    ran = run("init", folder=tmp_path)
    assert (ran.code, ran.errors) == (0, "")
    file = tmp_path / "pyproject.toml"
    assert ran.output == (
        f"made {file}: the database default, say in it which modules describe it\n"
        "qb doctor says whether it can be worked with\n"
    )
    assert read_config(file).unwrap().databases.keys() == {"default"}


def test_what_else_is_in_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    before = '[project]\nname = "shop"   # ours\n\n[tool.ruff]\nline-length = 100'
    file.write_text(before)
    package = tmp_path / "src" / "shop"
    (package / "db").mkdir(parents=True)
    (package / "db" / "tables.py").write_text(TABLES)
    (package / "db" / "ids.py").write_text("from qb import brand\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "tables.py").write_text(TABLES)
    (tmp_path / "deep").mkdir()
    reply = run("init", "--json", folder=tmp_path / "deep").reply_of(AddedConfig)
    assert reply.data == AddedConfig(str(file), False, "default", ("shop.db.tables",))
    assert file.read_text().startswith(f"{before}\n\n[tool.qb.databases.default]\n")
    config = read_config(file).unwrap()
    assert config.databases["default"].schema == ("shop.db.tables",)


def test_another_database_beside_it(tmp_path: Path) -> None:
    project(tmp_path, "major = 16", tables=TABLES)
    assert run("init", "--database", "reporting", folder=tmp_path).code == 0
    config = read_config(tmp_path / "pyproject.toml").unwrap()
    assert {name: each.major for name, each in config.databases.items()} == {"default": 16, "reporting": None}
    assert config.databases["reporting"].schema == ("tables",)


def test_one_that_is_there_is_left_alone(tmp_path: Path) -> None:
    file = project(tmp_path, "major = 16") / "pyproject.toml"
    before = file.read_text()
    ran = run("init", folder=tmp_path)
    assert ran.code == 1
    assert ran.errors == (
        f"error: {file}:1 names the database default already: change it there, or add another with --database NAME\n"
    )
    assert [each.code for each in run("init", "--json", folder=tmp_path).reply().problems] == ["configured-already"]
    assert file.read_text() == before


def test_a_file_that_cannot_take_it(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    for text, message in (
        ("[project\n", "pyproject.toml:1: no TOML"),
        ("[tool]\nqb = 1\n", "no TOML: "),
        ("[tool.qb]\nurl = 'x'\n", "tool.qb.url: there is no such key"),
    ):
        file.write_text(text)
        ran = run("init", folder=tmp_path)
        assert (ran.code, file.read_text()) == (1, text)
        assert message in ran.errors
    assert "a name of letters, digits, - and _" in run("init", "-d", "my shop", folder=tmp_path).errors


def test_the_package_that_makes_a_schema_stands_for_its_modules(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "tables"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from qb import schema\nfrom shop.tables import orders\nshop = schema(orders)\n"
    )
    (package / "orders.py").write_text(TABLES)
    reply = run("init", "--json", folder=tmp_path).reply_of(AddedConfig)
    assert reply.data.schema == ("shop.tables",)
