"""`docs`: a data dictionary of a catalog, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.drawn.contents import Contents, Found, contents
from qb.kit.drawn.picture import short_type
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.facts.view import ViewFact
from qb.kit.qualified import parts, routine_parts
from qb.model.filter import Filter
from qb.model.object import Identity

_MARKS = re.compile(r"([\\`*{}\[\]<>|~#&]|(?<![^\W_])_|_(?![^\W_]))")
_BREAKS = re.compile(r"[\x00-\x1f\x7f]+ *")


def docs(catalog: Catalog, *, title: str = "Data dictionary", of: Filter = Filter()) -> str:
    """All that a database holds, for people, in Markdown: tables with their columns, keys, references both ways,
    checks, indexes, policies, triggers and rights; views, types and functions; with what is said of each (`comment=`).

    By schemas, each table under a heading that others link to. `of=matching(...)` says by names what is in it. The same
    catalog gives the same text. No row is read.

    >>> from qb.kit import canonical, docs
    >>> print(docs(canonical(schema(User, Task)).unwrap(), title="Tasks"))
    # Tasks
    <BLANKLINE>
    2 tables.
    ...
    ### public.users
    <BLANKLINE>
    | column | type | NULL | default | key |
    |---|---|---|---|---|
    | `id` | `bigint` | | identity | primary key |
    | `name` | `varchar(80)` | | | unique |
    ...
    Referred to by [public.tasks](#publictasks) (`user_id`).
    <BLANKLINE>
    """
    return "\n".join(_lines(contents(catalog, of), title)) + "\n"


def _lines(found: Contents, title: str) -> Iterator[str]:
    yield f"# {_text(title)}"
    yield ""
    counted = (("table", len(found.tables)), ("view", len(found.views)), ("type", len(found.types)))
    counts = [f"{number} {word}{'' if number == 1 else 's'}" for word, number in counted if number]
    functions = len(found.functions)
    if functions:
        counts.append(f"{functions} function{'' if functions == 1 else 's'}")
    yield f"{', '.join(counts) or 'Nothing'}."
    for schema, comment in found.schemas.items():
        yield from ("", f"## Schema {_text(schema)}")
        if comment:
            yield from ("", _text(comment))
        listed = [each for each in (*found.tables, *found.views) if each.schema == schema]
        if len(listed) > 1:
            yield ""
            yield from (f"- {_link(each)}{_said(found.catalog[each].comment)}" for each in listed)
        for each in found.tables:
            if each.schema == schema:
                yield from _table(found, each)
        for each in found.views:
            if each.schema == schema:
                yield from _view(found, each)
        yield from _types(found, schema)
        yield from _functions(found, schema)


def _table(found: Contents, identity: Identity) -> Iterator[str]:
    fact = found.catalog[identity]
    assert isinstance(fact, TableFact)
    yield from ("", f"### {_text(identity.title)}")
    if fact.comment:
        yield from ("", _text(fact.comment))
    if facts := list(_of_table(fact, found.partitions.get(identity, ()))):
        yield from ("", f"{'; '.join(facts)}.")
    yield from _columns(found, identity)
    constraints = found.constraints.get(identity, [])
    yield from _keys(constraints)
    yield from _references(found, identity, constraints)
    yield from _listed("Checks", [(each, fact.definition) for each, fact in constraints if each.kind == "check"], found)
    more = [(each, fact.definition) for each, fact in constraints if each.kind == "exclusion"]
    yield from _listed("Exclusions", more, found)
    indexes = [(each, index.definition) for each, index in found.indexes.get(identity, []) if index.definition]
    yield from _listed("Indexes", [(each, _index(definition)) for each, definition in indexes], found)
    yield from _policies(found, identity, fact)
    triggers = [(each, trigger.definition) for each, trigger in found.triggers.get(identity, [])]
    yield from _listed("Triggers", [(each, _trigger(definition)) for each, definition in triggers], found)
    yield from _rights(found, identity)


def _of_table(fact: TableFact, partitions: Sequence[Identity]) -> Iterator[str]:
    if fact.partition_key:
        yield f"Divided by {_code(fact.partition_key)}"
    if partitions:
        names = ", ".join(_code(each.name) for each in partitions)
        yield f"its partitions are {names}" if len(partitions) < 9 else f"it has {len(partitions)} partitions"
    if fact.inherits and not fact.bound:
        yield f"Inherits from {', '.join(map(_code, fact.inherits))}"
    if fact.persistence != "permanent":
        yield f"Is {fact.persistence}"
    if fact.server:
        yield f"Is a foreign table of {_code(fact.server)}"


def _columns(found: Contents, identity: Identity) -> Iterator[str]:
    columns = found.columns.get(identity, [])
    if not columns:
        return
    roles = _roles(found.constraints.get(identity, []))
    said = any(fact.comment for _, fact in columns)
    head = ("column", "type", "NULL", "default", "key", *(["what it is"] if said else []))
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for each, fact in columns:
        cells = [_code(each.name), _code(short_type(fact.type)), "" if fact.not_null else "yes", _default(fact)]
        cells.append(", ".join(roles.get(each.name, [])))
        if said:
            cells.append(_text(fact.comment or ""))
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _roles(constraints: Iterable[Found[ConstraintFact]]) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {}
    for identity, fact in sorted(constraints, key=lambda found: found[0].kind != "primary key"):
        if identity.kind in ("primary key", "unique") and (identity.kind == "primary key" or len(fact.columns) == 1):
            for name in fact.columns:
                roles.setdefault(name, []).append(identity.kind)
        elif identity.kind == "foreign key" and fact.target is not None:
            target = Identity("table", parts(fact.target)[0], "", parts(fact.target)[1])
            for name in fact.columns:
                roles.setdefault(name, []).append(_link(target))
    return roles


def _default(fact: ColumnFact) -> str:
    if fact.identity:
        return "identity" if fact.identity == "by default" else "always identity"
    if fact.generated:
        return f"{fact.generated}: {_code(fact.default or '')}"
    return "" if fact.default is None else _code(fact.default)


def _keys(constraints: Iterable[Found[ConstraintFact]]) -> Iterator[str]:
    several = [
        (identity, fact)
        for identity, fact in constraints
        if identity.kind in ("primary key", "unique") and len(fact.columns) > 1
    ]
    if several:
        yield from ("", "Keys of several columns:", "")
        for identity, fact in several:
            columns = ", ".join(map(_code, fact.columns))
            yield f"- {identity.kind} {_code(identity.name)}: {columns}{_said(fact.comment)}"


_WHEN = re.compile(r" (ON (?:DELETE|UPDATE) (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT))")


def _references(found: Contents, identity: Identity, constraints: Iterable[Found[ConstraintFact]]) -> Iterator[str]:
    out = [(each, fact) for each, fact in constraints if each.kind == "foreign key" and fact.target]
    if out:
        yield from ("", "Refers to:", "")
        for _, fact in out:
            schema, name = parts(fact.target or "")
            columns, targets = (", ".join(map(_code, names)) for names in (fact.columns, fact.target_columns))
            actions = "".join(f", {each.lower()}" for each in _WHEN.findall(fact.definition))
            target = _link(Identity("table", schema, "", name))
            yield f"- {columns} to {target} ({targets}){actions}{_said(fact.comment)}"
    if back := found.referring.get(identity):
        words = [f"{_link(table)} ({', '.join(map(_code, columns))})" for table, columns in back]
        yield from ("", f"Referred to by {', '.join(words)}.")


def _policies(found: Contents, identity: Identity, table: TableFact) -> Iterator[str]:
    policies = found.policies.get(identity, [])
    if not policies and not table.row_security:
        return
    state = "on" if table.row_security else "off"
    forced = ", for its owner, too" if table.forced else ""
    yield from ("", f"Row security is {state}{forced}.")
    if policies:
        yield ""
    for each, fact in policies:
        words = [fact.command, "for", ", ".join(map(_text, fact.roles))]
        if not fact.permissive:
            words.append("(restrictive)")
        conditions = [
            f"{clause} {_code(condition)}"
            for clause, condition in (("using", fact.using), ("with check", fact.with_check))
            if condition is not None
        ]
        yield f"- {_code(each.name)}: {' '.join(words)}: {', '.join(conditions)}{_said(fact.comment)}"


def _rights(found: Contents, identity: Identity) -> Iterator[str]:
    grants = found.grants.get(identity, [])
    given = [(fact, fact.column) for _, fact in grants if fact.privileges]
    if given:
        yield from ("", "Rights:", "")
        for fact, column in given:
            of = "" if column is None else f" of {_code(column)}"
            yield f"- {_text(fact.role)}: {', '.join(fact.privileges)}{of}"


def _view(found: Contents, identity: Identity) -> Iterator[str]:
    fact = found.catalog[identity]
    assert isinstance(fact, ViewFact)
    yield from ("", f"### {_text(identity.title)}", "")
    kind = identity.kind.capitalize()
    read = ", ".join(_link(each) for each in found.read_by.get(identity, ()))
    yield f"{kind}{f' of {read}' if read else ''}.{f' {_text(fact.comment)}' if fact.comment else ''}"
    yield from _columns(found, identity)
    yield from ("", *_block(fact.definition))
    yield from _rights(found, identity)


def _types(found: Contents, schema: str) -> Iterator[str]:
    here = [each for each in found.types if each.schema == schema]
    if not here:
        return
    yield from ("", f"### Types of {_text(schema)}", "", "| type | what it is | |", "|---|---|---|")
    for each in here:
        fact = found.catalog[each]
        comment = _text(fact.comment or "")
        yield f"| {_code(each.name)} | {_type(found, each)} | {comment} |".replace("|  |", "| |")


def _type(found: Contents, identity: Identity) -> str:
    fact = found.catalog[identity]
    match fact:
        case EnumFact():
            return f"one of {', '.join(map(_code, fact.labels))}"
        case DomainFact():
            checks = [said.definition for one, said in found.constraints.get(identity, []) if one.kind == "check"]
            never = " NOT NULL" if fact.not_null else ""
            return f"{_code(short_type(fact.base))}{never}{''.join(f', {_code(each)}' for each in checks)}"
        case CompositeFact():
            fields = found.columns.get(identity, [])
            return ", ".join(f"{_code(each.name)} {_code(short_type(field.type))}" for each, field in fields)
        case RangeFact():
            return f"a range of {_code(fact.subtype)}"
        case _:
            return identity.kind


def _functions(found: Contents, schema: str) -> Iterator[str]:
    here = [each for each in found.functions if each.schema == schema]
    if not here:
        return
    yield from ("", f"### Functions of {_text(schema)}", "")
    for each in here:
        fact = found.catalog[each]
        assert isinstance(fact, FunctionFact)
        name = routine_parts(each.name)[0]
        gives = f" returns {_code(fact.returns)}" if fact.returns else ""
        words = [fact.volatility if each.kind == "function" else each.kind, fact.language]
        if fact.security_definer:
            words.append("with its owner's rights")
        yield f"- {_code(f'{name}({fact.arguments})')}{gives}: {', '.join(words)}{_said(fact.comment)}"


def _listed(heading: str, items: Iterable[tuple[Identity, str]], found: Contents) -> Iterator[str]:
    lines = [f"- {_code(each.name)}: {_code(text)}{_said(found.catalog[each].comment)}" for each, text in items]
    if lines:
        yield from ("", f"{heading}:", "", *lines)


def _index(definition: str) -> str:
    """Without its name and that of its table."""
    unique = "unique " if definition.startswith("CREATE UNIQUE") else ""
    return f"{unique}{definition.rpartition(' USING ')[2]}" if definition.count(" USING ") == 1 else definition


def _trigger(definition: str) -> str:
    return definition.removeprefix("CREATE ")


_ANCHOR: Final = re.compile(r"[^\w\- ]")


def _link(identity: Identity) -> str:
    anchor = _ANCHOR.sub("", identity.title.lower()).replace(" ", "-")
    return f"[{_text(identity.title)}](#{anchor})"


def _said(comment: str | None) -> str:
    return f": {_text(comment)}" if comment else ""


def _text(text: str) -> str:
    """A text that Markdown reads as it is, in one line."""
    return _MARKS.sub(r"\\\1", _BREAKS.sub(" ", text))


def _code(text: str) -> str:
    """A text as code, also in a table: a bar ends a cell even there."""
    plain = _BREAKS.sub(" ", text).replace("|", "\\|")
    ticks = "`" * (max((len(each) for each in re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{pad}{plain}{pad}{ticks}"


def _block(sql: str) -> Iterator[str]:
    ticks = "`" * max(3, max((len(each) for each in re.findall("`+", sql)), default=0) + 1)
    yield from (f"{ticks}sql", sql.strip(), ticks)
