"""A diff as a tree of words: by schema, by table, by object, with both texts at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec

from qb.kit.diffs.said import kinds_counted, said_of, value_text
from qb.kit.diffs.strength import weakness
from qb.kit.diffs.value import BECAME, Diff, FieldChange, NotOurs, ObjectChange
from qb.kit.facts.index import IndexFact
from qb.kit.ours.whose import SERVERS
from qb.model.object import Identity


class TreeLine(msgspec.Struct, frozen=True):
    """A line, and what stands below it."""

    text: str
    how: str = ""
    """What became of an object, "" of what holds others, "field" of a field, "remark" of a remark."""
    children: tuple[TreeLine, ...] = ()
    texts: tuple[str, str] | None = None
    """Of a field what both sides say."""


def tree_of(diff: Diff) -> TreeLine:
    """The whole diff. Its text is the count of differences.

    >>> from qb.kit import diff, introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours SET DEFAULT 3")).unwrap()
    ...     tree = tree_of(diff(before, introspect(tx).unwrap()))
    1
    >>> tree.text, tree.children[0].text, tree.children[0].children[0].text
    ('1 difference: 1 changed', 'schema public', 'table tasks')
    """
    schemas: dict[str, list[ObjectChange]] = defaultdict(list)
    for each in diff.changes:
        schemas[each.identity.schema].append(each)
    children = [
        TreeLine(f"schema {name}" if name else "database", children=tuple(_in_schema(schemas[name])))
        for name in sorted(schemas)
    ]
    return TreeLine(headline(diff), children=tuple(children))


def headline(diff: Diff) -> str:
    """How many differences of each kind there are."""
    total = len(diff.changes)
    if not total:
        return "no difference"
    said = ", ".join(f"{diff.counts[how]} {how}" for how in BECAME if how in diff.counts)
    return f"{total} difference{'' if total == 1 else 's'}: {said}"


def notes_of(diff: Diff, *, everything: bool = False) -> tuple[str, ...]:
    """What is said beside the differences: remarks, what looks renamed, how much is not ours; with `everything` each
    object that is not, those of the whole server included."""
    found = [*diff.remarks]
    found += [f"{each}: if it is, say so: --renamed '{each.before}={each.after.name}'" for each in diff.likely]
    if everything:
        found += [f"not ours ({each.why}): {each.identity}" for each in diff.not_ours]
        return tuple(found)
    found += [
        f"nobody declares what everybody may do: {each.identity}" for each in diff.not_ours if _of_everybody(each)
    ]
    wholes = {(each.identity.schema, each.identity.name) for each in diff.not_ours if not each.identity.table}
    counted = (each for each in diff.not_ours if (each.identity.schema, each.identity.table) not in wholes)
    if reasons := Counter(each.why for each in counted if each.why != SERVERS):
        said = ", ".join(f"{number} object{'s'[: number > 1]} ({why})" for why, number in sorted(reasons.items()))
        found.append(f"not ours, and not compared: {said}")
    return tuple(found)


def _of_everybody(found: NotOurs) -> bool:
    """Whether it is a right of everybody's on something that is ours: a leak, if nobody meant it."""
    name = found.identity.name
    return found.identity.kind == "grant" and found.why == "not declared" and f" {name}".endswith(" to public")


def _in_schema(changes: list[ObjectChange]) -> Iterator[TreeLine]:
    """Tables with what is in them, and what stands by itself."""
    within: dict[str, list[ObjectChange]] = defaultdict(list)
    for each in changes:
        within[each.identity.table or each.identity.name].append(each)
    for name, found in within.items():
        own = [each for each in found if not each.identity.table]
        parts = [each for each in found if each.identity.table]
        if not parts:
            yield from map(_branch, own)
        elif own and own[0].how != "renamed":
            first = _branch(own[0])
            yield msgspec.structs.replace(first, children=(*first.children, *map(_branch, parts)))
            yield from map(_branch, own[1:])
        else:
            yield from map(_branch, own)
            yield TreeLine(f"{_holder(parts[0])} {name}", children=tuple(map(_branch, parts)))


def _holder(change: ObjectChange) -> str:
    """What something is in."""
    if change.identity.kind == "attribute":
        return "composite type"
    if change.identity.kind == "membership":
        return "group"
    fact = change.after if change.after is not None else change.before
    kind = getattr(fact, "of", None)
    return kind if isinstance(kind, str) else "table"


def _branch(change: ObjectChange) -> TreeLine:
    fact = change.after if change.after is not None else change.before
    title = _title(change.identity)
    if change.how == "renamed" and change.was is not None:
        return TreeLine(f"{_title(change.was)} is {change.identity.name}", "renamed")
    if change.how in ("missing", "added"):
        said = said_of(fact)
        with_ = kinds_counted(change.parts)
        whole = f"{title}{f' with {with_}' if with_ else ''}"
        return TreeLine(whole, change.how, (TreeLine(said),) if said else ())
    fields = tuple(_field(change, each) for each in change.fields)
    return TreeLine(title, change.how, fields)


def _field(change: ObjectChange, field: FieldChange) -> TreeLine:
    name = field.name.replace("_", " ")
    if change.how == "weaker" and (what := weakness(change.after, field)) is not None:
        return TreeLine(what, "field")
    if change.how == "stronger" and isinstance(change.after, IndexFact):
        return TreeLine(f"{name} by now", "field")
    return TreeLine(name, "field", texts=(value_text(field.before), value_text(field.after)))


def _title(identity: Identity) -> str:
    name = identity.name or identity.title
    return f"{identity.kind} {name}".rstrip()
