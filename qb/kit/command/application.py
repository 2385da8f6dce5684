"""All commands of `qb`, as one application of typer's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from keyword import iskeyword
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from qb.kit.command.frame.reply import Reply, problem_of
from qb.kit.command.frame.screen import answered
from qb.kit.command.frame.shell_command import ShellCommand
from qb.kit.exit_code import ExitCode

QB_COMMANDS: Final[dict[str, str]] = {
    # Set up
    "init": "Set up",
    "config": "Set up",
    "url": "Set up",
    "doctor": "Set up",
    # Compare
    "diff": "Compare",
    "drift": "Compare",
    # Make migrations
    "generate": "Make migrations",
    "prove": "Make migrations",
    "merge": "Make migrations",
    "renumber": "Make migrations",
    "revert": "Make migrations",
    "squash": "Make migrations",
    # Run migrations
    "migrate": "Run migrations",
    "deploy": "Run migrations",
    "rehearse": "Run migrations",
    "rollback": "Run migrations",
    "purge": "Run migrations",
    "status": "Run migrations",
    "audit": "Run migrations",
    "lint": "Run migrations",
    "adopt": "Run migrations",
    "baseline": "Run migrations",
    "resolve": "Run migrations",
    "which-applied": "Run migrations",
    # Fill
    "seed": "Fill",
    "import": "Fill",
    "clone": "Fill",
    # Read
    "pull": "Read",
    "coverage": "Read",
    # Look for mistakes
    "check": "Look for mistakes",
    "validate": "Look for mistakes",
    "verify": "Look for mistakes",
    # Write documents
    "erd": "Write documents",
    "docs": "Write documents",
    "types": "Write documents",
    "export": "Write documents",
}
"""Each command, the name of its module, and the heading it stands under: in the order of `qb --help`."""


class QbGroup(TyperGroup):
    """Ends as the kit's commands end where the command line itself is wrong: with 1 and, if asked for, with JSON."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = sys.argv[1:] if args is None else list(args)
        try:
            code = super().main(given, prog_name, complete_var, False, windows_expand_args, **extra)
        except (EOFError, KeyboardInterrupt, typer.Abort):
            code = ExitCode.INTERRUPTED
        except Exception as error:
            message = getattr(error, "format_message", None)
            if message is None:
                raise
            path = getattr(getattr(error, "ctx", None), "command_path", "qb")
            problem = problem_of(UsageProblem(f"{message().rstrip('.')}: see {path} --help"))
            failed = Reply(None, exit_code=ExitCode.ERROR, problems=(problem,))
            code = answered(failed, path.partition(" ")[2], json="--json" in given)
        sys.exit(int(code or 0))


class UsageProblem(Exception):
    """A command line that says what no command takes."""

    code = "usage"


def application() -> typer.Typer:
    """The application, with every command."""
    made = typer.Typer(
        name="qb",
        cls=QbGroup,
        help="A database beside its typed descriptors: what it is, what differs, what is wrong.",
        epilog="Each command takes --json and --help. Exit codes: 0 done, 1 error, 2 answers needed, 3 differs, "
        "4 refused, 5 lock not had, 130 interrupted.",
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    made.callback(invoke_without_command=True)(_bare)
    for name, heading in QB_COMMANDS.items():
        command: ShellCommand = import_module(command_module(name)).perform
        made.command(name, help=command.help, epilog=command.epilog, rich_help_panel=heading)(command.called(name))
    return made


def command_module(name: str) -> str:
    """The module of a command: with underscores for hyphens, and one behind a word of Python's.

    >>> from qb.kit.command.application import command_module
    >>> command_module("import")
    'qb.kit.command.import_'
    """
    return f"qb.kit.command.{name.replace('-', '_')}{'_' * iskeyword(name)}"


def _bare(
    context: typer.Context,
    *,
    version_: Annotated[bool, typer.Option("--version", help="Say which qb it is.")] = False,
) -> None:
    if version_:
        typer.echo(f"qb {version('qb')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        return
    raise typer.Exit
