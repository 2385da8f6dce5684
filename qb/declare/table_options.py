"""What a class statement says of its table beside the name: `class Message(Table, name="messages", rls=True)`.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from qb.errors import DefinitionError

RowSecurityMode: TypeAlias = bool | Literal["force"]
"""Whether a table has row-level security; "force" holds its owner to it, too."""


class TableOptions(NamedTuple):
    """The keyword arguments of a table's class, but its name and its schema."""

    rls: RowSecurityMode = False


NO_OPTIONS = TableOptions()


def table_options(title: str, named: bool, given: Mapping[str, Any]) -> TableOptions:
    """The options as they were given. DefinitionError for what is none, or is given to what is no table."""
    if unknown := [each for each in given if each not in TableOptions._fields]:
        raise DefinitionError(f"class {title} takes name=, schema= and external=, not {', '.join(unknown)}")
    if given and not named:
        raise DefinitionError(f"class {title} is no table, so it has no {', '.join(given)}: give it a name=")
    options = TableOptions(**given)
    if options.rls not in (True, False, "force"):
        raise DefinitionError(f'class {title}: rls is True, or "force" where its owner is held to the policies, too')
    return options
