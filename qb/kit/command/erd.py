"""`qb erd`: a diagram of tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Live, Modules, looked_at
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.drawn.erd import DiagramFormat
from qb.kit.drawn.picture import ShownColumns


class WrittenDiagram(msgspec.Struct, frozen=True):
    """A diagram, and the file that it was written to."""

    format: DiagramFormat
    file: str | None
    text: str | None
    """None where it went to a file."""


@shell_command("qb erd shop.tables --out docs/shop.svg", "qb erd --live --names 'order*' --columns all")
def perform(
    invocation: Invocation,
    *,
    modules: Modules = None,
    live: Live = False,
    out: Annotated[Path | None, typer.Option(help="The file to write: .svg, .dot, .mmd or .md.")] = None,
    format: Annotated[
        DiagramFormat | None, typer.Option(help="Without it what the file's name ends with, else mermaid.")
    ] = None,
    columns: Annotated[
        ShownColumns | None, typer.Option(help="Which columns to show; without it keys alone of more than 30 tables.")
    ] = None,
    names: Annotated[list[str] | None, typer.Option(help="Draw tables of these names, as order*.")] = None,
) -> Reply[WrittenDiagram]:
    """Draw the tables and what refers to what, grouped by schema.

    As Mermaid for Markdown, as DOT for Graphviz, or as an SVG file that any browser shows.
    """
    from qb.declare.ours import matching
    from qb.kit.drawn.erd import erd
    from qb.kit.drawn.errors import NothingDrawn
    from qb.kit.drawn.picture import picture

    kind: DiagramFormat = format or _format_of(out)
    found = looked_at(invocation, modules, live=live)
    wanted = matching(names=names or ())
    if names and not picture(found.catalog, wanted).groups:
        raise NothingDrawn(tuple(names), sum(map(len, picture(found.catalog).groups.values())))
    text = erd(found.catalog, kind, of=wanted, columns=columns)
    if out is None:
        return Reply(WrittenDiagram(kind, None, text), show=text.rstrip("\n"))
    if out.suffix == ".md":
        text = f"```mermaid\n{text}```\n" if kind == "mermaid" else text
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    return Reply(WrittenDiagram(kind, str(out), None), show=f"{out} written")


_ENDINGS: Final[Mapping[str, DiagramFormat]] = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "mermaid",
}


def _format_of(out: Path | None) -> DiagramFormat:
    from qb.kit.drawn.errors import UnknownEnding

    if out is None:
        return "mermaid"
    if (found := _ENDINGS.get(out.suffix.lower())) is None:
        raise UnknownEnding(str(out), tuple(_ENDINGS))
    return found
