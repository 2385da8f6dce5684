"""The modules of a project: where they are found, which were imported, where they are, and how to read them anew."""

from __future__ import annotations

import importlib
import linecache
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

_QB: Final = Path(__file__).resolve().parent.parent
_INSTALLED: Final = frozenset(("site-packages", "dist-packages"))
_PYTHON: Final = tuple(Path(each).resolve() / "lib" for each in {sys.base_prefix, sys.prefix})


class ProjectModules:
    """What is imported from here on, but for qb, Python's own modules and what is installed."""

    def __init__(self) -> None:
        self._before: Final = frozenset(sys.modules)

    def forget(self) -> None:
        """Have them read from their files when they are imported next."""
        for name in [name for name, _ in self._theirs()]:
            del sys.modules[name]
        importlib.invalidate_caches()
        linecache.checkcache()

    def folders(self) -> frozenset[Path]:
        """Where they are."""
        return frozenset(place.parent if place.suffix else place for _, places in self._theirs() for place in places)

    def _theirs(self) -> Iterator[tuple[str, tuple[Path, ...]]]:
        for name, module in list(sys.modules.items()):
            if name not in self._before and name != "qb" and not name.startswith("qb."):
                places = tuple(each.resolve() for each in _places(module))
                if places and not any(map(_is_installed, places)):
                    yield name, places


@contextmanager
def importable(folder: Path | str | None) -> Generator[None]:
    """As long as the block runs, modules are found in a project's folder and its `src`, too: before all others."""
    if folder is None:
        yield
        return
    base = Path(folder).resolve()
    added = [str(each) for each in (base / "src", base) if each.is_dir() and str(each) not in sys.path]
    sys.path[:0] = added
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for each in added:
            if each in sys.path:
                sys.path.remove(each)


def named_folders(names: Iterable[str], folder: Path) -> Iterator[Path]:
    """The folders that modules of these names would be in, those that are there.

    >>> from qb.kit.project_modules import named_folders
    >>> list(named_folders(["shop.tables:shop"], Path("/nowhere")))
    []
    """
    for base in (folder, folder / "src"):
        if base.is_dir():
            yield base
        for name in names:
            place = base
            for part in name.partition(":")[0].split("."):
                place /= part
                if place.is_dir():
                    yield place


def _places(module: ModuleType) -> Iterator[Path]:
    """Its file; of a package without one its folders."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        yield Path(file)
    else:
        yield from (Path(each) for each in getattr(module, "__path__", ()) if isinstance(each, str))


def _is_installed(place: Path) -> bool:
    if _INSTALLED & set(place.parts) or place.is_relative_to(_QB):
        return True
    return any(place.is_relative_to(each) for each in _PYTHON)
