"""A diff as rich prints it: a tree in colours, both texts side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from qb.kit.command.frame.reply import ReplyProblem
from qb.kit.diffs.tree import TreeLine, notes_of, tree_of
from qb.kit.diffs.value import Diff

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.tree import Tree

COLOURS: Final = {
    "missing": "red",
    "added": "green",
    "changed": "yellow",
    "renamed": "cyan",
    "weaker": "magenta",
    "stronger": "blue",
}
_BESIDE: Final = 40
"""Signs of a text, up to which both stand on one line."""


def problems_of(found: Diff) -> tuple[ReplyProblem, ...]:
    """Each difference as a problem, for programs that look at those of any command."""
    return tuple(ReplyProblem(each.how, str(each), object=str(each.identity)) for each in found.changes)


def diff_tree(found: Diff, sides: tuple[str, str], *, everything: bool = False) -> RenderableType:
    """What a diff says, to print: the differences, and below them the notes."""
    from rich.console import Group
    from rich.text import Text
    from rich.tree import Tree

    lines: list[RenderableType] = []
    tree = tree_of(found)
    if found.equal:
        lines.append(Text(tree.text, "green"))
    else:
        root = Tree(Text(tree.text, "bold"), guide_style="dim")
        for each in tree.children:
            _add(root, each)
        legend = Text.assemble(("missing", "red"), f": in {sides[0]} alone, ", ("added", "green"), f": in {sides[1]}")
        lines += [root, legend]
    lines += [Text(f"note: {each}", "dim") for each in notes_of(found, everything=everything)]
    return Group(*lines)


def _add(tree: Tree, line: TreeLine) -> None:
    inner = tree.add(_said(line))
    for each in line.children:
        _add(inner, each)


def _said(line: TreeLine) -> RenderableType:
    from rich.text import Text

    if line.texts is None:
        colour = COLOURS.get(line.how, "")
        word = f"{line.how} " if line.how in COLOURS else ""
        return Text.assemble((word, colour), line.text)
    one, other = line.texts
    if len(one) <= _BESIDE >= len(other) and "\n" not in one + other:
        return Text.assemble(f"{line.text}: ", (one, "red"), " -> ", (other, "green"))
    return _beside(line.text, one, other)


def _beside(name: str, one: str, other: str) -> RenderableType:
    """Both texts in two columns; of long ones the lines that differ are marked."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 1), title=name, title_justify="left", title_style="")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for mine, theirs in _pairs(one, other):
        same = mine == theirs
        table.add_row(Text(mine, "dim" if same else "red"), Text(theirs, "dim" if same else "green"))
    return table


def _pairs(one: str, other: str) -> Iterator[tuple[str, str]]:
    """The lines of both, those that are the same beside each other."""
    from difflib import SequenceMatcher
    from itertools import zip_longest

    mine, theirs = one.split("\n"), other.split("\n")
    for _, first, last, begin, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        yield from zip_longest(mine[first:last], theirs[begin:end], fillvalue="")
