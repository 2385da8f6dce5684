"""Modules on a disk: formatted, sealed, and what is edited stays."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from qb import Database
from qb.kit import introspect
from qb.kit.errors import UnparsablePull, UnreadableModule
from qb.kit.pull import Pulled, compare_modules, formatted, pull, write_modules
from tests.kit.pull.again import imported


def pulled(**modules: str) -> Pulled:
    return Pulled(MappingProxyType({f"{name}.py": text for name, text in modules.items()}), ())


ONE = pulled(shop="x = [ 1,2 ]\n")
OTHER = pulled(shop="x = [1, 2, 3]\n")


def test_what_is_written_is_formatted_and_sealed(tmp_path: Path) -> None:
    (new,) = write_modules(ONE, tmp_path / "deep" / "shop").unwrap()
    text = (tmp_path / "deep" / "shop" / "shop.py").read_text()
    assert new.state == "new"
    assert text.startswith("x = [1, 2]\n# Pulled by qb, ")
    assert [each.state for each in write_modules(ONE, tmp_path / "deep" / "shop").unwrap()] == ["same"]


def test_what_nobody_has_edited_is_written_anew(tmp_path: Path) -> None:
    write_modules(ONE, tmp_path).unwrap()
    (changed,) = write_modules(OTHER, tmp_path).unwrap()
    assert changed.state == "changed"
    assert changed.diff.endswith("-x = [1, 2]\n+x = [1, 2, 3]")
    assert (tmp_path / "shop.py").read_text().startswith("x = [1, 2, 3]\n")


def test_what_was_edited_stays_and_is_shown(tmp_path: Path) -> None:
    write_modules(ONE, tmp_path).unwrap()
    path = tmp_path / "shop.py"
    path.write_text(f"y = 1  # mine\n{path.read_text()}")
    for same in (ONE, OTHER):
        (edited,) = write_modules(same, tmp_path).unwrap()
        assert edited.state == "edited"
        assert "-y = 1  # mine\n" in edited.diff
        assert path.read_text().startswith("y = 1  # mine\n")
    assert [each.state for each in write_modules(OTHER, tmp_path, overwrite=True).unwrap()] == ["edited"]
    assert path.read_text().startswith("x = [1, 2, 3]\n")


def test_a_module_of_somebody_elses_is_never_taken_for_pulled(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("mine = 1\n")
    (tmp_path / "other.py").write_text("mine = 2\n")
    assert [(each.file, each.state) for each in write_modules(ONE, tmp_path).unwrap()] == [("shop.py", "edited")]
    assert (tmp_path / "shop.py").read_text() == "mine = 1\n"


def test_a_module_that_is_pulled_no_more_is_told_and_stays(tmp_path: Path) -> None:
    write_modules(pulled(shop="x = 1\n", gone="y = 1\n"), tmp_path).unwrap()
    found = {each.file: each for each in write_modules(ONE, tmp_path).unwrap()}
    assert found["gone.py"].state == "gone"
    assert "-y = 1" in found["gone.py"].diff
    assert (tmp_path / "gone.py").exists()


def test_nothing_is_written_by_looking(tmp_path: Path) -> None:
    assert [each.state for each in compare_modules(ONE, tmp_path / "shop").unwrap()] == ["new"]
    assert not (tmp_path / "shop").exists()


def test_the_settings_of_the_folder_format_it(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[format]\nquote-style = "single"\n')
    write_modules(pulled(shop='x = "a"\n'), tmp_path).unwrap()
    assert (tmp_path / "shop.py").read_text().startswith("x = 'a'\n")


def test_what_cannot_be_read_or_formatted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.py").write_bytes(b"\xff")
    error = compare_modules(ONE, tmp_path).failure()
    assert isinstance(error, UnreadableModule)
    assert "shop.py cannot be read" in str(error)
    broken = compare_modules(pulled(shop="x = (\n"), tmp_path / "other").failure()
    assert isinstance(broken, UnparsablePull)
    assert "never closed" in str(broken)

    def nothing(name: str) -> None: ...

    monkeypatch.setattr(formatted, "find_spec", nothing)
    missing = compare_modules(ONE, tmp_path).failure()
    assert str(missing) == (
        'the modules could not be formatted: ruff is not installed; the extra has ruff, pip install "qb[kit]"'
    )


def test_of_an_empty_database_a_package_without_modules_is_written(bare: Database, tmp_path: Path) -> None:
    found = pull(introspect(bare).unwrap(), "nothing_there")
    assert [each.file for each in write_modules(found, tmp_path / "nothing_there").unwrap()] == ["__init__.py"]
    files = {path.name: path.read_text() for path in (tmp_path / "nothing_there").iterdir()}
    with imported(files, tmp_path / "again", "nothing_there") as schema:
        assert schema.tables == ()
