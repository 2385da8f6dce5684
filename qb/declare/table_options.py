"""What a class statement says of its table beside the name: `class Message(Table, name="messages", rls=True)`.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict, cast

from qb.errors import DefinitionError
from qb.tree.relations import TableSource
from qb.types.identifier import comment_text, identifier

RowSecurityMode: TypeAlias = bool | Literal["force"]
"""Whether a table has row-level security; "force" holds its owner to it, too."""
StorageParameters: TypeAlias = Mapping[str, str | int | float | bool]
"""Storage parameters by name: `{"fillfactor": 70, "toast.autovacuum_enabled": False}`."""


class TableOptions(NamedTuple):
    """The keyword arguments of a table's class, but its name and its schema; those that a partition has, too."""

    rls: RowSecurityMode | None = False
    """None is of a partition that has what its table has."""
    inherits: tuple[TableSource, ...] = ()
    unlogged: bool = False
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""
    method: str = ""
    comment: str | None = None
    """COMMENT ON TABLE."""
    renamed_from: str | None = None
    """What it was called before."""


class PartitionOptions(TypedDict, total=False):
    """What is said of a partition beside its rows: the schema it is in, and how it is kept."""

    schema: str | None
    external: bool
    rls: RowSecurityMode
    unlogged: bool
    with_: StorageParameters
    tablespace: str | None
    method: str | None
    comment: str | None
    renamed_from: str | None


NO_OPTIONS = TableOptions()


def table_options(title: str, named: bool, given: Mapping[str, Any]) -> TableOptions:
    """The options as they were given. DefinitionError for what is none, or is given to what is no table."""
    if unknown := [each for each in given if each not in TableOptions._fields]:
        raise DefinitionError(
            f"class {title} takes name=, schema=, external=, {'=, '.join(TableOptions._fields)}=, not "
            f"{', '.join(unknown)}"
        )
    if given and not named:
        raise DefinitionError(f"class {title} is no table, so it has no {', '.join(given)}: give it a name=")
    return kept_options(f"class {title}", given)


def kept_options(what: str, given: Mapping[str, Any], rls: RowSecurityMode | None = False) -> TableOptions:
    """The same of a table or a partition, which `what` names; `rls` is what it has where it does not say."""
    rls = given.get("rls", rls)
    if rls not in (True, False, "force", None):
        raise DefinitionError(f'{what}: rls is True, or "force" where its owner is held to the policies, too')
    parameters = parameters_of(what, given.get("with_") or {})
    for option in ("tablespace", "method"):
        if (name := given.get(option)) is not None:
            identifier(name, f"the {option} of {what}")
    before = given.get("renamed_from")
    return TableOptions(
        rls,
        given.get("inherits", ()),
        bool(given.get("unlogged", False)),
        parameters,
        given.get("tablespace") or "",
        given.get("method") or "",
        comment_text(given.get("comment"), what),
        None if before is None else identifier(before, f"what {what} is renamed from"),
    )


def parameters_of(what: str, given: object) -> tuple[tuple[str, str], ...]:
    """Storage parameters as text. DefinitionError for what is no value of one."""
    if not isinstance(given, Mapping):
        raise DefinitionError(f'{what}: with_ takes parameters by name, {{"fillfactor": 70}}, not {given!r}')
    found: list[tuple[str, str]] = []
    for name, value in cast("Mapping[object, object]", given).items():
        if not isinstance(value, str | int | float):
            raise DefinitionError(f"{what}: the parameter {name!r} is a text, a number or a bool, not {value!r}")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found.append((identifier(cast("str", name), f"a parameter of {what}"), text))
    return tuple(found)
