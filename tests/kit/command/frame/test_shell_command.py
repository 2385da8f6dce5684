"""What every command has without declaring it: its options, its errors and how it exits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from qb import DefinitionError, NotFound
from qb.kit.command.application import QbGroup
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import KitError, MissingRoles
from qb.kit.exit_code import ExitCode
from qb.kit.sql_file import SqlFileError
from tests.kit.command.commands import OURS, Ran, project


def command(function: Any, *arguments: str, **environ: str) -> Ran:
    """A function as the command `try`, run."""
    made = shell_command("qb try")(function)
    app = typer.Typer(cls=QbGroup)
    app.callback()(lambda: None)
    app.command("try", help=made.help, epilog=made.epilog)(made.called("try"))
    done = CliRunner().invoke(app, ["try", *arguments], env=dict.fromkeys(OURS) | environ, catch_exceptions=False)
    return Ran(done.exit_code, done.stdout, done.stderr)


def test_parameters_are_typer_s() -> None:
    def perform(
        invocation: Invocation,
        place: Annotated[str, typer.Argument()],
        *,
        sample: Annotated[int, typer.Option(help="How many.")] = 5,
        dump: Path | None = None,
    ) -> Reply[dict[str, Any]]:
        """Do something."""
        return Reply({"place": place, "sample": sample, "dump": dump and str(dump), "name": invocation.name})

    ran = command(perform, "here", "--sample", "7", "--dump", "x.sql", "-d", "shop", "--json")
    assert ran.reply().data == {"place": "here", "sample": 7, "dump": "x.sql", "name": "shop"}
    assert command(perform).code == 1
    assert command(perform).errors == "error: Missing argument 'place': see root try --help\n"


@pytest.mark.parametrize("code", ExitCode)
def test_it_exits_with_the_number_of_its_reply(code: ExitCode) -> None:
    def perform(invocation: Invocation) -> Reply[int]:
        return Reply(1, show="one", exit_code=code)

    assert command(perform) == Ran(code, "one\n", "")
    assert command(perform, "--json").reply().data == 1


class TooLate(KitError):
    code = "too-late"
    exit_code = ExitCode.REFUSED
    fix = "qb earlier"
    file = "up.sql"
    line = 3
    object = "table public.users"

    def __str__(self) -> str:
        return "it is too late"


@pytest.mark.parametrize(
    ("error", "code", "problem"),
    [
        (
            TooLate(),
            4,
            ReplyProblem("too-late", "it is too late", "table public.users", "up.sql", 3, "qb earlier"),
        ),
        (
            MissingRoles(("a",), "x"),
            1,
            ReplyProblem("missing-roles", str(MissingRoles(("a",), "x")), fix='CREATE ROLE "a";'),
        ),
        (NotFound("users"), 1, ReplyProblem("not-found", str(NotFound("users")))),
        (DefinitionError("no"), 1, ReplyProblem("definition-error", "no")),
        (SqlFileError("a.sql", 2, 1, "what"), 1, ReplyProblem("sql-file-error", "a.sql:2:1: what", None, "a.sql", 2)),
    ],
)
def test_errors_are_shown_and_said_in_json(error: Exception, code: int, problem: ReplyProblem) -> None:
    def perform(invocation: Invocation) -> Reply[None]:
        raise error

    ran = command(perform)
    assert (ran.code, ran.output) == (code, "")
    assert ran.errors.startswith(f"error: {error}\n")
    reply = command(perform, "--json").reply()
    assert (reply.code, reply.data, reply.problems) == (code, None, (problem,))


def test_a_fix_is_shown_below() -> None:
    def perform(invocation: Invocation) -> Reply[None]:
        raise TooLate

    assert command(perform).errors == "error: it is too late\n  qb earlier\n"


def test_what_nobody_expected_shows_no_value() -> None:
    def perform(invocation: Invocation) -> Reply[None]:
        raise KeyError("hunter2")

    ran = command(perform)
    assert ran.code == 1
    assert ran.errors.startswith("error: unexpected KeyError at test_shell_command.py:")
    assert "hunter2" not in ran.errors
    assert command(perform, "--json").reply().problems[0].code == "unexpected"
    with pytest.raises(KeyError, match="hunter2"):
        command(perform, QB_TRACEBACK="1")


def test_it_is_interrupted() -> None:
    def perform(invocation: Invocation) -> Reply[None]:
        raise KeyboardInterrupt

    assert command(perform) == Ran(130, "", "error: interrupted\n")
    assert command(perform, "--json").reply().problems == (ReplyProblem("interrupted", "interrupted"),)


def test_what_a_module_prints_is_not_the_answer() -> None:
    def perform(invocation: Invocation) -> Reply[int]:
        print("loading")
        return Reply(1)

    ran = command(perform, "--json")
    assert (ran.reply().data, ran.errors) == (1, "loading\n")


def test_what_is_shown_is_made_for_people_alone() -> None:
    def shown() -> str:
        raise AssertionError("nobody looks")

    def perform(invocation: Invocation) -> Reply[int]:
        return Reply(1, show=shown)

    assert command(perform, "--json").reply().data == 1


def test_a_project_s_variables_and_modules_end_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import os\nfrom qb import Col, Table, column\n"
    text += "class T(Table, name=os.environ['SHOP_TABLE']):\n    id: Col[int] = column()\n"
    monkeypatch.chdir(project(tmp_path, 'schema = "shop_of_a_test"', shop_of_a_test=text))
    (tmp_path / ".env").write_text("SHOP_TABLE=orders\nDATABASE_URL=postgresql://ada:hunter2@db.example.com/shop\n")
    (tmp_path / ".env.default").write_text("SHOP_TABLE='quotes'\n")
    before = dict(os.environ), list(sys.path)

    def perform(invocation: Invocation) -> Reply[dict[str, Any]]:
        database = invocation.database()
        found = invocation.schema(database)
        return Reply({"url": database.shown, "tables": [each.title for each in found.tables]})

    ran = command(perform, "--json")
    assert ran.reply().data == {"url": "postgresql://ada@db.example.com/shop", "tables": ["quotes"]}
    assert (dict(os.environ), list(sys.path)) == before
    sys.modules.pop("shop_of_a_test")
    assert command(perform, "--json", SHOP_TABLE="lines").reply().data["tables"] == ["lines"]
    sys.modules.pop("shop_of_a_test")


def test_nothing_of_two_databases_gets_mixed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, 'url = "env:SHOP"', "[tool.qb.databases.other]", 'url = "env:SHOP"')
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env.default").write_text("SHOP=postgresql://one/shop\n")
    (tmp_path / ".env.other").write_text("SHOP=postgresql://two/shop\n")

    def perform(invocation: Invocation) -> Reply[list[str]]:
        return Reply([invocation.database(name).shown for name in ("default", "other", "default")])

    shown = msgspec.json.decode(command(perform, "--json").output)["data"]
    assert shown == ["postgresql://one/shop", "postgresql://two/shop", "postgresql://one/shop"]
