"""All commands of `qb`, as one application of typer's."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import find_spec
from keyword import iskeyword
from typing import Annotated, Any, ClassVar, Final, get_args

import typer
from typer.core import TyperCommand, TyperGroup

from qb.kit.command.frame.each import with_each_said
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
    "promote": "Make migrations",
    "merge": "Make migrations",
    "renumber": "Make migrations",
    "revert": "Make migrations",
    "squash": "Make migrations",
    # Without migrations
    "push": "Without migrations",
    "dev": "Without migrations",
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


class QbCommand(TyperCommand):
    """A command that asks pydantic nothing where there is nothing to ask."""

    texts: ClassVar[frozenset[str]] = frozenset()
    """The options that are what was written."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments, --help among them."""
        return _asked_seldom(super().get_params(ctx), self.texts)


def _command_class(called: Callable[..., None]) -> type[QbCommand]:
    """That of a function: the annotations of its parameters say which are texts."""
    hints = called.__annotations__.items()
    texts = frozenset(name for name, hint in hints if get_args(hint)[:1] in ((str,), (str | None,)))
    return type("QbCommand", (QbCommand,), {"texts": texts})


def _asked_seldom(params: list[Any], texts: frozenset[str]) -> list[Any]:
    """Typer has pydantic look at every value. It is loaded in a tenth of a second: where nothing is said, or what is
    there without that, or a text, there is nothing to look at."""
    for each in params:
        if "process_value" not in vars(each):
            each.process_value = partial(_processed, each, each.process_value, each.name in texts)
    return params


def _processed(param: Any, asked: Callable[[Any, Any], Any], is_text: bool, context: Any, value: Any) -> Any:
    many = param.multiple or param.nargs != 1
    said = value not in ((None, (), []) if many else (None, param.default))
    if (said and not (is_text and not many and isinstance(value, str))) or param.required:
        return asked(context, value)
    found = () if many else value
    return found if param.callback is None else param.callback(context, param, found)


class QbGroup(TyperGroup):
    """Ends as the kit's commands end where the command line itself is wrong: with 1 and, if asked for, with JSON."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments, --help among them."""
        return _asked_seldom(super().get_params(ctx), frozenset())

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = with_each_said(sys.argv[1:] if args is None else list(args))
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


def application(given: Sequence[str] | None = None) -> typer.Typer:
    """The application, with every command; of a command line with what that needs of them: the one that it names, or
    of each what `qb --help` says."""
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
    only = given[0] if given and given[0] in QB_COMMANDS else None
    listed = given is not None and (not given or given[0] in _LISTING) and not os.environ.get(_COMPLETES)
    for name, heading in QB_COMMANDS.items():
        if only in (None, name):
            line = first_line(name) if listed else None
            if line is not None:
                made.command(name, help=line, rich_help_panel=heading)(_unloaded)
                continue
            command: ShellCommand = import_module(command_module(name)).perform
            called = command.called(name)
            kind = _command_class(called)
            made.command(name, cls=kind, help=command.help, epilog=command.epilog, rich_help_panel=heading)(called)
    return made


_LISTING: Final = ("--help", "-h", "--version")
_COMPLETES: Final = "_QB_COMPLETE"
_FIRST_LINE: Final = re.compile(r'^def perform\(.*?^    """(.+?)$', re.MULTILINE | re.DOTALL)


def _unloaded() -> None:
    """Stands for a command that is listed."""


def first_line(name: str) -> str | None:
    """What a command says of itself in `qb --help`, by the text of its module.

    >>> from qb.kit.command.application import first_line
    >>> first_line("migrate")
    'Run the migrations that a database has not yet.'
    """
    spec = find_spec(command_module(name))
    source = spec.loader.get_source(spec.name) if spec and isinstance(spec.loader, InspectLoader) else None
    found = _FIRST_LINE.search(source or "")
    return None if found is None else found[1]


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
        from importlib.metadata import version

        typer.echo(f"qb {version('qb')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        return
    raise typer.Exit
