"""What is in `qb`, and what is in `qb.typing`: two lists that together name all that a signature names."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import get_args, get_overloads

import qb
from qb import typing


def test_no_name_is_in_both() -> None:
    assert set(qb.__all__) & set(typing.__all__) == set()


def test_both_lists_are_sorted_and_true() -> None:
    for module in (qb, typing):
        assert list(module.__all__) == sorted(module.__all__, key=lambda name: (name.lower(), name)), module.__name__
        assert [name for name in module.__all__ if getattr(module, name, None) is None] == []


def test_each_name_is_loaded_where_it_is_at_home() -> None:
    homes: dict[str, str] = vars(qb)["_HOMES"]
    assert {*homes, "typing"} == set(qb.__all__)
    assert {*qb.__all__} <= {*dir(qb)}
    moved = {
        name: home
        for name, home in homes.items()
        if (at := getattr(getattr(qb, name), "__module__", home)) != home
        and at.startswith("qb.")
        and home != "qb.errors"
    }
    assert moved == {}


def test_what_is_in_qb_is_called_extended_matched_or_held() -> None:
    """A page that one can read."""
    assert len(qb.__all__) < 180  # a name for each kind of object that a database has


def named(module: ModuleType) -> set[str]:
    """The words of the annotations of what a module offers, methods and their parameters included."""
    words: set[str] = set()
    for name in module.__all__:
        found: object = getattr(module, name)
        parts = [found, *(vars(found).values() if inspect.isclass(found) else ())]
        for part in parts:
            inner = getattr(part, "fget", None) or getattr(part, "__func__", part)
            for annotation in getattr(inner, "__annotations__", {}).values():
                words |= set(re.findall(r"[A-Za-z_]+", str(annotation)))
    return words


INTERNAL = frozenset({"Ending", "Feature", "Foreign", "Statement", "Wider"})
"""What stands in signatures of qb's own: nobody else makes or keeps it."""


def test_every_name_of_a_public_signature_is_public() -> None:
    ours: dict[str, str] = {}
    for word in named(qb) | named(typing):
        for module in (qb, typing):
            if word in module.__all__:
                break
        else:
            for name in MODULES:
                found = vars(import_module(name)).get(word)
                if inspect.isclass(found) and found.__module__ == name and not word.startswith("_"):
                    ours[word] = name
    assert {word: name for word, name in ours.items() if word not in INTERNAL} == {}


OURS = (str(getattr(value, "__module__", "")) for value in vars(qb).values())
MODULES = sorted({name for name in OURS if name.startswith("qb.")})


def given() -> set[str]:
    """The words of what methods and properties give, entering a block included."""
    words: set[str] = set()
    for module in (qb, typing):
        for name in module.__all__:
            found: object = getattr(module, name)
            for attribute, part in vars(found).items() if inspect.isclass(found) else ():
                if attribute.startswith("_") and attribute not in ("__enter__", "__aenter__"):
                    continue
                inner = getattr(part, "fget", None) or getattr(part, "__func__", part)
                words |= set(re.findall(r"[A-Za-z_]+", str(getattr(inner, "__annotations__", {}).get("return", ""))))
    return words


NOBODYS = frozenset({"JsonForm", "Stopped", "TableSource"})
"""What one room of qb gives another through a method of what users hold."""


def test_what_a_user_holds_can_be_named() -> None:
    """Blocks, what they give, handles, operations of plans."""
    words = given() - set(qb.__all__) - set(typing.__all__) - INTERNAL - NOBODYS
    ours: dict[str, str] = {}
    for module in walk_packages(qb.__path__, "qb."):
        for word in words:
            found = vars(import_module(module.name)).get(word)
            if inspect.isclass(found) and found.__module__ == module.name:
                ours[word] = module.name
    assert ours == {}
    assert {each.__name__ for each in get_args(typing.Operation)} < set(typing.__all__)


def test_no_editor_offers_an_argument_that_is_none() -> None:
    """`**values` is offered as `values=` by language servers, a name that begins with an underscore is not."""
    offered: list[str] = []
    for module in (qb, typing):
        for name in module.__all__:
            found: object = getattr(module, name)
            for part in (found, *(vars(found).values() if inspect.isclass(found) else ())):
                inner: object = getattr(part, "__func__", part)
                if not inspect.isfunction(inner) or not inner.__module__.startswith("qb.") or get_overloads(inner):
                    continue
                if inner.__name__[0] == "_" and not inner.__name__.endswith("__"):
                    continue
                offered += [
                    f"{inner.__module__}.{inner.__qualname__}: **{each.name}"
                    for each in inspect.signature(inner).parameters.values()
                    if each.kind is each.VAR_KEYWORD
                    and each.name[0] != "_"
                    and not str(each.annotation).endswith(".kwargs")
                ]
    assert offered == []
