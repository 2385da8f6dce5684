"""What the type checkers accept, and what they refuse: mypy, pyright and basedpyright, all strict, of two Pythons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.typing.checkers import (
    ACCEPTED,
    BIN,
    CHECKERS,
    HERE,
    REFUSED,
    ROOT,
    VERSIONS,
    Said,
    marked,
    refusals,
    said,
)

pytestmark = pytest.mark.slow
AT_LEAST = {"refused.py": 300, "refused_statements.py": 60, "refused_running.py": 130}
"""How many lines are marked in a file; in another one five."""


@pytest.fixture(
    scope="session", params=[(checker, version) for checker in CHECKERS for version in VERSIONS], ids="-".join
)
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Said]:
    """What each checker says."""
    checker, version = request.param
    return checker, said(checker, version, tmp_path_factory)


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_right_is_accepted(name: str, checked: tuple[str, Said]) -> None:
    assert refusals(checked[1], name) == {}


@pytest.mark.parametrize("name", REFUSED)
def test_each_marked_line_and_no_other_is_refused(name: str, checked: tuple[str, Said]) -> None:
    checker, found = checked
    refused = refusals(found, name)
    wanted = marked(name, mypy=checker == "mypy")
    lines = (HERE / name).read_text().splitlines()
    assert len(wanted) >= AT_LEAST.get(name, 5)
    assert [f"{line}: {lines[line - 1]}" for line in sorted(wanted - set(refused))] == []
    assert {line: text for line, text in refused.items() if line not in wanted} == {}


@pytest.mark.parametrize("name", REFUSED)
def test_no_line_is_refused_for_a_name_that_nobody_knows(name: str, checked: tuple[str, Said]) -> None:
    """A forgotten import would refuse it, whatever qb says."""
    rules = {"name-defined", "no-redef", "reportUndefinedVariable", "reportRedeclaration"}
    unknown = {line: each.text for line, told in checked[1][name].items() for each in told if each.rule in rules}
    assert unknown == {}


@pytest.mark.parametrize("name", [each for each in ACCEPTED if each != "common.py"])
def test_no_any_reaches_a_user(name: str) -> None:
    """mypy then refuses each expression that has an Any in it, and above it did not."""
    assert "# mypy: disallow-any-expr" in (HERE / name).read_text().splitlines()


@pytest.mark.parametrize("program", ["basedpyright", "pyright"])
def test_every_public_type_is_known(program: str, tmp_path: Path) -> None:
    # It takes the package from where Python finds packages, and does not read .pth files: an editable install's.
    path = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [str(BIN / program), "--pythonpath", sys.executable, "--verifytypes", "qb", "--ignoreexternal", "--outputjson"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    assert done.stdout.lstrip().startswith("{"), done.stderr
    report = json.loads(done.stdout)["typeCompleteness"]
    missing = [
        f"{symbol['name']}: {said['message']}"
        for symbol in report["symbols"]
        if symbol["isExported"] and not (symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"])
        for said in symbol["diagnostics"]
        if "docstring" not in said["message"]
    ]
    assert missing == []
    assert report["exportedSymbolCounts"]["withKnownType"] > 1000
    assert report["completenessScore"] == 1
