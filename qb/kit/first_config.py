"""`add_config`: the first words of a config, written into pyproject.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.config_file import FILE, ROOT, config_files, config_of, key_lines
from qb.kit.errors import ConfiguredAlready, InvalidConfig, KitError

NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_LEFT_OUT: Final = frozenset(
    ("build", "dist", "docs", "migrations", "node_modules", "site-packages", "test", "tests", "venv")
)
_SCHEMA: Final = re.compile(r"^\w+ *(?::[^=]+)?= *(?:qb\.)?_?schema\(", re.MULTILINE)
_IMPORTS: Final = re.compile(r"^(?:from qb import|import qb\b)", re.MULTILINE)
_TABLES: Final = re.compile(r"^class \w+\((?:qb\.)?Table\b", re.MULTILINE)
_MOST: Final = 20_000
"""Files that are looked into, at most."""


class AddedConfig(msgspec.Struct, frozen=True):
    """What was written."""

    file: str
    created: bool
    """Whether the file was not there before."""
    database: str
    schema: tuple[str, ...]
    """The modules that hold tables, as far as was found."""


def add_config(
    folder: Path | str | None = None, *, name: str = "default", file: Path | str | None = None
) -> Success[AddedConfig] | Failure[KitError, AddedConfig]:
    """Add `[tool.qb.databases.NAME]` to a file; without one to the nearest pyproject.toml from a folder (the current
    one) upwards. Where there is none it is made in that folder.

    The modules that hold tables are found by reading them, and none is imported. Nothing else in the file is touched.
    Errors: `ConfiguredAlready`, and `InvalidConfig` where the file cannot be read or written.
    """
    if not NAME.fullmatch(name):
        message = f"a name of letters, digits, - and _ is expected, not {name!r}"
        return Failure(InvalidConfig(str(file or FILE), None, "tool.qb.databases", message))
    here = Path.cwd() if folder is None else Path(folder).absolute()
    path = next(config_files(here), here / FILE) if file is None else Path(file).absolute()
    try:
        return Success(_added(path, name))
    except KitError as error:
        return Failure(error)
    except UnicodeDecodeError:
        return Failure(InvalidConfig(str(path), None, "", "it is not UTF-8"))
    except OSError as error:
        return Failure(InvalidConfig(str(path), None, "", error.strerror or "it cannot be written"))


def _added(path: Path, name: str) -> AddedConfig:
    created = not path.exists()
    text = "" if created else path.read_bytes().decode()
    table = ".".join((*ROOT, name))
    lines = key_lines(text)
    if any(each == table or each.startswith(f"{table}.") for each in lines):
        raise ConfiguredAlready(name, str(path), lines.get(table))
    schema = tuple(modules_with_tables(path.parent))
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    added = f"{gap}{first_words(name, schema)}"
    whole = text + (added.replace("\n", "\r\n") if "\r\n" in text else added)
    config_of(whole, path)  # which says what is wrong before anything is written
    path.write_bytes(whole.encode())
    return AddedConfig(str(path), created, name, schema)


def first_words(name: str, schema: tuple[str, ...]) -> str:
    """The table that a first config is, with what may be said beside.

    >>> from qb.kit.first_config import first_words
    >>> print(first_words("default", ("shop.tables",)))
    [tool.qb.databases.default]
    # Where it is. Without a word: what DATABASE_URL says, in the environment or .env, else the embedded server.
    # url = "env:DATABASE_URL"
    # What describes it: modules, or one schema in a module, as in "shop.tables:shop".
    schema = ["shop.tables"]
    # Whether qb may change it. Without a word: only where the server is on this machine.
    # owned = true
    <BLANKLINE>
    """
    named = ", ".join(json.dumps(each) for each in schema)
    lines = (
        f"[{'.'.join((*ROOT, name))}]",
        "# Where it is. Without a word: what DATABASE_URL says, in the environment or .env, else the embedded server.",
        '# url = "env:DATABASE_URL"',
        '# What describes it: modules, or one schema in a module, as in "shop.tables:shop".',
        f"schema = [{named}]" if schema else '# schema = ["shop.tables"]',
        "# Whether qb may change it. Without a word: only where the server is on this machine.",
        "# owned = true",
    )
    return "\n".join(lines) + "\n"


def modules_with_tables(folder: Path) -> Iterator[str]:
    """The modules of a project that declare tables. A package whose own module makes a schema stands for all in it."""
    for base in (folder / "src", folder):
        sources = {module: text for module, text in _sources(base) if _IMPORTS.search(text)}
        whole = {module for module, text in sources.items() if _SCHEMA.search(text)}
        found = {module for module, text in sources.items() if _TABLES.search(text)} | whole
        if found:
            inside = {each for each in found if any(each.startswith(f"{package}.") for package in whole)}
            yield from sorted(found - inside)
            return


def _sources(base: Path) -> Iterator[tuple[str, str]]:
    """The modules in a folder's packages, and their text."""
    waiting = [base] if base.is_dir() else []
    read = 0
    while waiting:
        folder = waiting.pop()
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                if path.name.isidentifier() and path.name not in _LEFT_OUT and (path.name, folder) != ("src", base):
                    waiting.append(path)
            elif path.suffix == ".py" and (path.stem.isidentifier()) and not path.stem.startswith("test_"):
                read += 1
                if read > _MOST:
                    return
                module = path.relative_to(base).with_suffix("").as_posix().replace("/", ".")
                yield module.removesuffix(".__init__"), path.read_text(encoding="utf-8", errors="replace")
