"""Triggers next to their table, and event triggers."""

from __future__ import annotations

import re
from typing import Any, Final

from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import EventTriggerFact, TriggerFact
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.source import Code, attribute_of, call, code_of, literal, text, using
from qb.kit.pull.tokens import braced, bracketed, items_in
from qb.kit.qualified import parts, routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, qualified, quoted, unquoted

_HEAD: Final = re.compile(
    r"CREATE (?P<constraint>CONSTRAINT )?TRIGGER .+? (?P<time>BEFORE|AFTER|INSTEAD OF) "
    r"(?P<events>(?:INSERT|UPDATE|DELETE|TRUNCATE)(?: OF .+?)?"
    r"(?: OR (?:INSERT|UPDATE|DELETE|TRUNCATE)(?: OF .+?)?)*) ON ",
    re.DOTALL,
)
_REST: Final = re.compile(
    r"(?P<deferrable>(?:NOT )?DEFERRABLE INITIALLY (?:IMMEDIATE|DEFERRED) )?"
    r"(?:REFERENCING (?P<old>OLD TABLE AS (?:\"(?:[^\"]|\"\")+\"|\w+) ?)?"
    r"(?P<new>NEW TABLE AS (?:\"(?:[^\"]|\"\")+\"|\w+) ?)?)?"
    r"FOR EACH (?P<each>ROW|STATEMENT) (?P<when>WHEN .+ )?"
    r"EXECUTE FUNCTION (?:(?:\"(?:[^\"]|\"\")+\"|[\w$]+)\.)?(?:\"(?:[^\"]|\"\")+\"|[\w$]+)\((?P<args>.*)\)",
    re.DOTALL,
)
_TEXTS: Final = re.compile(r"'((?:[^']|'')*)'")
_STATES: Final = {"always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA", "disabled": "DISABLE"}


def write_triggers(book: Book) -> None:
    """All triggers that no partition has from its table."""
    for identity, fact in book.catalog.of(TriggerFact).items():
        if fact.inherited or fact.extension is not None:
            book.said.add(identity)
            if fact.extension is None:
                _own_state(book, identity, fact)
            continue
        relation = book.tables.get((identity.schema, identity.table))
        made = None if relation is None else _trigger(book, identity, fact)
        if made is None or relation is None:
            _carried(book, identity, fact)
            continue
        name = book.value_called(identity.name, f"{identity.table}_{identity.name}", ending="trigger")
        book.write(name, relation.home, code_of((f"{name} = ", made), ""), 27)
        book.values[identity] = name
        book.said.add(identity)


def _own_state(book: Book, identity: Identity, fact: TriggerFact) -> None:
    """That a partition's trigger is not in the state that its table's is in."""
    table = book.catalog.get(Identity("table", identity.schema, "", identity.table))
    above = parts(table.inherits[0]) if isinstance(table, TableFact) and table.inherits else ("", "")
    whole = book.catalog.get(Identity("trigger", above[0] or PUBLIC, above[1], identity.name))
    if isinstance(whole, TriggerFact) and whole.enabled != fact.enabled:
        book.tell(identity, f"a partition's trigger in a state of its own: {fact.enabled}")
    if fact.comment is not None:
        book.tell(identity, "the comment of a partition's trigger")


def _carried(book: Book, identity: Identity, fact: TriggerFact) -> None:
    whole = qualified(identity.schema, identity.table)
    statements = [fact.definition]
    if fact.enabled != "origin":
        statements.append(f"ALTER TABLE {whole} {_STATES[fact.enabled]} TRIGGER {quoted(identity.name)}")
    needs = [Identity(kind, identity.schema, "", identity.table) for kind in ("table", "view")]
    on = f"TRIGGER {quoted(identity.name)} ON {whole}"
    carry(book, "trigger", identity, statements, needs, fact.comment, on=on)


def _function(book: Book, identity: Identity) -> str | None:
    """What the function is called that it needs."""
    found = [each for each in book.catalog.needs(identity) if each.kind == "function"]
    if len(found) == 1 and found[0] not in book.values and found[0] not in book.said:
        _theirs(book, found[0])
    return book.values.get(found[0]) if len(found) == 1 else None


def _theirs(book: Book, identity: Identity) -> None:
    """A function of somebody else's, an extension's for one."""
    plain, arguments = routine_parts(identity.name)
    if arguments != ")":
        return
    name = book.value_called(plain, f"{plain}_function", ending="function")
    within = named_schema(identity.schema)
    said = call("trigger_function", text(plain), schema=None if within is None else text(within), external="True")
    book.values[identity] = name
    book.write(name, book.home(identity.schema), code_of((f"{name} = ", said), ""), 3)


def _trigger(book: Book, identity: Identity, fact: TriggerFact) -> Code | None:
    head = _HEAD.match(fact.definition)
    function = _function(book, identity)
    if head is None or function is None or ('"' in head[0] and " ON " in head["events"]):
        return None
    # Behind the table's name, which is one word or several in quotes.
    table = re.compile(r'(?:(?:"(?:[^"]|"")+"|[\w$]+)\.)?(?:"(?:[^"]|"")+"|[\w$]+) ').match(fact.definition, head.end())
    rest = None if table is None else _REST.fullmatch(fact.definition, table.end())
    if rest is None:
        return None
    relation = book.tables[identity.schema, identity.table]
    events, columns = _events(head["events"])
    of = [relation.attributes.get(each) for each in columns]
    args = _arguments(rest["args"])
    if args is None or None in of or events is None:
        return None
    when: Code | None = None
    if rest["when"]:
        when = _when(dict(relation.attributes), rest["when"])
        if when is None:
            return None
    deferrable = rest["deferrable"] or ""
    said: dict[str, Any] = {
        {"BEFORE": "before", "AFTER": "after", "INSTEAD OF": "instead_of"}[head["time"]]: literal(events)
        if len(events) > 1
        else text(events[0]),
        "of": _columns(relation.name, [str(each) for each in of]),
        "for_each": '"statement"' if rest["each"] == "STATEMENT" else None,
        "when": when,
        "args": literal(args) if args else None,
        "old_table": _table(rest["old"]),
        "new_table": _table(rest["new"]),
        "constraint": "True" if head["constraint"] else None,
        "deferrable": "True" if deferrable and not deferrable.startswith("NOT") else None,
        "initially": '"immediate"' if deferrable.startswith("DEFERRABLE INITIALLY IMMEDIATE") else None,
        "enabled": None if fact.enabled == "origin" else text(fact.enabled),
        "name": text(identity.name),
        "comment": None if fact.comment is None else text(fact.comment),
    }
    return call("trigger", using(relation.name), using(function), **said)


def _events(written: str) -> tuple[list[str] | None, list[str]]:
    columns: list[str] = []
    events: list[str] = []
    for each in re.split(r" OR (?=INSERT|UPDATE|DELETE|TRUNCATE)", written):
        event, _, of = each.partition(" OF ")
        events.append(event.lower())
        columns += [unquoted(name) for name in items_in(of)] if of else []
    return events, columns


def _columns(table: str, of: list[str]) -> Code | None:
    if not of:
        return None
    found = [attribute_of(table, each) for each in of]
    return found[0] if len(found) == 1 else code_of(("[", code_of(found), "]"), "")


def _table(written: str | None) -> str | None:
    return None if not written else text(unquoted(written.strip().partition(" TABLE AS ")[2]))


def _arguments(written: str) -> list[str] | None:
    if not written:
        return []
    found = [_TEXTS.fullmatch(each) for each in items_in(written)]
    return None if None in found else [each[1].replace("''", "'") for each in found if each is not None]


_FIELD: Final = re.compile(r'\b(?P<row>old|new)\.(?P<column>"(?:[^"]|"")+"|[\w$]+)')


def _when(attributes: dict[str, str], written: str) -> Code | None:
    """A condition over the row as it was and as it is to be."""
    condition, rest = bracketed(written.removeprefix("WHEN ").strip())
    if rest or ("'" in condition and _FIELD.search("".join(re.findall(r"'(?:[^']|'')*'", condition)))):
        return None
    values: dict[str, Code] = {}

    def field(found: re.Match[str]) -> str:
        column = attributes.get(unquoted(found["column"]))
        name = f"{found['row']}_{column}"
        values[name] = Code(f"{found['row']}.{column}")
        return f"{{{name}}}"

    if not _FIELD.search(condition) or any(
        unquoted(each["column"]) not in attributes for each in _FIELD.finditer(condition)
    ):
        return None
    template = _FIELD.sub(field, braced(condition))
    return code_of(("lambda old, new: ", call("sql", text(template), **values), ".as_(bool)"), "")


def write_event_triggers(book: Book) -> None:
    """Event triggers, whose functions take no arguments."""
    for identity, fact in book.catalog.of(EventTriggerFact).items():
        if fact.extension is not None:
            continue
        schema, name = parts(routine_parts(fact.function)[0])
        function = book.values.get(Identity("function", schema or "public", "", f"{name}()"))
        if function is None:
            book.tell(identity, "an event trigger of a function that is none of ours")
            continue
        called = book.value_called(identity.name, ending="event_trigger")
        made = call(
            "event_trigger",
            text(identity.name),
            using(function),
            on=text(fact.event),
            tags=literal(list(fact.tags)) if fact.tags else None,
            enabled=None if fact.enabled == "origin" else text(fact.enabled),
            comment=None if fact.comment is None else text(fact.comment),
        )
        book.write(called, book.home(schema), code_of((f"{called} = ", made), ""), 35)
        book.said.add(identity)
