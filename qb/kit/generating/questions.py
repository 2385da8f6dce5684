"""What somebody has to say before a migration is made: what is renamed, and what may be lost."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import msgspec

from qb.kit.catalog import Catalog
from qb.kit.diffs.renames import renames_of
from qb.kit.diffs.value import Likely
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.type import EnumFact
from qb.kit.history.losses import same_loss
from qb.kit.planning.label_changes import SaidLabels
from qb.kit.planning.sides import loss_name
from qb.model.object import Identity

_RENAME: Final = "rename:"
_FILL: Final = "fill:"
_LABEL: Final = "label:"
_LOST_LABEL: Final = "drop-value:"
_FORMS: Final = "say it as rename:users.name=users.full_name, fill:users.slug=lower(name), or label:status.open=closed"
_FIRST: Final = ("table", "column", "schema", "view", "enum", "domain", "sequence", "function")
"""Kinds that a name without a kind is looked for among, in this order."""


class Question(msgspec.Struct, frozen=True):
    """One thing that nobody can know."""

    about: str
    """The object, or the loss by its name."""
    message: str
    answers: tuple[str, ...]
    """The options to pass back, one of them, as a shell takes them."""


@dataclass(repr=False, eq=False)
class AnswersNeeded(KitError):
    """Nothing is written until these are answered."""

    questions: tuple[Question, ...]
    code: ClassVar[str] = "answers-needed"
    exit_code: ClassVar[ExitCode] = ExitCode.ANSWERS_NEEDED

    def __str__(self) -> str:
        return "\n".join(f"{each.message}: {' or '.join(each.answers)}" for each in self.questions)


@dataclass(repr=False, eq=False)
class HintWithoutMatch(KitError):
    """A hint names what is not there."""

    object: str
    message: str
    code: ClassVar[str] = "hint-without-match"

    def __str__(self) -> str:
        return f"--hint {self.object}: {self.message}"


def hinted_renames(hints: Iterable[str], before: Catalog, after: Catalog) -> Mapping[str, str]:
    """Of `rename:users.name=users.full_name` what `diff` takes. Raises `HintWithoutMatch`.

    The schema `public` may be left out, and the kind may be said before the name: `rename:policy users.mine=users.own`.
    """
    found: dict[str, str] = {}
    taken: dict[Identity, Identity] = {}
    for each in hints:
        if each.startswith((_FILL, _LABEL)):
            continue
        if not each.startswith(_RENAME) or "=" not in each:
            raise HintWithoutMatch(each, _FORMS)
        left, _, right = each.removeprefix(_RENAME).partition("=")
        one = _named(each, left.strip(), before, "history's head")
        two = _named(each, right.strip(), after, "schema", one.kind)
        if one == two:
            raise HintWithoutMatch(each, "it is called so already")
        if taken.setdefault(two, one) != one:
            raise HintWithoutMatch(each, f"{taken[two]} has that name already, as another hint says")
        found[str(one)] = str(two) if not two.table else two.name
    return found


def hinted_fills(
    hints: Iterable[str], before: Catalog, after: Catalog, renamed: Mapping[str, str]
) -> Mapping[Identity, str]:
    """Of `fill:users.slug=lower(name)` the column and the value, as SQL, that rows get which are there. Raises
    `HintWithoutMatch`.

    It is a new column, one that may hold no NULL any more, or one that is dropped: then it is the way back that fills.
    """
    kept = renames_of(renamed, before, after)
    there = {kept.of(each): fact for each, fact in before.items()}
    found: dict[Identity, str] = {}
    for each in hints:
        if not each.startswith(_FILL):
            continue
        column, value = _filled(each, before, after)
        now, was = after.get(column), there.get(column)
        if isinstance(now, ColumnFact) and isinstance(was, ColumnFact) and (was.not_null or not now.not_null):
            raise HintWithoutMatch(each, f"{column} is there already, and nothing is asked of it")
        found[column] = value
    return found


def hinted_labels(hints: Iterable[str], before: Catalog, after: Catalog) -> SaidLabels:
    """Of `label:status.open=closed` the enum, its label that goes, and the one that rows have instead. Raises
    `HintWithoutMatch`."""
    found: dict[tuple[Identity, str], str] = {}
    for each in hints:
        if each.startswith(_LABEL):
            type_, label, new = _labelled(each, before, after)
            found[type_, label] = new
    return found


def _labelled(hint: str, before: Catalog, after: Catalog) -> tuple[Identity, str, str]:
    """A label may have dots and equals signs."""
    said, known = hint.removeprefix(_LABEL), list[str]()
    there = {label for fact in after.of(EnumFact).values() for label in fact.labels}
    for type_, fact in before.of(EnumFact).items():
        now = after.get(type_)
        kept = now.labels if isinstance(now, EnumFact) else ()
        for name in _spellings(type_)[:2]:
            for label in fact.labels:
                new = said.removeprefix(f"{name}.{label}=")
                if new != said and new in there and label not in kept:
                    return type_, label, new
                known.append(f"{name}.{label}")
    if "=" not in said:
        raise HintWithoutMatch(hint, "say it as label:status.open=closed")
    left, _, right = said.partition("=")
    if left in known:
        why = f"no enum of the schema has the label {right}" if right not in there else "the schema has it still"
        raise HintWithoutMatch(hint, why)
    near = difflib.get_close_matches(left, known, 1)
    raise HintWithoutMatch(hint, f"there is no label {left}{f': is it {near[0]}?' if near else ''}")


def _filled(hint: str, before: Catalog, after: Catalog) -> tuple[Identity, str]:
    """The column, and its value; either may have equals signs."""
    said = hint.removeprefix(_FILL)
    columns: dict[str, Identity] = {}
    for catalog in (before, after):  # the second has the last word
        columns |= {name: each for each in catalog if each.kind == "column" for name in _spellings(each)[:2]}
    for place, sign in enumerate(said):
        if sign == "=" and (column := columns.get(said[:place].strip())) is not None and said[place + 1 :].strip():
            return column, said[place + 1 :].strip()
    if "=" not in said:
        raise HintWithoutMatch(hint, "say it as fill:users.slug=lower(name)")
    name = said.partition("=")[0].strip()
    near = difflib.get_close_matches(name, columns, 1)
    raise HintWithoutMatch(hint, f"there is no column {name}{f': is it {near[0]}?' if near else ''}")


def _named(hint: str, said: str, catalog: Catalog, where: str, kind: str | None = None) -> Identity:
    matches = [each for each in catalog if said in _spellings(each) and (kind is None or each.kind == kind)]
    if not matches:
        near = difflib.get_close_matches(said, {name for each in catalog for name in _spellings(each)}, 1)
        like = f": is it {near[0]}?" if near else ""
        what = f"{kind} " if kind is not None else ""
        raise HintWithoutMatch(hint, f"the {where} has no {what}{said}{like}")
    order = {each: place for place, each in enumerate(_FIRST)}
    return min(matches, key=lambda each: (order.get(each.kind, len(order)), each))


def _spellings(identity: Identity) -> tuple[str, ...]:
    title = identity.title
    short = title.removeprefix("public.")
    return short, title, f"{identity.kind} {short}", f"{identity.kind} {title}"


def open_questions(
    likely: Iterable[Likely],
    losses: Sequence[str],
    allowed: Iterable[str],
    asks: Mapping[str, str] = MappingProxyType({}),
    labels: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[Question]:
    """What is not answered yet. `asks` are columns that want a value, as `fill:users.slug`, each with one of its
    type; `labels` those of enums that go, as `drop-value:status.open`, with what may take their place."""
    named = {same_loss(each) for each in allowed}
    asked, new = set[str](), set[str]()
    pairs: dict[Identity, list[Identity]] = {}
    for each in likely:
        pairs.setdefault(each.before, []).append(each.after)
    for one, others in pairs.items():
        loss = loss_name(f"drop-{one.kind}", one)
        if same_loss(loss) in named:
            continue
        asked.add(loss)
        new.update(loss_name("fill", each) for each in others)
        before, *names = (each.title.removeprefix("public.") for each in (one, *others))
        is_new = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} new"
        which = "is it renamed" if len(names) == 1 else "is it one of them, renamed"
        renames = (_option("--hint", f"{_RENAME}{before}={each}") for each in names)
        yield Question(str(one), f"{one} is gone and {is_new}: {which}", (*renames, _option("--allow", loss)))
    for name in losses:
        if same_loss(name) not in named and name not in asked:
            label = name.removeprefix(_LOST_LABEL)
            instead = tuple(_option("--hint", f"{_LABEL}{label}={new}") for new in labels.get(name, ()))
            said = f"this loses rows, or values of them: {name}"
            yield Question(name, said, (*instead, _option("--allow", name)))
    for name, value in asks.items():
        if name not in new:
            said = f"{name.removeprefix(_FILL)} may not be NULL: what is in the rows that are there"
            yield Question(name, said, (_option("--hint", f"{name}={value}"),))


def _option(name: str, value: str) -> str:
    return shlex.join((name, value))
