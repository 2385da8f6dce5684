"""Whether a condition holds whatever the row is, as far as it can be read from it: `true`, `1 = 1`, `a OR true`."""

from __future__ import annotations

import re
from typing import Final

from qb.tree.expressions import ColumnNode, Constant, Infix, Postfix, Prefix, RawSql
from qb.tree.node import Node
from qb.tree.visit import within

_REFLEXIVE: Final = frozenset(("=", ">=", "<=", "IS NOT DISTINCT FROM"))
"""What anything that is not NULL is to itself."""

_TRUE: Final = r"(?:true|not\s+false|'(?:t|true)'(?:::bool(?:ean)?)?|([\w.]+|'[^']*')\s*(?:=|>=|<=)\s*\1)"
_ALONE: Final = re.compile(_TRUE, re.IGNORECASE)
_REST: Final = r"(?:[^()'\"/-]|'[^'\\]*')*"
_BESIDE: Final = re.compile(rf"{_TRUE}\s+or\s{_REST}|{_REST}\sor\s+true", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"[0-9][0-9.]*|'[^']*'|column_[0-9]+")


def holds_always(condition: Node) -> bool:
    """Whether it holds for each row. One that cannot be told, such as what a function gives, does not."""
    held: set[int] = set()
    nodes = list(within(condition))
    for node in reversed(nodes):  # what is within a node comes after it
        if _holds(node, held):
            held.add(id(node))
    return id(condition) in held


def _holds(node: Node, held: set[int]) -> bool:
    """Whether what is known of a few nodes says so: of all others nothing can be told."""
    if isinstance(node, Infix):
        if node.operator in ("OR", "AND"):
            sides = (id(node.left) in held, id(node.right) in held)
            return any(sides) if node.operator == "OR" else all(sides)
        return node.operator in _REFLEXIVE and _is_there(node.left) and node.left == node.right
    if isinstance(node, Postfix):
        return node.operator == "IS NOT NULL" and _is_there(node.operand)
    if isinstance(node, Prefix):
        return node.operator == "NOT" and _is_false(node.operand)
    if isinstance(node, RawSql):
        return _is_true("".join(part if isinstance(part, str) else _word(part, held) for part in node.parts))
    return isinstance(node, Constant) and node.base == "boolean" and node.text in ("t", "true")


def _is_there(node: Node) -> bool:
    return isinstance(node, Constant) or (isinstance(node, ColumnNode) and not node.nullable)


def _is_false(node: Node) -> bool:
    if isinstance(node, RawSql):
        return len(node.parts) == 1 and str(node.parts[0]).strip().lower() == "false"
    return isinstance(node, Constant) and node.base == "boolean" and node.text in ("f", "false")


def _word(part: Node, held: set[int]) -> str:
    """What stands for an expression within SQL of one's own: the same for the same column."""
    if id(part) in held:
        return "true"
    return f"column_{abs(hash(part))}" if _is_there(part) else "?"


def _is_true(text: str) -> bool:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and not re.search(r"\).*\(", text[1:-1]):
        text = text[1:-1].strip()
    for pattern in (_ALONE, _BESIDE):
        if (found := pattern.fullmatch(text)) is not None:
            compared = found[1]  # a name may be NULL
            return compared is None or _NUMBERS.fullmatch(compared) is not None
    return False
