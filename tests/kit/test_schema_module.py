"""`load_schema`: modules of projects of every layout, and the line of what is wrong in one."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Failure, matching
from qb.kit import load_schema
from qb.kit.errors import KitError, UnreadableSchema

TABLES = """
from qb import Col, Table, column, schema

class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)

class Item(Table, name="items"):
    id: Col[int] = column(primary_key=True)
"""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What is imported here is of no use to others, and their search path is as before."""
    before, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0].startswith("shop"):
            del sys.modules[name]
    assert sys.path == path


@pytest.fixture(params=["flat", "src"])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An empty package `shop` in a project of either layout."""
    folder = tmp_path / "shop" if request.param == "flat" else tmp_path / "src" / "shop"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    return folder


def failed(names: str | list[str], folder: Path) -> KitError:
    outcome = load_schema(names, folder=folder)
    assert isinstance(outcome, Failure)
    return outcome.failure()


def titles(names: str | list[str], folder: Path) -> list[str]:
    return sorted(table.title for table in load_schema(names, folder=folder).unwrap().tables)


def test_a_module_is_gathered(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    assert titles("shop.tables", tmp_path) == ["items", "orders"]


def test_several_modules_are_one_schema(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    (package / "more.py").write_text(TABLES.replace('"orders"', '"quotes"').replace('"items"', '"lines"'))
    assert titles(["shop.tables", "shop.more"], tmp_path) == ["items", "lines", "orders", "quotes"]


def test_the_schema_that_a_module_holds(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(f"{TABLES}\nwhole = also = schema(Order)\n")
    assert titles("shop.tables", tmp_path) == ["orders"]
    assert titles("shop.tables:also", tmp_path) == ["orders"]


def test_what_is_ours_is_asked_of_what_is_gathered(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    found = load_schema("shop.tables", folder=tmp_path, ours=matching(leave=["items"])).unwrap()
    assert [table.title for table in found.tables if not table.external] == ["orders"]


def test_one_of_several(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(f"{TABLES}\nsale = schema(Order)\nstock = schema(Item)\nnumber = 5\n")
    assert titles("shop.tables:stock", tmp_path) == ["items"]
    assert "it holds several schemas: name shop.tables:sale or shop.tables:stock" in str(
        failed("shop.tables", tmp_path)
    )
    assert "shop.tables has no stok: did you mean stock?" in str(failed("shop.tables:stok", tmp_path))
    assert "shop.tables.number is a int and no Schema" in str(failed("shop.tables:number", tmp_path))
    assert titles(["shop.tables:sale", "shop.tables:stock"], tmp_path) == ["items", "orders"]


def test_modules_beside_a_package_that_gathers_its_own(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    (package / "more.py").write_text(TABLES.replace('"orders"', '"quotes"').replace('"items"', '"lines"'))
    init = "from qb import schema as _schema\nfrom shop import more, tables\n\nschema = _schema(more, tables)\n"
    (package / "__init__.py").write_text(init)
    few = 'few = silence("no-primary-key", Order, because="so")'
    quiet = f"from qb import silence\nfrom shop.tables import Order\n\n{few}\n"
    (package.parent / "shop_quiet.py").write_text(quiet)
    for names in (["shop", "shop_quiet"], ["shop_quiet", "shop"]):
        found = load_schema(names, folder=tmp_path).unwrap()
        assert sorted(table.title for table in found.tables) == ["items", "lines", "orders", "quotes"]
        assert [each.because for each in found.silences] == ["so"]
    alone = load_schema("shop", folder=tmp_path).unwrap()
    assert alone.silences == ()
    part = load_schema(["shop", "shop_quiet"], folder=tmp_path, ours=matching(leave=["items"])).unwrap()
    assert sorted(table.title for table in part.tables if not table.external) == ["lines", "orders", "quotes"]


def test_a_package_whose_schema_says_more_than_its_modules(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    (package / "__init__.py").write_text(
        'from qb import schema as _schema\nfrom shop import tables\n\nschema = _schema(tables, extensions=["citext"])\n'
    )
    (package.parent / "shop_quiet.py").touch()
    assert load_schema(["shop", "shop_quiet"], folder=tmp_path).unwrap().extensions == ("citext",)


def test_a_module_that_is_not_there(package: Path, tmp_path: Path) -> None:
    for name in ("shop.tabels", "shopp"):
        error = failed(name, tmp_path)
        assert str(error).startswith(f"there is no module {name} in {tmp_path}, in its src, or among what is installed")
        assert str(error).endswith(f"(reading the schema {name})")


@pytest.mark.parametrize("name", ["", "shop/tables.py", "shop.tables:", "shop..tables", ".tables", "shop.tables:a:b"])
def test_what_is_no_name_of_a_module(name: str, tmp_path: Path) -> None:
    assert "a module is named as in shop.tables" in str(failed(name, tmp_path))


def test_no_module_at_all(tmp_path: Path) -> None:
    assert 'no module is named: say schema = ["shop.tables"] in the config' in str(failed([], tmp_path))


def test_a_module_without_tables(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text("x = 1\n")
    error = failed("shop.tables", tmp_path)
    assert isinstance(error, UnreadableSchema)
    assert (error.file, error.message) == (str(package / "tables.py"), "it holds no table: name the module that does")


@pytest.mark.parametrize(
    ("inner", "line", "message"),
    [
        ("import shop_that_is_not_there", 3, "ModuleNotFoundError: No module named 'shop_that_is_not_there'"),
        ("from shop import nothing", 3, "ImportError: cannot import name 'nothing' from 'shop' ("),
        ("x = (", 3, "SyntaxError: '(' was never closed"),
        ("x = {}\ny = x['price']", 4, "KeyError: 'price'"),
        ("raise SystemExit('stop')", 3, "SystemExit: stop"),
        ("from qb import Table\nclass T(Table, name=5): pass", 4, "DefinitionError: "),
        ("import json\njson.loads('{')", 4, "JSONDecodeError: "),
    ],
)
def test_the_line_of_the_mistake_itself(inner: str, line: int, message: str, package: Path, tmp_path: Path) -> None:
    """Not of the module that was asked for, nor of who was called with something wrong."""
    (package / "tables.py").write_text("from shop import deeper\n")
    (package / "deeper.py").write_text(f"# one\n# two\n{inner}\n")
    error = failed("shop.tables", tmp_path)
    assert isinstance(error, UnreadableSchema)
    assert (error.file, error.line) == (str(package / "deeper.py"), line)
    assert error.message.startswith(message)
    assert str(error).startswith(f"{package / 'deeper.py'}:{line}: {message}")


def test_a_schema_that_cannot_be_gathered(package: Path, tmp_path: Path) -> None:
    (package / "tables.py").write_text(TABLES)
    (package / "more.py").write_text(TABLES)
    message = str(failed(["shop.tables", "shop.more"], tmp_path))
    assert "are both the table 'orders'" in message or "are both the table 'items'" in message


def test_a_package_that_is_installed_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an editable install has it: in a folder of its own on the search path."""
    elsewhere, project = tmp_path / "elsewhere", tmp_path / "project"
    (elsewhere / "shop").mkdir(parents=True)
    project.mkdir()
    (elsewhere / "shop" / "tables.py").write_text(TABLES)
    with monkeypatch.context() as path:
        path.setattr(sys, "path", [str(elsewhere), *sys.path])
        assert titles("shop.tables", project) == ["items", "orders"]
        (elsewhere / "shop" / "wrong.py").write_text("\n1 / 0\n")
        assert str(failed("shop.wrong", project)).startswith(
            f"{elsewhere / 'shop' / 'wrong.py'}:2: ZeroDivisionError: "
        )


def test_a_package_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.writestr("shop/__init__.py", "")
        archive.writestr("shop/tables.py", TABLES)
        archive.writestr("shop/wrong.py", "\n1 / 0\n")
    with monkeypatch.context() as path:
        path.setattr(sys, "path", [str(tmp_path / "shop.zip"), *sys.path])
        assert titles("shop.tables", tmp_path) == ["items", "orders"]
        assert f"shop.zip{os.sep}shop{os.sep}wrong.py:2: ZeroDivisionError: " in str(failed("shop.wrong", tmp_path))


def test_a_project_whose_folder_is_hard_to_write(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s 100% "mine" \\ ünï'
    (folder / "src" / "shop").mkdir(parents=True)
    (folder / "src" / "shop" / "tables.py").write_text(TABLES)
    assert titles("shop.tables", folder) == ["items", "orders"]
