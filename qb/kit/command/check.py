"""`qb check`: what is legal and likely a mistake."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Live, Modules, looked_at
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.checks.finding import Checked


def _lints(incomplete: str) -> list[str]:
    """The names that --only and --leave may have, for the shell's completion."""
    from qb.kit.checks.lints import LINTS

    return [each.name for each in LINTS if each.name.startswith(incomplete)]


@shell_command(
    "qb check", "qb check shop.tables --only foreign-key-without-index", "qb check --live --database production"
)
def perform(
    invocation: Invocation,
    *,
    modules: Modules = None,
    live: Live = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A lint to look for, and no other; may be repeated.", autocompletion=_lints),
    ] = None,
    leave: Annotated[
        list[str] | None, typer.Option(help="A lint to leave out; may be repeated.", autocompletion=_lints)
    ] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Leave out notes.")] = False,
    lints: Annotated[bool, typer.Option("--lints", help="List the lints, and look at nothing.")] = False,
    names: Annotated[list[str] | None, typer.Option(help="Look at tables of these names, as cms_*.")] = None,
    profile: Annotated[str | None, typer.Option(help="What else must work with it: directus.")] = None,
    exposed: Annotated[
        list[str] | None, typer.Option(help="A role of those who come from outside; without any anon, authenticated.")
    ] = None,
    silenced: Annotated[bool, typer.Option("--silenced", help="Show also what is silenced, and why.")] = False,
) -> Reply[Checked | list[ShownLint]]:
    """Look for what is legal and likely a mistake: keys without an index, tables that anybody reaches.

    What is meant is silenced beside its cause, with silence(...). With --live the database itself is looked at, and how
    often its indexes were used. Warnings come first. Exits with 3 where there is a warning, or a silence that nothing
    asks for; --lints says what is looked for.
    """
    from qb.declare.ours import matching
    from qb.kit.checks.checking import EXPOSED, check
    from qb.kit.checks.usages import usage

    if lints:
        known = _known_lints()
        return Reply(known, show=lambda: _listed(known))
    found = looked_at(invocation, modules, live=live)
    some: Any = only or ()
    rest: Any = leave or ()
    other: Any = profile
    told = check(
        found.catalog,
        found.schema,
        of=matching(names=names or ()),
        only=some,
        leave=rest,
        profile=other,
        exposed=exposed or EXPOSED,
        usage=None if found.db is None else unwrap(usage(found.db)),
    )
    if warnings:
        told = msgspec.structs.replace(told, findings=told.warnings)
    spent = _spent_renames(invocation) if not live and modules is None else ()
    problems = [
        ReplyProblem(each.lint, each.text, object=str(each.on), file=each.file, line=each.line, fix=each.fix)
        for each in told.findings
    ]
    problems += [ReplyProblem("stale-silence", f"{each!r} silences nothing", fix="take it away") for each in told.stale]
    problems += [ReplyProblem("spent-rename", each, fix="take it away") for each in spent]
    code = ExitCode.DIFFERS if told.warnings or told.stale else ExitCode.DONE
    return Reply(
        told, show=lambda: _shown(told, silenced, spent), exit_code=code, problems=tuple(problems), shows_problems=True
    )


def _spent_renames(invocation: Invocation) -> tuple[str, ...]:
    """What a migration has renamed already."""
    from qb.kit.generating.renamed import renames_in_history
    from qb.kit.history.reading import read_history

    database = invocation.database()
    history = read_history(database.migrations, database.layout).value_or(None)
    return () if history is None else tuple(renames_in_history(invocation.schema(database), history))


def _shown(told: Checked, silenced: bool, spent: tuple[str, ...] = ()) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines: list[Text] = []
    for each in sorted(told.findings, key=lambda each: each.level != "warning"):
        colour = "yellow" if each.level == "warning" else "cyan"
        lines.append(Text.assemble((f"{each.level} ", f"bold {colour}"), (each.on.title, "bold"), f" [{each.lint}]"))
        lines.append(Text(f"  {each.text}"))
        lines.append(Text(f"  {each.fix}", style="green"))
    for one in told.silenced if silenced else ():
        lines.append(Text.assemble(("silenced ", "dim"), one.finding.on.title, f" [{one.by.lint}]"))
        lines.append(Text(f"  {one.by.because}", style="dim"))
    lines += (
        Text.assemble(("warning ", "bold yellow"), f"{stale!r} silences nothing: take it away") for stale in told.stale
    )
    lines += (Text.assemble(("note ", "bold cyan"), each) for each in spent)
    notes = len(told.findings) - len(told.warnings)
    counts = f"{_many(len(told.warnings), 'warning')}, {_many(notes, 'note')}, {len(told.silenced)} silenced"
    by_lint = sorted(Counter(each.lint for each in told.findings).items(), key=lambda each: (-each[1], each[0]))
    if len(by_lint) > 1:
        lines.append(Text(", ".join(f"{count} {lint}" for lint, count in by_lint), style="dim"))
    return Group(*lines, Text(counts))


class ShownLint(msgspec.Struct, frozen=True):
    """A lint, and what it looks for."""

    name: str
    level: str
    looks_for: str


def _known_lints() -> list[ShownLint]:
    from qb.kit.checks.lints import LINTS

    return [ShownLint(each.name, each.level, (each.find.__doc__ or "").partition("\n")[0]) for each in LINTS]


def _listed(known: list[ShownLint]) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 1), pad_edge=False)
    for each in known:
        table.add_row(each.name, each.level, each.looks_for)
    return table


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
