"""Modules by their names, with all that is in them where they are packages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from qb.kit.schema_module import module_named


def modules_named(names: Iterable[str]) -> list[ModuleType]:
    """The modules, and those within packages, each once; `shop.tables:shop` is the module of that name.

    What is run by its name alone (`__main__`) is left out. Errors: UnreadableSchema, raised, for one that cannot be
    imported.

    >>> [each.__name__ for each in modules_named(["tables.promptliano.queries"])][:2]
    ['tables.promptliano.queries', 'tables.promptliano.queries.agents']
    """
    found: dict[str, ModuleType] = {}
    for name in names:
        whole = _imported(name.partition(":")[0])
        found[whole.__name__] = whole
        if hasattr(whole, "__path__"):
            for each in walk_packages(whole.__path__, f"{whole.__name__}.", onerror=_unreadable):
                if not each.name.endswith(".__main__"):
                    found.setdefault(each.name, _imported(each.name))
    return list(found.values())


def _imported(name: str) -> ModuleType:
    return module_named(name, name, Path.cwd())


def _unreadable(name: str) -> None:
    _imported(name)  # which says why
