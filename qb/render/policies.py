"""`explain_policy`: which policies a role is held to, command by command, with their conditions as SQL.

https://www.postgresql.org/docs/current/sql-createpolicy.html
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from qb.declare.gather import gather
from qb.declare.mistakes import Mistakes
from qb.declare.table import describe, is_table
from qb.errors import DefinitionError
from qb.model.access import COMMANDS, acts_as, bypasses, granted, policies_of
from qb.model.body import SettledBody
from qb.model.object import Object, of_table
from qb.model.policy import Policy, RowSecurity
from qb.model.role import Role
from qb.model.schema import Schema
from qb.model.target import Requirements, Target
from qb.query.entity import TableRow
from qb.tree.expressions import Expression


class AppliedPolicy(msgspec.Struct, frozen=True):
    """A policy that a role is held to. `using` is asked of the rows that are there, `with_check` of those written."""

    name: str
    roles: tuple[str, ...]
    restrictive: bool
    using: str | None
    with_check: str | None

    def __str__(self) -> str:
        said = {"USING": self.using, "WITH CHECK": self.with_check}
        told = " ".join(f"{word} ({condition})" for word, condition in said.items() if condition is not None)
        return f"{'and ' if self.restrictive else ''}{self.name}: {told}"


class CommandPolicies(msgspec.Struct, frozen=True):
    """What a role meets in one command. `granted` is whether it has the right to it, as far as that is declared."""

    command: str
    granted: bool
    columns: tuple[str, ...]
    """The columns that the right is for, where it is not for all."""
    policies: tuple[AppliedPolicy, ...]

    @property
    def allowed(self) -> bool:
        """Whether a policy lets any row through: those that are restrictive only take rows away."""
        return any(not each.restrictive for each in self.policies)


class PolicyExplanation(msgspec.Struct, frozen=True):
    """What `explain_policy` gives; printed, a line for each command and each policy."""

    table: str
    role: str
    secured: bool
    """Whether the table has row security."""
    bypasses: bool
    """Whether no policy is asked of the role."""
    commands: tuple[CommandPolicies, ...]

    def __str__(self) -> str:
        lines = [f"{self.table} as {self.role}{self._why}"]
        for each in self.commands:
            within = f" ({', '.join(each.columns)})" if each.columns else ""
            right = within if each.granted else " (no right to it is declared)"
            held = self.secured and not self.bypasses
            shown = [f"    {policy}" for policy in each.policies] if held else []
            met = " every row" if not held else "" if each.allowed else " no row"
            lines += [f"  {each.command}{right}:{met}", *shown]
        return "\n".join(lines)

    @property
    def _why(self) -> str:
        if not self.secured:
            return ": there is no row security"
        return ": the role bypasses row security" if self.bypasses else ""


class _Known(NamedTuple):
    attached: Sequence[object]
    objects: Iterable[Object]


def explain_policy(table: type[TableRow], role: Role | str, schema: Schema | None = None) -> PolicyExplanation:
    """Which policies a role is held to in a table, command by command: `print(explain_policy(Message, authenticated))`.

    Groups that the role is a member of count, and "public". Without a `schema` it looks at what stands in the table's
    module: roles, memberships and grants of others are in a schema alone. A row is met where one policy allows it, and
    each that is restrictive; an UPDATE or a DELETE that reads, and RETURNING, are held to those for select, too.
    The owner of the table is held to none, unless it has rls="force". Errors: DefinitionError.
    https://www.postgresql.org/docs/current/ddl-rowsecurity.html

    >>> reader = role("reader")
    >>> class Note(Table, name="notes", rls=True):
    ...     id: Col[int] = column(primary_key=True)
    ...     author: Col[str] = column()
    >>> own = policy(Note, for_="select", to=reader, using=Note.author == sql("current_user").as_(str), name="own")
    >>> notes = schema(Note, reader, own, grant("select", on=Note, to=reader))
    >>> print(explain_policy(Note, reader, notes))
    notes as reader
      select:
        own: USING ("author" = (current_user))
      insert (no right to it is declared): no row
      update (no right to it is declared): no row
      delete (no right to it is declared): no row
    """
    if not is_table(table):
        raise DefinitionError(f"explain_policy takes a table class, not {table!r}")
    name = role.name if isinstance(role, Role) else role
    info = describe(cast("type[Any]", table))
    identity = of_table(info.source)
    known = _in_module(table) if schema is None else _in_schema(table, schema)
    policies = [each for each in known.attached if isinstance(each, Policy) and of_table(each.table) == identity]
    who = acts_as(name, known.objects)
    rights = granted(identity, who, known.objects)
    return PolicyExplanation(
        identity.title,
        name,
        bool(info.options.rls) or any(isinstance(each, RowSecurity) for each in known.attached),
        bypasses(name, known.objects),
        tuple(
            CommandPolicies(
                command,
                command in rights,
                rights.get(command, ()),
                tuple(_applied(each, command) for each in policies_of(command, who, policies)),
            )
            for command in COMMANDS
        ),
    )


def _in_schema(table: Any, schema: Schema) -> _Known:
    source = describe(table).source
    found = next((each for each in schema.tables if each.source == source), None)
    if found is None:
        raise DefinitionError(f"{of_table(source).title} is not in the schema: add it, or its module")
    return _Known(found.attached, schema.objects)


def _in_module(table: Any) -> _Known:
    mistakes = Mistakes()
    parts = gather([sys.modules[table.__module__]], mistakes)
    mistakes.end()
    return _Known(parts.beside, parts.others)


def _applied(policy: Policy, command: str) -> AppliedPolicy:
    """As the command asks it: without with_check= an UPDATE asks using= of the new row as well, an INSERT it alone."""
    using, check = policy.using, policy.with_check
    written = command in ("insert", "update")
    return AppliedPolicy(
        policy.name,
        policy.roles,
        policy.restrictive,
        None if command == "insert" else _text(using, policy),
        _text(using if check is None else check, policy) if written else None,
    )


def _text(condition: SettledBody[Expression] | None, policy: Policy) -> str | None:
    if condition is None:
        return None
    from qb.render.ddl.expression import expression  # which takes PyPika along

    return expression(condition.node, Requirements(Target()), policy.identity.title, table=policy.table)
