"""Questions, asked of who sits at a terminal; elsewhere they stay what they are, and the command exits with 2."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.screen import visible
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from qb.kit.generating.questions import AnswersNeeded, Question

_OPTIONS: Final = ("--hint", "--allow")


class Answers(NamedTuple):
    """What has been said, as options say it."""

    hints: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    def more(self, options: Sequence[str]) -> Answers:
        """With further ones: `["--hint", "rename:a=b"]`."""
        name, value = options
        return (
            self._replace(hints=(*self.hints, value)) if name == "--hint" else self._replace(allow=(*self.allow, value))
        )


def asked(needed: AnswersNeeded, said: Answers, *, json: bool) -> Answers | None:
    """What somebody answers at a terminal, with what was said before. None where nobody is there, or answers."""
    if json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    found = said
    for question in needed.questions:
        options = _answer(question.message, answers_left(question.answers, found.hints))
        if options is None:
            return None
        found = found.more(options)
    return found


def answers_left(answers: Sequence[str], hints: Sequence[str]) -> list[str]:
    """Without the renames to what something else is renamed to, as was just said."""
    taken = {each.partition("=")[2] for each in hints if each.startswith("rename:")}
    return [each for each in answers if "rename:" not in each or shlex.split(each)[1].partition("=")[2] not in taken]


def _answer(message: str, answers: Sequence[str]) -> list[str] | None:
    lines = [f"{message}?"]
    lines += [f"  {number}  {each}" for number, each in enumerate(answers, 1)]
    sys.stderr.write("".join(f"{visible(each)}\n" for each in lines))
    while True:
        sys.stderr.write("a number, an option of your own, or nothing to leave it: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        text = line.strip()
        if not text:
            return None
        if text.isdecimal() and 1 <= int(text) <= len(answers):
            text = answers[int(text) - 1]
        try:
            options = shlex.split(text)
        except ValueError:
            options = []
        if len(options) == 2 and options[0] in _OPTIONS:
            return options


def questions_left(needed: AnswersNeeded) -> Reply[list[Question]]:
    """Nothing is done until they are answered: each with the options to pass back."""
    problems = tuple(
        ReplyProblem(needed.code, each.message, each.about, fix=" or ".join(each.answers)) for each in needed.questions
    )
    return Reply(list(needed.questions), exit_code=ExitCode.ANSWERS_NEEDED, problems=problems)
