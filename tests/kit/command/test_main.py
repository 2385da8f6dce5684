"""The entry of `qb`, with its extra and without."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from qb.kit.command import main as entry

ROOT = Path(__file__).resolve().parents[3]


def test_the_script_leads_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["scripts"]["qb"].partition(":")
    assert getattr(import_module(module), name) is entry.main
    extra = project["optional-dependencies"]["kit"]
    assert len(extra) == len((*entry.NEEDED, "watchfiles"))  # which `qb dev --watch` alone asks for


def without_extra(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`qb` where none of the extra's packages can be found."""
    program = (
        "import importlib.util, sys\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name in ('typer', 'rich', 'dotenv') else found(name)\n"
        "from qb.kit.command.main import main\n"
        f"main({list(arguments)!r})\n"
    )
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_without_the_extra_it_says_what_to_install() -> None:
    done = without_extra("doctor")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'error: the command qb needs its extra. Install it: pip install "qb[kit]" (not here: typer, rich, dotenv)\n'
    )


@pytest.mark.slow
def test_without_the_extra_json_says_it_too() -> None:
    done = without_extra("doctor", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    (problem,) = msgspec.json.decode(done.stdout)["problems"]
    assert (problem["code"], problem["fix"]) == ("missing-extra", 'pip install "qb[kit]"')


@pytest.mark.slow
def test_neither_qb_nor_the_kit_loads_the_extra() -> None:
    program = "import sys, qb.kit, qb.kit.command; print(sorted({'typer', 'rich', 'dotenv'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_it_exits_with_the_command_s_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(["no-such-command"])
    assert ended.value.code == 1
    assert "No such command" in capsys.readouterr().err
