"""A picture as SVG: one file that any browser shows, without a tool that draws it. https://www.w3.org/TR/SVG2/"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from qb.kit.drawn.layout import HEAD, LETTER_WIDTH, ROW, Layout, Rectangle, laid_out
from qb.kit.drawn.picture import Arrow, Picture, PictureTable
from qb.kit.drawn.shades import Shade, shade

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_STYLE: Final = """
  text { font: 11px ui-sans-serif, Helvetica, Arial, sans-serif; fill: #1f2328 }
  .group { font-weight: bold; font-size: 13px }
  .head { font-weight: bold; fill: #fff }
  .key { font-weight: bold }
  .type, .more { fill: #57606a }
  .reference { fill: none; stroke: #57606a; stroke-width: 1.2; opacity: .65 }
  .across { opacity: .3 }
  .reference:hover { stroke: #cf222e; stroke-width: 2.4; opacity: 1 }
"""
_MARKERS: Final = """
  <marker id="many" viewBox="0 0 12 12" refX="0" refY="6" markerWidth="10" markerHeight="10" orient="auto">
    <path d="M0 0 L11 6 L0 12 M0 6 L11 6" fill="none" stroke="#57606a"/></marker>
  <marker id="single" viewBox="0 0 12 12" refX="0" refY="6" markerWidth="10" markerHeight="10" orient="auto">
    <path d="M0 6 L12 6 M7 1 L7 11" fill="none" stroke="#57606a"/></marker>
  <marker id="one" viewBox="0 0 12 12" refX="12" refY="6" markerWidth="10" markerHeight="10" orient="auto">
    <path d="M0 6 L12 6 M8 1 L8 11 M5 1 L5 11" fill="none" stroke="#57606a"/></marker>
  <marker id="perhaps" viewBox="0 0 12 12" refX="12" refY="6" markerWidth="10" markerHeight="10" orient="auto">
    <path d="M6 6 L12 6 M9 1 L9 11" fill="none" stroke="#57606a"/>
    <circle cx="3" cy="6" r="3" fill="#fff" stroke="#57606a"/></marker>
"""


def svg(drawn: Picture) -> str:
    """The text of the file: what is referred to stands left, a foot is where many rows point from."""
    return "\n".join(_lines(drawn, laid_out(drawn))) + "\n"


def _lines(drawn: Picture, places: Layout) -> Iterator[str]:
    size = f'width="{places.width:.0f}" height="{places.height:.0f}"'
    view = f'viewBox="0 0 {places.width:.0f} {places.height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>'
    yield f"<style>{_STYLE}</style>"
    yield f"<defs>{_MARKERS}</defs>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    colours = {group: shade(group, tuple(drawn.groups)) for group in drawn.groups}
    for group, box in places.groups.items():
        yield _rectangle(box, "none", colours[group].line, 8)
        yield f'<text class="group" x="{box.x + 12:.1f}" y="{box.y + 20:.1f}">{_text(group)}</text>'
    for each in drawn.references:
        yield _reference(each, drawn, places)
    for group, tables in drawn.groups.items():
        for table in tables:
            yield from _table(table, places.tables[table.identity], colours[group])
    yield "</svg>"


def _table(table: PictureTable, box: Rectangle, colour: Shade) -> Iterator[str]:
    yield "<g>"
    if table.comment:
        yield f"<title>{_text(table.comment)}</title>"
    yield _rectangle(box, colour.fill, colour.line, 4)
    yield _rectangle(Rectangle(box.x, box.y, box.width, HEAD - 4), colour.line, colour.line, 4)
    yield _words("head", box.x + 8, box.y + 15, table.identity.name, box.width - 16)
    y = box.y + HEAD + 11
    for column in table.columns:
        kind = "key" if column.key else "plain"
        mark = "" if column.optional else " *"
        half = (box.width - 16) * len(column.name) / max(len(column.name) + len(column.type) + 3, 1)
        yield _words(kind, box.x + 8, y, column.name, max(half, 24))
        right = box.x + box.width - 8
        room = box.width - 20 - min(max(half, 24), len(column.name) * LETTER_WIDTH)
        yield _words("type", right, y, f"{column.type}{mark}", room, 'text-anchor="end" ')
        y += ROW
    if table.more and table.columns:
        yield _words("more", box.x + 8, y, f"and {table.more} more", box.width - 16)
    yield "</g>"


def _words(kind: str, x: float, y: float, text: str, room: float, more: str = "") -> str:
    fit = f'textLength="{room:.1f}" lengthAdjust="spacingAndGlyphs" ' if len(text) * LETTER_WIDTH > room else ""
    return f'<text class="{kind}" {more}{fit}x="{x:.1f}" y="{y:.1f}">{_text(text)}</text>'


def _reference(each: Arrow, drawn: Picture, places: Layout) -> str:
    start, end = places.tables[each.table], places.tables[each.target]
    y1, y2 = _row(drawn, each.table, each.columns[0], start), _row(drawn, each.target, each.target_columns[0], end)
    if end.x + end.width < start.x:
        x1, x2, one, other = start.x, end.x + end.width, -1, 1
    elif end.x > start.x + start.width:
        x1, x2, one, other = start.x + start.width, end.x, 1, -1
    else:
        x1, x2, one, other = start.x + start.width, end.x + end.width, 1, 1
    far = max(40.0, abs(x2 - x1) * 0.4)
    way = f"M{x1:.1f} {y1:.1f} C{x1 + one * far:.1f} {y1:.1f} {x2 + other * far:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    marks = f'marker-start="url(#{"single" if each.single else "many"})" marker-end="url(#{_end(each)})"'
    said = f"{each.table.title} ({', '.join(each.columns)}) -> {each.target.title} ({', '.join(each.target_columns)})"
    kind = "reference" if each.table.schema == each.target.schema else "reference across"
    return f'<path class="{kind}" d="{way}" {marks}><title>{_text(said)}</title></path>'


def _end(each: Arrow) -> str:
    return "perhaps" if each.optional else "one"


def _row(drawn: Picture, identity: object, column: str, box: Rectangle) -> float:
    """The middle of a column's row; of the head where it is not drawn."""
    for tables in drawn.groups.values():
        for table in tables:
            if table.identity == identity:
                for number, each in enumerate(table.columns):
                    if each.name == column:
                        return box.y + HEAD + number * ROW + 7
    return box.y + HEAD / 2


def _rectangle(box: Rectangle, fill: str, line: str, round_: int) -> str:
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect {place} rx="{round_}" fill="{fill}" stroke="{line}"/>'


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))
