"""`@shell_command`: what makes a command of a function."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from types import FunctionType
from typing import Annotated, Any, Concatenate, Final, ParamSpec, get_type_hints

import typer

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import EXPECTED, Reply, ReplyProblem, exit_code_of, problem_of
from qb.kit.command.frame.screen import answered
from qb.kit.exit_code import ExitCode

P = ParamSpec("P")


def databases_of_config(incomplete: str) -> list[str]:
    """The names that --database may have, for the shell's completion."""
    from qb.errors.outcome import Success
    from qb.kit.config_file import read_config

    match read_config():
        case Success(config):
            return [name for name in config.databases if name.startswith(incomplete)]
        case _:
            return []


_HEADING: Final = "Of every command"
_COMMON: Final[dict[str, tuple[Any, object]]] = {
    "database": (
        Annotated[
            str | None,
            typer.Option(
                "--database",
                "-d",
                metavar="NAME",
                help="Which database of the config; without it the one called default, or the only one.",
                autocompletion=databases_of_config,
                rich_help_panel=_HEADING,
            ),
        ],
        None,
    ),
    "config": (
        Annotated[
            Path | None,
            typer.Option(
                "--config",
                metavar="FILE",
                help="The pyproject.toml to read; without it the nearest one, from here upwards.",
                rich_help_panel=_HEADING,
            ),
        ],
        None,
    ),
    "json": (
        Annotated[
            bool,
            typer.Option("--json", help="One JSON document, and nothing else.", rich_help_panel=_HEADING),
        ],
        False,
    ),
}


class ShellCommand:
    """A function as a command: its words for --help, and what typer calls."""

    def __init__(self, function: Callable[..., Reply[Any]], examples: tuple[str, ...]) -> None:
        self._function = function
        self.examples: Final = examples
        self.help: Final = _unwrapped(inspect.getdoc(function) or "")
        self.epilog: Final = "\n".join(("Example:" if len(examples) == 1 else "Examples:", *examples))

    def called(self, name: str) -> Callable[..., None]:
        """The function for typer: with the options that all have, and without the invocation."""

        def call(**given: Any) -> None:
            common = {key: given.pop(key) for key in _COMMON}
            raise typer.Exit(int(self._end(name, given, **common)))

        hints = _annotations(self._function)
        own = list(inspect.signature(self._function).parameters.values())[1:]
        parameters = [each.replace(annotation=hints[each.name], kind=each.KEYWORD_ONLY) for each in own]
        parameters += [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for key, (annotation, default) in _COMMON.items()
        ]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {each.name: each.annotation for each in parameters}
        return call

    def _end(self, name: str, given: dict[str, Any], *, json: bool, **common: Any) -> ExitCode:
        """Run it, show what it gives, and say what to exit with."""
        output = sys.stdout
        before = dict(os.environ)
        try:
            # What a module prints when it is imported is no part of the answer.
            with redirect_stdout(sys.stderr), ExitStack() as stack:
                reply = self._function(Invocation(stack, json=json, **common), **given)
                return answered(reply, name, json=json, output=output)
        except KeyboardInterrupt:
            failed = Reply(None, exit_code=ExitCode.INTERRUPTED, problems=(ReplyProblem("interrupted", "interrupted"),))
        except BrokenPipeError:  # nobody reads the answer any more
            raise
        except Exception as error:
            if os.environ.get("QB_TRACEBACK") and not isinstance(error, EXPECTED):
                raise
            failed = Reply(None, exit_code=exit_code_of(error), problems=(problem_of(error),))
        finally:
            if dict(os.environ) != before:
                os.environ.clear()
                os.environ.update(before)
        return answered(failed, name, json=json, output=output)


def _unwrapped(text: str) -> str:
    """Each paragraph in one line, for a terminal to break, but for lists."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(each if "\n-" in f"\n{each}" else " ".join(each.split()) for each in paragraphs)


def _annotations(function: Callable[..., object]) -> dict[str, Any]:
    """Of its parameters: what it returns may be known to the checkers alone."""
    assert isinstance(function, FunctionType)
    same = FunctionType((lambda: None).__code__, function.__globals__)
    same.__annotations__ = {name: each for name, each in function.__annotations__.items() if name != "return"}
    return get_type_hints(same, include_extras=True)


def shell_command(
    *examples: str,
) -> Callable[[Callable[Concatenate[Invocation, P], Reply[Any]]], ShellCommand]:
    """Makes a command of a function: see `qb.kit.command`. The examples are command lines that --help shows."""

    def made(function: Callable[Concatenate[Invocation, P], Reply[Any]]) -> ShellCommand:
        return ShellCommand(function, examples)

    return made
