"""`check`: all lints over a catalog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final, get_args

from qb.errors import DefinitionError
from qb.kit.catalog import Catalog
from qb.kit.checks.declared import declared_in
from qb.kit.checks.finding import Checked, Finding, Silenced
from qb.kit.checks.lints import LINTS, LintRule, Profile
from qb.kit.checks.subject import Subject, in_catalog
from qb.kit.checks.usage import Usage
from qb.model.filter import Filter
from qb.model.object import Identity
from qb.model.schema import Schema
from qb.model.silence import Lint, Silence

EXPOSED: Final = ("anon", "authenticated")
"""The roles of those who come from outside, as Supabase and PostgREST call them."""


def check(
    catalog: Catalog,
    schema: Schema | None = None,
    *,
    of: Filter = Filter(),
    only: Sequence[Lint] = (),
    leave: Sequence[Lint] = (),
    profile: Profile | None = None,
    exposed: Sequence[str] = EXPOSED,
    usage: Usage | None = None,
) -> Checked:
    """What is legal in a database and likely a mistake: foreign keys without an index, tables that anybody
    reaches, types that hold less than one thinks. The page on checks lists all lints.

    `catalog` is that of a server (`introspect`), or what a schema would be there (`canonical`). With the `schema` what
    it declares is looked at, and what it silences is left: `silence(...)` beside a table. `of` says by names what is
    looked at, `only` and `leave` which lints are asked; `profile` asks what another program cannot work with. `exposed`
    are the roles of those who come from outside. Indexes that nobody reads and sequences that run out are known where
    `usage` says what a database has counted. Errors: DefinitionError for a lint or a profile that is not there.

    >>> from qb.kit import canonical, check
    >>> class Visit(Table, name="visits"):
    ...     id: Col[int] = column(primary_key=True, default=identity())
    ...     task_id: Col[int] = column(references=Task.id)
    >>> shop = schema(User, Task, Visit)
    >>> for each in check(canonical(shop).unwrap(), shop, only=["foreign-key-without-index"]).findings:
    ...     print(each.on.title, "-", each.fix)
    public.tasks.tasks_user_id_fkey - add an index on (user_id)
    public.visits.visits_task_id_fkey - add an index on (task_id)
    """
    rules = _rules(only, leave, profile)
    subject = Subject(catalog, schema, of, tuple(exposed), usage)
    found: list[Finding] = []
    place = declared_in(schema) if schema is not None else _nowhere
    for rule in rules:
        if not rule.counts or usage is not None:
            for told in rule.find(subject):
                file, line = place(told.on) or (None, None)
                found.append(Finding(rule.name, rule.level, told.on, told.text, told.fix, told.about, file, line))
    found.sort(key=lambda each: (each.on.schema, each.on.table or each.on.name, each.on, each.lint))
    silences = () if schema is None else schema.silences
    asked = {rule.name for rule in rules if not rule.counts or usage is not None}
    return _heard(found, [each for each in silences if each.lint in asked], is_whole=of == Filter())


def _rules(only: Sequence[str], leave: Sequence[str], profile: str | None) -> list[LintRule]:
    known = {rule.name for rule in LINTS}
    for name in (*only, *leave):
        if name not in known:
            raise DefinitionError(f"check: there is no lint {name!r}: {_meant(name, known)}")
    if profile is not None and profile not in get_args(Profile):
        raise DefinitionError(f"check: there is no profile {profile!r}: {', '.join(get_args(Profile))}")
    return [
        rule
        for rule in LINTS
        if rule.name not in leave
        and (rule.name in only or (not only and not rule.asked and rule.profile in (None, profile)))
    ]


def _nowhere(identity: Identity) -> None:
    """Where what no schema says is declared."""


def _meant(name: str, known: Iterable[str]) -> str:
    """Which lints a name is near to; else all."""
    near = [each for each in sorted(known) if len(name) > 2 and name in each] or get_close_matches(name, sorted(known))
    return f"did you mean {', '.join(near)}?" if near else ", ".join(sorted(known))


def _heard(found: Iterable[Finding], silences: Sequence[Silence], is_whole: bool) -> Checked:
    """What is silenced apart from what is not."""
    about = [(each, frozenset(map(in_catalog, each.on))) for each in silences]
    findings: list[Finding] = []
    silenced: list[Silenced] = []
    used: set[Silence] = set()
    for finding in found:
        own = frozenset(map(in_catalog, (*_with_table(finding.on), *finding.about)))
        by = [each for each, on in about if each.lint == finding.lint and (not on or on & own)]
        if by:
            silenced.append(Silenced(finding, by[0]))
            used.update(by)
        else:
            findings.append(finding)
    stale = tuple(each for each in silences if each not in used) if is_whole else ()
    return Checked(tuple(findings), tuple(silenced), stale)


def _with_table(identity: Identity) -> tuple[Identity, ...]:
    """An object, and what it stands in."""
    if not identity.table:
        return (identity,)
    kinds = ("table", "foreign table", "view", "materialized view")
    return (identity, *(Identity(kind, identity.schema, "", identity.table) for kind in kinds))
