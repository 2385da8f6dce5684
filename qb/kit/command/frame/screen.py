"""Showing what a command gives: as text or tables to people, as one JSON document to programs."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from qb.kit.command.frame.reply import Reply, ReplyDocument, ReplyProblem
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_WIDE: Final = 10_000
"""Where nobody looks no line is broken."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def answered(reply: Reply[Any], command: str, *, json: bool, output: IO[str] | None = None) -> ExitCode:
    """Show a reply, on `output` or where output goes; what to exit with."""
    out = sys.stdout if output is None else output
    try:
        return _written(reply, command, out, json=json)
    except BrokenPipeError:  # nobody reads the answer any more
        raise
    except OSError as error:
        with suppress(OSError, ValueError):  # what is left of it is not tried again when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        complain(ReplyProblem("unwritable-answer", f"the answer cannot be written: {error.strerror or error}"))
        return ExitCode.ERROR


def _written(reply: Reply[Any], command: str, out: IO[str], *, json: bool) -> ExitCode:
    if json:
        found = ReplyDocument(
            command, reply.exit_code == ExitCode.DONE, int(reply.exit_code), reply.data, reply.problems
        )
        out.write(msgspec.json.encode(found).decode() + "\n")
        out.flush()
        return reply.exit_code
    show = reply.show() if callable(reply.show) else reply.show
    if show != "":
        printed(show, out)
    for each in () if reply.shows_problems else reply.problems:
        complain(each)
    return reply.exit_code


def complain(problem: ReplyProblem) -> None:
    """What is wrong, and what mends it, on stderr."""
    from rich.text import Text

    said = Text.assemble(("error: ", "bold red"), problem.message)
    if problem.fix is not None and problem.fix not in problem.message:
        said.append(f"\n  {problem.fix}")
    console(sys.stderr).print(Visible(said), soft_wrap=True)


def printed(show: RenderableType, out: IO[str]) -> None:
    """Text as it is, and what rich can print."""
    if isinstance(show, str):
        out.write(visible(show) + "\n")
        out.flush()
        return
    screen = console(out)
    if out.isatty():
        screen.print(Visible(show))
        return
    with screen.capture() as captured:
        screen.print(Visible(show))
    out.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    out.flush()


def console(file: IO[str]) -> Console:
    """Colours and a width on a terminal, neither elsewhere; nothing in a text is taken for markup."""
    from rich.console import Console

    terminal = file.isatty()
    width = None if terminal or os.environ.get("COLUMNS", "").isdigit() else _WIDE
    return Console(
        file=file,
        force_terminal=None if terminal else False,
        no_color=None if terminal else True,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
    )


def visible(text: str) -> str:
    """A text whose control characters are shown instead of obeyed: a name may hold anything.

    >>> from qb.kit.command.frame.screen import visible
    >>> visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


class Visible:
    """Something to print, the control characters in its texts shown."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.segment import Segment

        for each in console.render(self._inner, options):
            yield each if each.control else Segment(visible(each.text), each.style)
