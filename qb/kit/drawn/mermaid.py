"""A picture as Mermaid's text, which GitHub and many editors draw.

https://mermaid.js.org/syntax/entityRelationshipDiagram.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qb.kit.drawn.picture import Arrow, Picture, PictureColumn
from qb.kit.drawn.shades import shade

_NO_WORD = re.compile(r"[^A-Za-z0-9_\-\[\]()\u00c0-\ud7ff]")
_NO_TEXT = re.compile(r'[\x00-\x1f\x7f"#<>&;%\\{}`]')


def mermaid(drawn: Picture) -> str:
    """The text of the diagram. Mermaid has no groups: the tables of one stand together, in one colour."""
    return "\n".join(_lines(drawn)) + "\n"


def _lines(drawn: Picture) -> Iterator[str]:
    names = {
        table.identity: f"t{number}"
        for number, table in enumerate((each for tables in drawn.groups.values() for each in tables), 1)
    }
    yield "erDiagram"
    yield "    direction LR"
    for group, tables in drawn.groups.items():
        yield f"    %% {_text(group)}"
        for table in tables:
            head = f'    {names[table.identity]}["{_text(table.identity.title)}"]'
            if not table.columns:
                yield head
                continue
            yield f"{head} {{"
            yield from map(_column, table.columns)
            yield "    }"
    for each in drawn.references:
        yield f'    {names[each.table]} {_ends(each)} {names[each.target]} : "{_text(", ".join(each.columns))}"'
    for number, (group, tables) in enumerate(drawn.groups.items()):
        colour = shade(group, tuple(drawn.groups))
        yield f"    classDef g{number} fill:{colour.fill},stroke:{colour.line},color:#1f2328"
        yield f"    class {','.join(names[each.identity] for each in tables)} g{number}"


def _column(column: PictureColumn) -> str:
    marks = [mark for mark, said in (("PK", column.key), ("FK", column.refers)) if said]
    if column.unique and not column.key:
        marks.append("UK")
    kind = f" {', '.join(marks)}" if marks else ""
    comment = f' "{_text(column.comment)}"' if column.comment else ""
    return f"        {_word(column.type)} {_word(column.name)}{kind}{comment}"


def _ends(reference: Arrow) -> str:
    many = "|o" if reference.single else "}o"
    return f"{many}--{'o|' if reference.optional else '||'}"


def _word(name: str) -> str:
    made = _NO_WORD.sub("_", name)
    return made if re.match(r"[A-Za-z_\u00c0-\ud7ff]", made) else f"_{made}"


def _text(text: str) -> str:
    """A text in quotes: what Mermaid would read as more than that is written by its number, a break as a space."""
    return _NO_TEXT.sub(lambda found: f"#{ord(found[0])};" if found[0].isprintable() else " ", text)
