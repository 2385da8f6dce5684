"""From pieces to modules: where each stands, what it imports, in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from qb.kit.pull.book import Book, Defined
from qb.model.order import in_order

FIRST: Final = ("ids", "types", "documents", "roles")
LAST: Final = "others"
_TITLES: Final = {
    "ids": "Branded ids: each is a value of its kind at run time, and a type of its own to the checkers.",
    "documents": "Documents of JSON columns, as the rows that were looked at have them.",
    "types": "Types of the database's own.",
    "roles": "Roles, schemas, extensions, and what is granted on what is still to come.",
    "others": "What no descriptor says yet, as SQL.",
}
_QB: Final = """
Col MAXVALUE MINVALUE Multirange Range Shape Table check collation column composite custom_object default_privileges
domain event_trigger event_trigger_function exclude extension fn foreign_key function grant identity index
materialized_view member_of namespace partition_by_hash partition_by_list partition_by_range pg policy primary_key
publication published references replica_identity role schema select sequence serial set_default set_null sql statistics
text_search_configuration trigger trigger_function unique value view
"""
_OTHERS: Final = """
Annotated Arg Decimal IPv4Interface IPv4Network IPv6Interface IPv6Network LQuery LTree LTxtQuery Literal NewType
RegConfig Sql TsQuery TsVector UUID documents ids new old others roles types
"""
IMPORTED: Final = (*_QB.split(), *_OTHERS.split())
"""Names that modules import, and their own: nothing that is pulled is called so."""
_STANDARD: Final = ("datetime", "decimal", "ipaddress", "typing", "uuid")


def in_modules(book: Book, homes: Sequence[str]) -> dict[str, list[Defined]]:
    """The modules in their order, and the pieces of each in theirs."""
    modules = [*FIRST, *homes, LAST]
    place = {module: number for number, module in enumerate(modules)}
    pieces = dict(sorted(book.pieces.items(), key=lambda item: (place[item[1].home], item[1].rank)))
    order = in_order({name: sorted(_hard(piece, pieces)) for name, piece in pieces.items()})
    home = {name: place[piece.home] for name, piece in pieces.items()}
    wanted = {name: [*_hard(piece, pieces), *_later(piece, pieces)] for name, piece in pieces.items()}
    before: dict[str, int] = {}
    while before != home:  # what points at each other stands in one module
        before = dict(home)
        for name in order:
            home[name] = max([home[name], *(home[each] for each in wanted[name])])
    found: dict[str, list[Defined]] = defaultdict(list)
    for number, module in enumerate(modules):
        own = [name for name in pieces if home[name] == number]
        needs = {name: [each for each in _hard(pieces[name], pieces) if home[each] == number] for name in own}
        for name in in_order(needs):
            found[module].append(pieces[name])
    return {module: found[module] for module in modules if found[module]}


def _hard(piece: Defined, pieces: Mapping[str, Defined]) -> list[str]:
    """What has to be defined before a piece is."""
    return [each for each in piece.source.uses if each in pieces and each != piece.name]


def _later(piece: Defined, pieces: Mapping[str, Defined]) -> list[str]:
    """What stands in lambdas, and may come later in the same module."""
    found = (each.removeprefix("later:") for each in piece.source.imports if each.startswith("later:"))
    return [each for each in found if each in pieces]


def package_files(
    package: str, title: str, modules: Mapping[str, Sequence[Defined]], titles: Mapping[str, str]
) -> dict[str, str]:
    """The files of a package, by their names."""
    homes = {piece.name: module for module, pieces in modules.items() for piece in pieces}
    titles = {**titles, **_TITLES}
    files = {f"{module}.py": _module(package, module, pieces, homes, titles) for module, pieces in modules.items()}
    files["__init__.py"] = _package(package, title, [*modules])
    return files


def _module(
    package: str, module: str, pieces: Sequence[Defined], homes: Mapping[str, str], titles: Mapping[str, str]
) -> str:
    imports = {each for piece in pieces for each in piece.source.imports}
    uses = {each for piece in pieces for each in piece.source.uses}
    uses |= {each.removeprefix("later:") for each in imports if each.startswith("later:")}
    wanted = {each for each in imports if not each.startswith("later:")}
    wanted |= {f"{package}.{homes[each]}:{each}" for each in uses if each in homes and homes[each] != module}
    lines = [f'"""{titles.get(module) or f"Tables of the schema {module}, and what stands beside them."}"""', ""]
    lines += _imports(wanted)
    body = ""
    before = ""
    for piece in pieces:
        kind = "class" if piece.source.text.startswith(("class ", "@")) else "value"
        body += "\n\n\n" if "class" in (kind, before) else "\n"
        body += piece.source.text
        before = kind
    return "\n".join(lines) + body + "\n"


def _imports(wanted: Iterable[str]) -> list[str]:
    """Import statements in their three groups."""
    groups: dict[int, list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for each in wanted:
        module, _, name = each.partition(":")
        if not module:
            groups[1].append(f"import {name}")
        elif each == "datetime:dt":
            groups[0].append("import datetime as dt")
        else:
            names[module].append(name)
    for module, some in names.items():
        group = 0 if module in _STANDARD else 1 if module.partition(".")[0] == "qb" else 2
        groups[group].append(f"from {module} import {', '.join(sorted(some))}")
    return [line for _, lines in sorted(groups.items()) for line in (*sorted(lines, key=_order), "")]


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _package(package: str, title: str, modules: Sequence[str]) -> str:
    listed = ", ".join(modules)
    imported = f"from {package} import {listed}\n" if modules else ""  # an empty database has none
    return f'"""{title}"""\n\nfrom qb import schema as _schema\n{imported}\nschema = _schema({listed})\n'
