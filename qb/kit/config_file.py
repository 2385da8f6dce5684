"""Finding pyproject.toml, and reading `[tool.qb.databases.NAME]` from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple, cast, get_args, get_type_hints

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.config import Config, CustomSql, DatabaseConfig, OutputFiles, innermost
from qb.kit.errors import InvalidConfig, KitError, NoConfig

FILE: Final = "pyproject.toml"
ROOT: Final = ("tool", "qb", "databases")
_NEVER_TAKEN_OVER: Final = ("owned", "protected", "extends")


def read_config(file: Path | str | None = None, *, start: Path | str | None = None) -> (
    Success[Config] | Failure[KitError, Config]
):  # fmt: skip
    """The config in a file; without one in the nearest pyproject.toml with a table `[tool.qb]`, from `start` (the
    current folder) upwards.

    Errors: `NoConfig` where there is none, `InvalidConfig` with the line of what is wrong in it.

    >>> from qb.kit import read_config
    >>> read_config(start="/")
    <Failure: no pyproject.toml with [tool.qb.databases.NAME] in / or above it: `qb init` writes a first one, ...>
    """
    try:
        if file is not None:
            path = Path(file).absolute()
            return Success(config_of(_text(path), path))
        here = Path.cwd() if start is None else Path(start).absolute()
        for path in config_files(here):
            text = _text(path)
            if "qb" in _table(_data(text, path).get("tool")):
                return Success(config_of(text, path))
        return Failure(NoConfig(str(here)))
    except KitError as error:
        return Failure(error)


def config_files(start: Path) -> Iterator[Path]:
    """Each pyproject.toml in a folder and above it, the nearest first."""
    return (path for each in (start, *start.parents) if (path := each / FILE).is_file())


def config_of(text: str, file: Path | str) -> Config:
    """The config in the text of a file. InvalidConfig where it is none."""
    path = Path(file)
    lines = key_lines(text)
    reader = _Reader(str(path), lines)
    tool = _table(_data(text, path).get("tool"))
    qb = reader.table(tool.get("qb", {}), ("tool", "qb"))
    reader.known(qb, {"databases"}, ("tool", "qb"))
    found = reader.table(qb.get("databases", {}), ROOT)
    if not found:
        raise InvalidConfig(
            str(path), lines.get("tool.qb"), "tool.qb", "it names no database: `qb init` writes a first"
        )
    tables = {name: reader.table(table, (*ROOT, name)) for name, table in found.items()}
    for name, table in tables.items():
        reader.check(table, (*ROOT, name))
    databases = {name: reader.database(_whole(name, tables, reader), name) for name in tables}
    return Config(path, databases, lines)


class _Reader(NamedTuple):
    """What is wrong is said with its place."""

    file: str
    lines: Mapping[str, int]

    def wrong(self, keys: tuple[str, ...], message: str) -> InvalidConfig:
        """The error, at the line of the innermost of the keys that has one."""
        return InvalidConfig(self.file, innermost(self.lines, keys), ".".join(keys), message)

    def table(self, value: object, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(keys, f"a table is expected, as [{'.'.join(keys)}] begins one")
        return cast("dict[str, Any]", value)

    def known(self, table: Mapping[str, object], names: set[str], keys: tuple[str, ...]) -> None:
        for name in table:
            if name not in names:
                raise self.wrong((*keys, name), f"there is no such key{meant(name, names)}")

    def check(self, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        """No key is unknown."""
        self.known(table, set(DatabaseConfig.__struct_fields__), keys)
        for name, kind in (("custom", CustomSql), ("outputs", OutputFiles)):
            if isinstance(inner := table.get(name), dict):
                self.known(cast("dict[str, object]", inner), set(kind.__struct_fields__), (*keys, name))

    def database(self, table: Mapping[str, object], name: str) -> DatabaseConfig:
        try:
            return msgspec.convert(table, DatabaseConfig)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at ")
            inner = re.findall(r"[A-Za-z_]+", path)
            # A wrong value may be an address with a password: types alone are said of what is no choice.
            raise self.wrong((*ROOT, name, *inner), _plainly(message, inner)) from None


def _whole(name: str, tables: Mapping[str, dict[str, Any]], reader: _Reader) -> dict[str, Any]:
    """A database's table, with what it extends."""
    own = tables[name]
    seen = [name]
    whole = dict(own)
    while (base := tables[seen[-1]].get("extends")) is not None:
        keys = (*ROOT, seen[-1], "extends")
        if not isinstance(base, str) or base not in tables:
            raise reader.wrong(keys, f"there is no database {base!r}{meant(str(base), set(tables))}")
        if base in seen:
            raise reader.wrong(keys, f"it extends itself: {' -> '.join((*seen, base))}")
        left = (*_NEVER_TAKEN_OVER, "direct_url") if "url" in whole else _NEVER_TAKEN_OVER  # which is that of its url
        whole = {key: value for key, value in tables[base].items() if key not in left} | whole
        seen.append(base)
    return whole


_EXPECTED: Final = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_TOML: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


def _plainly(message: str, keys: list[str]) -> str:
    """What is wrong with a value, in the words of TOML, and what it may be."""
    if (found := _EXPECTED.fullmatch(message)) is not None:
        wanted = [_TOML.get(each, each) for each in found["wanted"].split(" | ") if each != "null"]
        return f"{' or '.join(wanted)} is expected, not {_TOML.get(found['got'], found['got'])}"
    if (said := re.fullmatch(r"Invalid enum value '(.*)'", message)) is not None:
        return f"there is no {said[1]!r}{meant(said[1], _choices(keys))}"
    return message.replace("`", "")


def _choices(keys: list[str]) -> set[str]:
    """What a key may be, where that is a choice."""
    kind = get_type_hints(DatabaseConfig).get(keys[0]) if keys else None
    inner = get_args(kind)
    return set(get_args(inner[0]) if inner and not isinstance(inner[0], str) else inner)


def meant(name: str, names: set[str]) -> str:
    """What somebody who wrote a name may have meant, as the rest of a sentence; else which there are."""
    near = get_close_matches(name, sorted(names), 1) or get_close_matches(name.lower(), sorted(names), 1)
    return f": did you mean {near[0]}?" if near else f" (there is {', '.join(sorted(names))})"


_HEADER: Final = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY: Final = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def key_lines(text: str) -> dict[str, int]:
    """Where tables and keys of a TOML file stand, by their whole names. What stands in one line has that of its key.

    >>> from qb.kit.config_file import key_lines
    >>> key_lines('[tool.qb]\\n[tool.qb.databases.shop]\\nurl = "env:SHOP"')["tool.qb.databases.shop.url"]
    3
    """
    found: dict[str, int] = {}
    inside: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            inside = _parts(header[1])
            for count in range(1, len(inside) + 1):
                found.setdefault(".".join(inside[:count]), number)
        elif key := _KEY.match(line):
            found.setdefault(".".join((*inside, *_parts(key[1]))), number)
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(each.strip("\"'") for each in _PART.findall(text))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or "it cannot be read"
        raise InvalidConfig(str(path), None, "", why) from None


def _data(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        message = str(error).removesuffix(said[0]) if said else str(error)
        line = None if said is None else int(said[1]) if said[1] else text.rstrip().count("\n") + 1
        raise InvalidConfig(str(path), line, "", f"no TOML: {message}") from None


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
