"""`add_config`: which modules hold tables, found without importing one."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Failure
from qb.kit import add_config, read_config
from qb.kit.errors import KitError
from qb.kit.first_config import modules_with_tables

TABLE = "from qb import Table\nclass Order(Table, name='orders'):\n    pass\n"


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def failed(folder: Path, **options: str) -> KitError:
    outcome = add_config(folder, **options)
    assert isinstance(outcome, Failure)
    return outcome.failure()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (TABLE, True),
        ("import qb\nclass Order(qb.Table, name='orders'): ...\n", True),
        ("from qb import schema\nshop = schema(orders)\n", True),
        ("import qb\nshop: qb.typing.Schema = qb.schema(orders)\n", True),
        ("from qb import select\nfrom shop.tables import Order\nall = select(Order)\n", False),
        ("class Order(Table, name='orders'): ...\n", False),
        ("raise SystemExit('nobody imports this')\n", False),
        ("from qb import Table\n# class Order(Table)\n", False),
    ],
)
def test_what_holds_tables(text: str, holds: bool, tmp_path: Path) -> None:
    write(tmp_path, shop__tables=text)
    assert list(modules_with_tables(tmp_path)) == (["shop.tables"] if holds else [])


def test_a_src_layout_leads(tmp_path: Path) -> None:
    write(tmp_path, src__shop__tables=TABLE, scripts__old=TABLE)
    assert list(modules_with_tables(tmp_path)) == ["shop.tables"]


def test_tests_and_what_is_no_package_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, tests__tables=TABLE, shop__test_tables=TABLE, build__shop=TABLE)
    write(tmp_path / ".venv" / "lib", qb__tables=TABLE)
    write(tmp_path / "node-modules", tables=TABLE)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list(modules_with_tables(tmp_path)) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"[project]\r\nname = 'shop'\r\n")
    assert add_config(tmp_path).unwrap().created is False
    assert file.read_bytes().startswith(b"[project]\r\nname = 'shop'\r\n\r\n[tool.qb.databases.default]\r\n")
    whole = file.read_bytes()
    assert failed(tmp_path).code == "configured-already"
    assert file.read_bytes() == whole


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    write(tmp_path / "inner", shop__tables=TABLE)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'whole'\n")
    added = add_config(tmp_path, file=tmp_path / "inner" / "pyproject.toml").unwrap()
    assert (added.created, added.schema) == (True, ("shop.tables",))
    assert read_config(added.file).unwrap().databases["default"].schema == ("shop.tables",)


@pytest.mark.parametrize("name", ["", "a.b", 'a"b', "a b", "ü", "a\nb"])
def test_what_is_no_name(name: str, tmp_path: Path) -> None:
    assert "a name of letters, digits, - and _ is expected" in str(failed(tmp_path, name=name))
    assert not (tmp_path / "pyproject.toml").exists()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    assert "Is a directory" in str(failed(tmp_path, file=str(tmp_path / "pyproject.toml")))
    assert "No such file or directory" in str(failed(tmp_path, file=str(tmp_path / "none" / "pyproject.toml")))
