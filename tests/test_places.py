"""Tests stand where their module's name says: `tests/` has the rooms of `qb/`, and a test that is called like a module
stands in the room of that module."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QB, TESTS = ROOT / "qb", ROOT / "tests"

BESIDE = {"benchmarks": "benchmarks", "tables": "tables", "tools": "tools"}
"""Folders of tests of what stands beside the library."""

ACROSS = {"costs", "faults", "typing"}
"""What goes through all rooms: what work costs, faults in whatever runs, what checkers say of all that is public."""

MODULES = sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))
ROOMS = sorted({module.parent for module in MODULES} - {Path()})


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_every_room_of_tests_is_a_room_of_what_is_tested(room: Path) -> None:
    if (first := room.parts[0]) in ACROSS:
        return
    tested = (ROOT if first in BESIDE else QB) / room
    assert tested.is_dir(), f"there is no {tested.relative_to(ROOT)}"
    modules = [path for path in tested.glob("*.py") if path.name != "__init__.py"]
    assert modules, f"{tested.relative_to(ROOT)} has rooms and no modules: its tests stand in the rooms"


def test_a_test_that_is_called_like_a_module_stands_in_its_room() -> None:
    homes: dict[str, set[Path]] = {}
    for path in QB.rglob("*.py"):
        homes.setdefault(path.stem, set()).add(path.parent.relative_to(QB))
    wrong: list[str] = []
    for module in MODULES:
        if module.parts[0] in BESIDE.keys() | ACROSS:
            continue
        home = homes.get(module.stem.removeprefix("test_"))
        if home is not None and module.parent not in home:
            wrong.append(f"{module} stands in none of {sorted(map(str, home))}")
    assert wrong == []


def test_no_two_tests_are_called_the_same_beside_two_of_one_module() -> None:
    """A name says where to look, so it is twice there only where the module is."""
    modules = [path.stem for path in QB.rglob("*.py")]
    names = [path.stem for path in MODULES if path.parts[0] not in BESIDE]
    twice = {name for name in names if names.count(name) > 1}
    assert {name for name in twice if modules.count(name.removeprefix("test_")) < 2} == set()


LONG = 450
"""The lines above which a module of tests holds more than one idea."""

TABLES = {
    "query/test_refused.py": "one table of what is refused",
    "query/test_laws.py": "one table of what is refused, and one of what is not",
    "query/prepared/test_fixed.py": "its functions are read as bytecode, with the names of the module they stand in",
    "run/session/test_drift.py": "one table of types, and every way to write and read them",
    "typing/inferred.py": "lines that the checkers are run on",
    "typing/refused.py": "the same",
}
"""What is longer, and why."""


def test_a_module_of_tests_holds_one_idea() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in TESTS.rglob("*.py")}
    assert {path.relative_to(TESTS).as_posix() for path, count in lines.items() if count > LONG} == set(TABLES)
