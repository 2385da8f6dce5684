"""How many lines a program takes: those that hold code. Blank lines, comments and docstrings are not counted.

All three are formatted by ruff to the same width. A comment of dashes with a title begins a part.
"""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS: Mapping[str, str] = {"qb": "with_qb", "SQLAlchemy": "with_sqlalchemy", "psycopg": "with_psycopg"}
IMPORTS, DESCRIPTION, OPERATIONS = "imports", "tables, rows, bodies", "operations"
PARTS: Mapping[str, str] = {
    "tables": DESCRIPTION,
    "rows": DESCRIPTION,
    "what a body is read as": DESCRIPTION,
    "queries": OPERATIONS,
    "operations": OPERATIONS,
}
_TITLE = re.compile(r"# -{10,} (.+)")
_NO_CODE = (
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
)  # fmt: skip


def lines_of(text: str) -> Counter[str]:
    """The lines of a program, by its parts."""
    part, code, starts = IMPORTS, dict[int, str](), dict[int, str]()
    for number, line in enumerate(text.splitlines(), 1):
        if title := _TITLE.match(line):
            part = PARTS[title[1]]
        starts[number] = part
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            code.update({number: starts[number] for number in range(token.start[0], token.end[0] + 1)})
    for number in _docstrings(text):
        code.pop(number, None)
    return Counter(code.values())


def _docstrings(text: str) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node) is not None:
            first = node.body[0]
            found |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found


def counted() -> dict[str, Counter[str]]:
    """The lines of each program, by its parts."""
    return {name: lines_of((HERE / f"{module}.py").read_text(encoding="utf-8")) for name, module in PROGRAMS.items()}


def table() -> str:
    """The counts as Markdown, and how many lines the others take for one of qb's."""
    found = counted()
    rows = ["| lines of code | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    rows += [
        f"| {part} | " + " | ".join(f"{lines[part]}" for lines in found.values()) + " |"
        for part in (DESCRIPTION, OPERATIONS)
    ]
    sums = {name: lines[DESCRIPTION] + lines[OPERATIONS] for name, lines in found.items()}
    rows.append("| together | " + " | ".join(f"**{count}**" for count in sums.values()) + " |")
    rows.append("| for one of qb's | " + " | ".join(f"{count / sums['qb']:.2f}" for count in sums.values()) + " |")
    rows.append("| imports besides | " + " | ".join(f"{lines[IMPORTS]}" for lines in found.values()) + " |")
    return "\n".join(rows)
