"""A picture as DOT, the language of Graphviz. https://graphviz.org/doc/info/lang.html"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from qb.kit.drawn.picture import Arrow, Picture, PictureColumn, PictureTable
from qb.kit.drawn.shades import shade
from qb.model.object import Identity

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def dot(drawn: Picture) -> str:
    """The text of the graph: a cluster for each group, a port for each column."""
    return "\n".join(_lines(drawn)) + "\n"


def _lines(drawn: Picture) -> Iterator[str]:
    names = {
        table.identity: f"t{number}"
        for number, table in enumerate((each for tables in drawn.groups.values() for each in tables), 1)
    }
    columns = {
        table.identity: {each.name: number for number, each in enumerate(table.columns)}
        for tables in drawn.groups.values()
        for table in tables
    }
    yield "digraph database {"
    yield '  graph [rankdir=RL, ranksep=1.2, nodesep=0.3, fontname="Helvetica", pad=0.3];'
    yield '  node [shape=plain, fontname="Helvetica", fontsize=10];'
    yield '  edge [color="#57606a", arrowsize=0.7, dir=both];'
    for number, (group, tables) in enumerate(drawn.groups.items()):
        colour = shade(group, tuple(drawn.groups))
        yield f"  subgraph cluster_{number} {{"
        yield f'    label=<<b>{_text(group)}</b>>; style=rounded; color="{colour.line}"; fontcolor="{colour.line}";'
        for table in tables:
            yield f"    {names[table.identity]} [label=<{_table(table, colour.fill, colour.line)}>];"
        yield "  }"
    for each in drawn.references:
        yield f"  {_end(each, names, columns)} [{_style(each)}];"
    yield "}"


def _table(table: PictureTable, fill: str, line: str) -> str:
    head = (
        f'<tr><td bgcolor="{line}" colspan="2"><font color="white"><b>{_text(table.identity.name)}</b></font></td></tr>'
    )
    rows = [_row(column, number) for number, column in enumerate(table.columns)]
    if table.more and table.columns:
        rows.append(f'<tr><td align="left" colspan="2"><i>and {table.more} more</i></td></tr>')
    body = "".join((head, *rows))
    look = f'border="0" cellborder="1" cellspacing="0" cellpadding="4" bgcolor="{fill}" color="{line}"'
    return f"<table {look}>{body}</table>"


def _row(column: PictureColumn, number: int) -> str:
    name = _text(column.name)
    name = f"<b>{name}</b>" if column.key else f"<i>{name}</i>" if column.refers else name
    type_ = _text(column.type) + ("" if column.optional else " *")
    return f'<tr><td port="c{number}" align="left">{name}</td><td align="left">{type_}</td></tr>'


def _end(each: Arrow, names: Mapping[Identity, str], columns: Mapping[Identity, Mapping[str, int]]) -> str:
    ends: list[str] = []
    for table, name in ((each.table, each.columns[0]), (each.target, each.target_columns[0])):
        port = columns[table].get(name)
        ends.append(names[table] if port is None else f"{names[table]}:c{port}")
    return " -> ".join(ends)


def _style(each: Arrow) -> str:
    tail = "teetee" if each.single else "crow"
    head = "odottee" if each.optional else "teetee"
    return f'arrowtail={tail}, arrowhead={head}, tooltip="{_quoted(each.name)}"'


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text)).replace("\n", " ").replace("\r", " ").replace("\t", " ")


def _quoted(text: str) -> str:
    return _CONTROL.sub("\ufffd", text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
