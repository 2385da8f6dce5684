"""`Script`: several statements that run as one, all or nothing."""

from __future__ import annotations

from typing import ClassVar, LiteralString, cast

from qb.errors import QueryError
from qb.frozen import Frozen, fix
from qb.tree.semicolons import ends_in_comment
from qb.types.identifier import writable


class Script(Frozen):
    """Statements without parameters or rows, such as `create_all` writes. Printed it is readable SQL.

    `db.run(script)` runs all of them in one transaction and gives their number; within a transaction they are part
    of it. A COMMIT or ROLLBACK in the text ends that transaction. The text is trusted, and so a literal:
    `qb.trusted(text)` for what a program made or read from a file of its own, one text with all of its statements.

    >>> script = Script("CREATE TABLE notes (text text)", "DROP TABLE notes")
    >>> print(script)
    CREATE TABLE notes (text text);
    DROP TABLE notes;
    >>> db.run(script)
    <Success: 2>
    """

    __slots__ = ("statements",)
    _said: ClassVar[str] = "a script is a frozen value"
    statements: tuple[str, ...]
    """Each statement, without its semicolon."""

    def __init__(self, *statements: LiteralString) -> None:
        for statement in cast("tuple[object, ...]", statements):
            if not isinstance(statement, str):
                raise QueryError(
                    f'a script is made of SQL as text, Script("SELECT 1"), and this is {type(statement).__name__}: '
                    "write its text, or run it by itself: db.execute(sql(...).command())"
                )
            if "\0" in statement:
                raise QueryError("a script holds a NUL character, where PostgreSQL would stop reading: take it out")
            if not writable(statement):
                raise QueryError("a script holds half of a surrogate pair, which no encoding can write: correct it")
        fix(self, "statements", statements)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Script) and type(self) is type(other) and self.statements == other.statements

    def __hash__(self) -> int:
        return hash(self.statements)

    def __str__(self) -> str:
        lines: list[str] = []
        for statement in self.statements:
            # Long statements stand apart, short ones together.
            if lines and ("\n" in statement or "\n" in lines[-1]):
                lines.append("")
            lines.append(f"{statement}\n;" if ends_in_comment(statement) else f"{statement};")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<script of {len(self.statements)} statements>"
