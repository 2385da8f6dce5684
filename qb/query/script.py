"""`Script`: several statements that run as one, all or nothing."""

from __future__ import annotations

from typing import cast

from qb.errors import QueryError
from qb.query.statement import Command
from qb.tree.node import Node
from qb.tree.statements import StatementNode
from qb.types.identifier import writable


class ScriptNode(Node, frozen=True, cache_hash=True):
    """Statements without parameters, as SQL text."""

    statements: tuple[str, ...]


class Script(Command):
    """Statements without parameters or rows, such as `create_all` writes. Printed it is readable SQL.

    `db.execute(script)` runs all of them in one transaction and gives their number; within a transaction they are part
    of it. The text is trusted: never build it from data.

    >>> script = Script("CREATE TABLE notes (text text)", "DROP TABLE notes")
    >>> print(script)
    CREATE TABLE notes (text text);
    DROP TABLE notes;
    >>> db.execute(script)
    <Success: 2>
    """

    __slots__ = ()

    def __init__(self, *statements: str) -> None:
        if not all(map(writable, statements)):
            raise QueryError("a script holds half of a surrogate pair, which no encoding can write: correct it")
        super().__init__(cast("StatementNode", ScriptNode(statements)))  # which no pass ever sees

    @property
    def statements(self) -> tuple[str, ...]:
        """Each statement, without its semicolon."""
        node = cast("object", self.node)
        assert isinstance(node, ScriptNode)  # the only one it is made from
        return node.statements

    def __str__(self) -> str:
        lines: list[str] = []
        for statement in self.statements:
            # Long statements stand apart, short ones together.
            if lines and ("\n" in statement or "\n" in lines[-1]):
                lines.append("")
            lines.append(f"{statement};")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<script of {len(self.statements)} statements>"
