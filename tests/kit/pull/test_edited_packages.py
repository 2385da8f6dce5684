"""A second pull into a folder that somebody has worked in: nothing of theirs is written over, whatever they did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qb.kit.errors import FormatterRefused, UnparsablePull, UnreadableModule, UnwritableModule
from qb.kit.pull import compare_modules, write_modules
from tests.kit.pull.test_files import ONE, OTHER, pulled

SHOP = pulled(ids="Key = int\n", public="class Order:\n    a = 1\n\n\nclass User:\n    b = 2\n")
LATER = pulled(ids="Key = int\n", public="class Order:\n    a = 1\n\n\nclass User:\n    b = 3\n")


def states(folder: Path, found: object = None) -> dict[str, str]:
    return {each.file: each.state for each in compare_modules(SHOP if found is None else LATER, folder).unwrap()}


def test_a_module_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    (tmp_path / "ids.py").unlink()
    assert states(tmp_path) == {"ids.py": "new", "public.py": "same"}


def test_a_module_under_another_name_is_not_written_beside_itself(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    (tmp_path / "public.py").rename(tmp_path / "tables.py")
    assert states(tmp_path) == {"ids.py": "same", "public.py": "moved"}
    (_, moved) = write_modules(LATER, tmp_path, overwrite=True).unwrap()
    assert (moved.state, moved.to) == ("moved", "tables.py")
    assert moved.diff.endswith("-    b = 2\n+    b = 3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ids.py", "tables.py"]
    (tmp_path / "sub").mkdir()
    text = (tmp_path / "tables.py").read_text()
    (tmp_path / "tables.py").rename(tmp_path / "sub" / "tables.py")
    (tmp_path / "sub" / "tables.py").write_text(f"# mine\n{text}")
    assert states(tmp_path) == {"ids.py": "same", "public.py": "moved"}


def test_two_modules_that_were_made_one(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    ids, public = tmp_path / "ids.py", tmp_path / "public.py"
    public.write_text(f"{ids.read_text()}\n{public.read_text()}")
    ids.unlink()
    assert states(tmp_path) == {"ids.py": "moved", "public.py": "edited"}


def test_a_table_that_moved_to_another_module_is_shown(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    public, orders = tmp_path / "public.py", tmp_path / "orders.py"
    whole = public.read_text()
    orders.write_text(whole.partition("\n\nclass User")[0])
    public.write_text(f"from orders import Order\n\n\nclass User{whole.partition('class User')[2]}")
    ids, edited = write_modules(SHOP, tmp_path).unwrap()
    assert (ids.state, edited.state) == ("same", "edited")
    assert "-from orders import Order\n" in edited.diff
    assert "+class Order:\n" in edited.diff
    assert orders.read_text().startswith("class Order:\n")


def test_what_is_no_python_stays(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    path = tmp_path / "public.py"
    path.write_text("class Order(\n<<<<<<< HEAD\n")
    (tmp_path / "mine.py").write_text("def (\0")
    (tmp_path / "theirs.py").write_bytes(b"\xff\xfe")
    (tmp_path / "ids.py").unlink()
    assert states(tmp_path) == {"ids.py": "new", "public.py": "edited"}
    write_modules(LATER, tmp_path).unwrap()
    assert path.read_text() == "class Order(\n<<<<<<< HEAD\n"


def test_other_ends_of_lines_are_no_edit(tmp_path: Path) -> None:
    write_modules(SHOP, tmp_path).unwrap()
    for path in tmp_path.glob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert states(tmp_path) == {"ids.py": "same", "public.py": "same"}
    assert states(tmp_path, LATER) == {"ids.py": "same", "public.py": "changed"}
    public = tmp_path / "public.py"
    public.write_bytes(public.read_bytes().replace(b"b = 2", b"b = 4"))
    assert states(tmp_path)["public.py"] == "edited"


def test_ends_of_lines_that_the_settings_of_ruff_ask_for(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[format]\nline-ending = "cr-lf"\n')
    write_modules(SHOP, tmp_path).unwrap()
    assert (tmp_path / "ids.py").read_bytes().startswith(b"Key = int\r\n")
    assert set(states(tmp_path).values()) == {"same"}


def test_a_link_is_somebody_elses(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.py", tmp_path / "shop"
    write_modules(ONE, folder).unwrap()
    (folder / "shop.py").rename(outside)
    (folder / "shop.py").symlink_to(outside)
    sealed = outside.read_text()
    assert [each.state for each in write_modules(ONE, folder).unwrap()] == ["same"]
    assert [each.state for each in write_modules(OTHER, folder).unwrap()] == ["edited"]
    assert outside.read_text() == sealed
    outside.unlink()
    assert [each.state for each in write_modules(OTHER, folder).unwrap()] == ["edited"]
    assert not outside.exists()
    write_modules(OTHER, folder, overwrite=True).unwrap()
    assert (outside.exists(), (folder / "shop.py").is_symlink()) == (False, False)
    (folder / "shop.py").unlink()
    (folder / "shop.py").symlink_to(folder / "shop.py")
    assert isinstance(compare_modules(ONE, folder).failure(), UnreadableModule)


def test_a_folder_that_is_a_link_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "shop").symlink_to(tmp_path / "real")
    write_modules(ONE, tmp_path / "shop").unwrap()
    assert (tmp_path / "real" / "shop.py").exists()


def test_what_cannot_be_written_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = write_modules(ONE, "/proc/shop").failure()
    assert isinstance(error, UnwritableModule)
    assert str(error).startswith("/proc/shop/shop.py cannot be written: ")
    file = tmp_path / "file"
    file.write_text("")
    assert isinstance(write_modules(ONE, file).failure(), UnreadableModule)
    write_modules(SHOP, tmp_path / "shop").unwrap()
    public = tmp_path / "shop" / "public.py"
    before = public.read_bytes()

    def refused(path: object, mode: int) -> bool:
        return not str(path).endswith("public.py")

    with monkeypatch.context() as patch:
        patch.setattr(os, "access", refused)  # root may write anything
        error = write_modules(LATER, tmp_path / "shop").failure()
    assert str(error) == f"{public} cannot be written: it is read-only"

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        error = write_modules(LATER, tmp_path / "shop").failure()
    assert str(error) == f"{public} cannot be written: No space left on device"
    assert public.read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "shop").iterdir()) == ["ids.py", "public.py"]


def test_a_module_keeps_who_may_read_it(tmp_path: Path) -> None:
    write_modules(ONE, tmp_path).unwrap()
    (tmp_path / "shop.py").chmod(0o600)
    write_modules(OTHER, tmp_path).unwrap()
    assert (tmp_path / "shop.py").stat().st_mode & 0o777 == 0o600


def test_a_formatter_that_refuses_is_no_formatter_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[format]\nquote-style = "odd"\n')
    error = compare_modules(ONE, tmp_path).failure()
    assert isinstance(error, FormatterRefused)
    assert f"ruff did not format {tmp_path / 'shop.py'}: " in str(error)
    assert "odd" in str(error)
    assert str(error).endswith("; mend the settings of ruff that hold in that folder")
    mistaken = compare_modules(pulled(shop="x = 1\ny = (\n"), tmp_path).failure()
    assert isinstance(mistaken, UnparsablePull)
    assert str(mistaken) == (
        "shop.py as it was pulled is no Python, line 2: '(' was never closed; that is a mistake of qb's and not of the "
        "database, please tell us of it; nothing was written"
    )
