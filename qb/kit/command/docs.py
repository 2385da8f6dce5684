"""`qb docs`: a data dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Live, Modules, looked_at
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command


class WrittenDocs(msgspec.Struct, frozen=True):
    """A data dictionary, and the file that it was written to."""

    file: str | None
    text: str | None
    """None where it went to a file."""


@shell_command("qb docs shop.tables --out docs/shop.md", "qb docs --live --database production")
def perform(
    invocation: Invocation,
    *,
    modules: Modules = None,
    live: Live = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it the text is printed.")] = None,
    title: Annotated[str, typer.Option(help="The heading of the page.")] = "Data dictionary",
    names: Annotated[list[str] | None, typer.Option(help="Tables and others of these names, as order*.")] = None,
) -> Reply[WrittenDocs]:
    """Write a data dictionary in Markdown: tables, columns, keys, references both ways, policies, comments.

    No row is read.
    """
    from qb.declare.ours import matching
    from qb.kit.drawn.docs import docs

    found = looked_at(invocation, modules, live=live)
    text = docs(found.catalog, title=title, of=matching(names=names or ()))
    if out is None:
        return Reply(WrittenDocs(None, text), show=text.rstrip("\n"))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    return Reply(WrittenDocs(str(out), None), show=f"{out} written")
