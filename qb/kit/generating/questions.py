"""What somebody has to say before a migration is made: what is renamed, and what may be lost."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from qb.kit.catalog import Catalog
from qb.kit.diffs.value import Likely
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.losses import same_loss
from qb.kit.planning.sides import loss_name
from qb.model.object import Identity

_RENAME: Final = "rename:"
_FIRST: Final = ("table", "column", "schema", "view", "enum", "domain", "sequence", "function")
"""Kinds that a name without a kind is looked for among, in this order."""


class Question(msgspec.Struct, frozen=True):
    """One thing that nobody can know."""

    about: str
    """The object, or the loss by its name."""
    message: str
    answers: tuple[str, ...]
    """The options to pass back, one of them."""


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
    for each in hints:
        if not each.startswith(_RENAME) or "=" not in each:
            raise HintWithoutMatch(each, "say it as rename:users.name=users.full_name")
        left, _, right = each.removeprefix(_RENAME).partition("=")
        one = _named(each, left.strip(), before, "history's head")
        two = _named(each, right.strip(), after, "schema", one.kind)
        if one == two:
            raise HintWithoutMatch(each, "it is called so already")
        found[str(one)] = str(two) if not two.table else two.name
    return found


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


def open_questions(likely: Iterable[Likely], losses: Sequence[str], allowed: Iterable[str]) -> Iterator[Question]:
    """What is not answered yet."""
    named = {same_loss(each) for each in allowed}
    asked: set[str] = set()
    for each in likely:
        loss = loss_name(f"drop-{each.before.kind}", each.before)
        if same_loss(loss) in named:
            continue
        asked.add(loss)
        before, after = (one.title.removeprefix("public.") for one in (each.before, each.after))
        yield Question(
            str(each.before),
            f"{each.before} is gone and {after} is new: is it renamed",
            (f"--hint rename:{before}={after}", f"--allow {loss}"),
        )
    for name in losses:
        if same_loss(name) not in named and name not in asked:
            yield Question(name, f"this loses rows, or values of them: {name}", (f"--allow {name}",))
