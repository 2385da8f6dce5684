"""Triggers that stand next to a table, and the functions that they call.

https://www.postgresql.org/docs/current/sql-createtrigger.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, cast, get_args

from typing_extensions import Unpack

from qb.declare.constraint_names import constraint_name
from qb.declare.deferral import Initially, deferral
from qb.declare.function_body import code
from qb.declare.owner import plain_expression
from qb.declare.routine_options import RoutineOptions, check_options, defined
from qb.errors import DefinitionError
from qb.model.body import SettledBody, body
from qb.model.object import of_table
from qb.model.trigger import EventTrigger, Trigger, TriggerFunction
from qb.query.entity import Entity, NamedRow, RelationView, entity_of, moved
from qb.query.expr.column import Column
from qb.query.expr.expr import Condition, is_expr
from qb.query.raw import Sql
from qb.tree.expressions import ColumnNode, Expression, NameNode
from qb.tree.relations import AliasSource, Relation, TableSource, label
from qb.tree.visit import within
from qb.types.identifier import comment_text, identifier, name_before, writable

A = TypeVar("A", bound=NamedRow)
TriggerEvent: TypeAlias = Literal["insert", "update", "delete", "truncate"]
"""What happens to the rows of a table."""
Enabled: TypeAlias = Literal["origin", "disabled", "replica", "always"]
"""In which sessions it fires, by their `session_replication_role`: those of an application are "origin"."""
DdlEvent: TypeAlias = Literal["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"]
"""What happens to the definition of a database."""

_SEES: Final = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",), "truncate": ()}


def trigger_function(
    name: str,
    body: Sql | None = None,
    /,
    *,
    language: str = "plpgsql",
    external: bool = False,
    **_options: Unpack[RoutineOptions],
) -> TriggerFunction:
    """A function that triggers call: `touch = trigger_function("touch", sql("BEGIN ... RETURN NEW; END"))`.

    It takes no arguments: what a trigger gives it stands in TG_ARGV. Tables in its text are best written `{t}`, so that
    it is known what it needs. One that is `external`, an extension's, has no body here. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/plpgsql-trigger.html

    >>> touch = trigger_function("touch", sql("BEGIN NEW.title := trim(NEW.title); RETURN NEW; END"))
    >>> print(create_all(schema(touch)))
    CREATE FUNCTION "touch"() RETURNS trigger LANGUAGE "plpgsql" VOLATILE
    AS $qb$BEGIN NEW.title := trim(NEW.title); RETURN NEW; END$qb$;
    """
    return _function("trigger", name, body, language, external, _options)


def event_trigger_function(
    name: str,
    body: Sql | None = None,
    /,
    *,
    language: str = "plpgsql",
    external: bool = False,
    **_options: Unpack[RoutineOptions],
) -> TriggerFunction:
    """The same for event triggers, which are about the definition of the database.

    https://www.postgresql.org/docs/current/functions-event-triggers.html

    >>> tell = event_trigger_function("tell", sql("BEGIN RAISE NOTICE '%', tg_tag; END"))
    >>> print(create_all(schema(tell, event_trigger("told", tell, on="ddl_command_end"))).statements[-1])
    CREATE EVENT TRIGGER "told" ON ddl_command_end EXECUTE FUNCTION "tell"()
    """
    return _function("event_trigger", name, body, language, external, _options)


def _function(
    returns: str, name: str, given: Sql | None, language: str, external: bool, options: RoutineOptions
) -> TriggerFunction:
    what = f"the trigger function {identifier(name, 'a trigger function')!r}"
    check_options(what, cast("dict[str, object]", options), RoutineOptions)
    if (given is None) != external:
        raise DefinitionError(
            f"{what} is external, so its owner has its body: leave one of the two away"
            if external
            else f"{what} has no body: give it one, or say external=True where somebody else makes it"
        )
    schema = options.get("schema")
    if given is None:
        return TriggerFunction(schema, name, (), returns, external=True)
    made = defined(what, language, code(what, given), (), cast("Any", options))
    said, before = comment_text(options.get("comment"), what), name_before(options.get("renamed_from"), what)
    return TriggerFunction(schema, name, (), returns, made, comment=said, renamed_from=before)


def trigger(
    table: type[A],
    function: TriggerFunction,
    /,
    *,
    before: TriggerEvent | Sequence[TriggerEvent] = (),
    after: TriggerEvent | Sequence[TriggerEvent] = (),
    instead_of: TriggerEvent | Sequence[TriggerEvent] = (),
    of: Column[Any] | Sequence[Column[Any]] = (),
    for_each: Literal["row", "statement"] = "row",
    when: Callable[[type[A], type[A]], Condition] | None = None,
    args: Sequence[str | int] = (),
    old_table: str | None = None,
    new_table: str | None = None,
    constraint: bool = False,
    deferrable: bool = False,
    initially: Initially | None = None,
    enabled: Enabled = "origin",
    name: str | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Trigger:
    """A function that is called where rows of a table or a view change: `trigger(Task, touch, before="update")`.

    It fires `before` or `after` some events, or `instead_of` them on a view; on updates `of` some columns alone; once
    `for_each` row, or each statement; `when` a condition over the row as it was and as it is to be holds:
    `when=lambda old, new: old.title != new.title`. `args` are what the function finds in TG_ARGV. `old_table` and
    `new_table` name all changed rows for it (REFERENCING). A `constraint` trigger may be `deferrable`. Those of one
    table and time fire in the order of their names; without `name` it is `<table>_<function>_trigger`. It may be on a
    table of somebody else's. `renamed_from` is what it was called before, for `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createtrigger.html

    >>> touch = trigger_function("touch", sql("BEGIN NEW.title := trim(NEW.title); RETURN NEW; END"))
    >>> renamed = trigger(Task, touch, before="update", of=Task.title, when=lambda old, new: old.title != new.title)
    >>> print(create_all(schema(User, Task, touch, renamed)).statements[-1])
    CREATE TRIGGER "tasks_touch_trigger" BEFORE UPDATE OF "title" ON "tasks" FOR EACH ROW WHEN (...) EXECUTE ...
    """
    entity = entity_of(table)
    source = None if entity is None else entity.relation
    if entity is None or not isinstance(source, TableSource) or source.kind not in ("table", "view"):
        raise DefinitionError(f"a trigger is on a table or a view, not on {table!r}")
    if _returned(function) != "trigger":
        raise DefinitionError(
            f"a trigger on {of_table(source).title} calls a function that takes no arguments and returns trigger, "
            f"trigger_function(...), not {function!r}"
        )
    if name is None:
        name = constraint_name(source.name, [function.name], "trigger")
    what = f"the trigger {identifier(name, f'a trigger on {of_table(source).title}')!r} on {of_table(source).title}"
    timings = {"before": _several(before), "after": _several(after), "instead of": _several(instead_of)}
    said = [(timing, events) for timing, events in timings.items() if events]
    if len(said) != 1:
        raise DefinitionError(f"{what} fires either before=, after= or instead_of= some events: give one of them")
    timing, events = said[0]
    for event in events:
        if event not in _SEES or events.count(event) > 1:
            raise DefinitionError(f"{what} is for each of {', '.join(_SEES)} once, not {', '.join(map(str, events))}")
    condition, reads = _condition(when, entity, events, what)
    made = Trigger(
        source,
        name,
        timing,
        tuple(each for each in _SEES if each in events),
        function.identity,
        function.name,
        _columns(of, source, what),
        for_each,
        condition,
        reads,
        tuple(_texts(args, what)),
        None if old_table is None else identifier(old_table, f"old_table of {what}"),
        None if new_table is None else identifier(new_table, f"new_table of {what}"),
        bool(constraint),
        deferral(what, deferrable, initially),
        enabled,
        comment=comment_text(comment, what),
        renamed_from=name_before(renamed_from, what),
    )
    for wrong, fix in _contradictions(made):
        raise DefinitionError(f"{what} {wrong}: {fix}")
    return made


def event_trigger(
    name: str,
    function: TriggerFunction,
    /,
    *,
    on: DdlEvent,
    tags: str | Sequence[str] = (),
    enabled: Enabled = "origin",
    comment: str | None = None,
) -> EventTrigger:
    """A function that is called where the definition of the database changes: `on` an event, for some `tags` alone,
    such as "CREATE TABLE". Only a superuser makes one. It is created last of all, and dropped first.

    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createeventtrigger.html

    >>> tell = event_trigger_function("tell", sql("BEGIN RAISE NOTICE '%', tg_tag; END"))
    >>> event_trigger("told", tell, on="sql_drop", tags="DROP TABLE")
    <event trigger told>
    """
    what = f"the event trigger {identifier(name, 'an event trigger')!r}"
    if _returned(function) != "event_trigger":
        raise DefinitionError(f"{what} calls an event_trigger_function(...), not {function!r}")
    for clause, given, known in (("on", on, DdlEvent), ("enabled", enabled, Enabled)):
        if given not in get_args(known):
            raise DefinitionError(f"{what}: {clause} is one of {', '.join(get_args(known))}, not {given!r}")
    named = (tags,) if isinstance(tags, str) else tuple(tags)
    if named and on == "login":
        raise DefinitionError(f"{what} is on login, which has no tags: drop them")
    upper = tuple(dict.fromkeys(each.upper() for each in named))
    for each in upper:
        if not each.replace(" ", "").isalpha() or not each.isascii():
            raise DefinitionError(f"{what}: {each!r} is no tag: name commands such as CREATE TABLE")
    called, said = (function.schema, function.name), comment_text(comment, what)
    return EventTrigger(None, name, on, function.identity, called, upper, enabled, comment=said)


def _returned(function: object) -> str:
    return function.returns if isinstance(function, TriggerFunction) else ""


def _several(given: object) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(cast("Sequence[str]", given))


def _columns(of: object, table: TableSource, what: str) -> tuple[str, ...]:
    columns = tuple(cast("Sequence[object]", of)) if isinstance(of, Sequence) else (of,)
    found: list[str] = []
    for each in columns:
        if not isinstance(each, Column) or each.node.relation != table or each.node.name in found:
            raise DefinitionError(f"{what}: of takes columns of its table, each once, not {each!r}")
        found.append(each.node.name)
    return tuple(found)


def _texts(args: Sequence[object], what: str) -> Iterator[str]:
    if isinstance(args, str):
        raise DefinitionError(f"{what}: args takes a list: write args=[{args!r}]")
    for each in args:
        if isinstance(each, bool) or not isinstance(each, str | int) or "\0" in str(each) or not writable(str(each)):
            raise DefinitionError(f"{what}: args are texts, not {each!r}")
        yield str(each)


class _When(NamedTuple):
    settled: SettledBody[Expression] | None
    reads: tuple[str, ...]


def _condition(when: Callable[[Any, Any], object] | None, entity: Entity, events: tuple[str, ...], what: str) -> _When:
    if when is None:
        return _When(None, ())
    if not callable(when):
        raise DefinitionError(f"{what}: when takes lambda old, new: ..., not {when!r}")
    source = cast("TableSource", entity.relation)
    rows = {each: AliasSource(source.schema, source.name, each, source.kind) for each in ("old", "new")}
    given = when(*(RelationView(moved(entity, relation)) for relation in rows.values()))
    if not is_expr(given):
        raise DefinitionError(f"{what}: when gives a condition such as old.title != new.title, not {given!r}")
    plain_expression(given.node, f"{what}: when")
    reads: dict[str, None] = {}
    names: dict[Relation, str] = {relation: name for name, relation in rows.items()}
    for used in within(given.node):
        relation = used.relation if isinstance(used, ColumnNode | NameNode) else None
        if relation is None:
            continue
        if relation not in names:
            raise DefinitionError(f"{what}: when reads {label(relation)}: use the columns of old and new alone")
        reads[names[relation]] = None
    for name in reads:
        if blind := [event for event in events if name not in _SEES[event]]:
            raise DefinitionError(f"{what}: when reads {name}, and there is none on {blind[0]}: make it two triggers")
    return _When(body(given.node), tuple(reads))


def _contradictions(made: Trigger) -> Iterator[tuple[str, str]]:
    """What PostgreSQL would refuse, and what to do about it."""
    view, row, transition = made.table.kind == "view", made.for_each == "row", made.old_table or made.new_table
    first, several = made.events[0], len(made.events) > 1
    if made.for_each not in ("row", "statement"):
        yield f"is for each {made.for_each!r}", 'write for_each="row", or "statement"'
    if made.enabled not in get_args(Enabled):
        yield f"is enabled={made.enabled!r}", f"write one of {', '.join(get_args(Enabled))}"
    if made.columns and "update" not in made.events:
        yield "is of columns and not about updates", "drop of="
    if "truncate" in made.events and (row or view or made.timing == "instead of"):
        yield "fires on truncate, which has no rows and no views", 'write for_each="statement", on a table'
    if made.timing == "instead of" and not (view and row):
        yield "fires instead of something, and is not on the rows of a view", "use before= or after="
    if made.timing == "instead of" and (made.when is not None or made.columns):
        yield "fires instead of something, which takes no when= and no of=", "decide it in the function"
    if view and row and made.timing != "instead of":
        yield "is on the rows of a view", 'use instead_of=, or for_each="statement"'
    if view and made.enabled != "origin":
        yield f"is {made.enabled}, and PostgreSQL can say that of triggers on tables alone", "drop enabled="
    if made.reads and not row:
        yield "reads rows and fires for each statement", 'write for_each="row", or drop when='
    if made.constraint and (made.timing != "after" or not row or view):
        yield "is a constraint trigger", 'it fires after= rows of a table change: use after= and for_each="row"'
    if made.deferrable and not made.constraint:
        yield "is deferrable, and no constraint trigger", "write constraint=True"
    if transition and (made.timing != "after" or view or made.constraint or made.columns or several):
        yield "names old_table or new_table", "that is for after= one event on a table, without of= and constraint="
    for name, at in ((made.old_table, "old"), (made.new_table, "new")):
        if name is not None and at not in _SEES[first]:
            yield f"names {at}_table, and there is none on {first}", "drop it"
    if made.old_table is not None and made.old_table == made.new_table:
        yield "calls its old_table and its new_table the same", "rename one of them"
