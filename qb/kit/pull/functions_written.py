"""Functions whose signature Python can say: their bodies are the text that the database has."""

from __future__ import annotations

import keyword
import re
from typing import Final

from qb.kit.carried_kinds import CARRIED_KINDS
from qb.kit.column_types import catalog_name
from qb.kit.facts.function import FunctionFact
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.constants import catalog_array
from qb.kit.pull.kinds import Callee, ValueKind
from qb.kit.pull.pieces import tokens
from qb.kit.pull.settings import settings_of
from qb.kit.pull.source import Code, call, code_of, literal, plain_raw, text, using
from qb.kit.pull.tokens import items_in
from qb.kit.pull.types import PythonType, typed
from qb.kit.pull.values import default_of
from qb.kit.qualified import parts, routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, unquoted

_ARGUMENT: Final = re.compile(
    r'(?P<variadic>VARIADIC )?(?P<name>"(?:[^"]|"")+"|[\w$]+) (?P<type>.+?)(?: DEFAULT (?P<default>.+))?', re.DOTALL
)
_ROWTYPE: Final = re.compile(r"%\s*(?:row)?type", re.IGNORECASE)


def write_function(book: Book, identity: Identity, fact: FunctionFact) -> bool:
    """A function as a function of Python's; False where that is not certain to say the same."""
    if identity.kind != "function" or not _is_plain(book, fact) or _hidden_needs(book, identity):
        return False
    arguments = _arguments(book, fact)
    result = _result(book, fact)
    settings = settings_of(fact)
    if arguments is None or result is None or settings is None:
        return False
    plain, _ = routine_parts(identity.name)
    name = book.value_called(plain, f"{plain}_function", ending="function")
    within = named_schema(identity.schema)
    head = call(
        "function",
        **result,
        language=None if fact.language == "plpgsql" else text(fact.language),
        name=None if name == plain else text(plain),
        schema=None if within is None else text(within),
        volatility=None if fact.volatility == "volatile" else text(fact.volatility),
        strict="True" if fact.strict else None,
        security='"definer"' if fact.security_definer else None,
        set=literal(settings) if settings else None,
        parallel=None if fact.parallel == "unsafe" else text(fact.parallel),
        leakproof="True" if fact.leakproof else None,
        cost=None if fact.cost == 100 else f"{fact.cost:g}",
        comment=None if fact.comment is None else text(fact.comment),
    )
    body = code_of(
        ("@", head, f"\ndef {name}(", code_of(arguments), ") -> Sql:\n    return ", plain_raw(fact.body)), ""
    )
    book.values[identity] = name
    if (callee := _callee(book, fact, name)) is not None:
        book.callables.setdefault((identity.schema, plain), []).append(callee)
    wanted = body.imports | {"qb.typing:Sql", *(("qb:Arg",) if arguments else ())}
    book.write(name, book.home(identity.schema), Code(body.text, body.uses, wanted), 4)
    book.said.add(identity)
    return True


def _hidden_needs(book: Book, identity: Identity) -> bool:
    """Whether SQL that says no needs calls it, a domain's, or it calls others in its defaults: what is carried is made
    in the order of its needs."""
    needs = [need for need in book.catalog.needs(identity) if need != identity]
    calls = any(need.kind in ("function", "aggregate") or _is_carried(book, need) for need in needs)
    return calls or identity in book.called_by_domains


def _is_carried(book: Book, need: Identity) -> bool:
    fact = book.catalog.get(need)
    return fact is not None and fact.extension is None and need.kind in CARRIED_KINDS - {"range"}


def _is_plain(book: Book, fact: FunctionFact) -> bool:
    """Whether nothing of it is what Python's signature has no words for, and its body names nothing that is checked."""
    odd = fact.unnamed or fact.modes.strip("iv") or fact.window or fact.support or fact.transforms or fact.library
    if odd or fact.sql_body is not None or fact.rows not in (0, 1000) or fact.returns in (None, "record"):
        return False
    if fact.language == "plpgsql":
        return _ROWTYPE.search(fact.body) is None
    return fact.language == "sql" and bool(fact.body.strip()) and not _names_others(book, fact.body)


def _names_others(book: Book, body: str) -> bool:
    """Whether a body names a relation or a routine of the database's own, which would have to be there first."""
    names = {unquoted(each.text) for each in tokens(body) if each.kind == "name"}
    return not names.isdisjoint(book.checked)


def _arguments(book: Book, fact: FunctionFact) -> list[Code] | None:
    found: list[Code] = []
    for written in items_in(fact.arguments) if fact.arguments else ():
        match = _ARGUMENT.fullmatch(written)
        if match is None:
            return None
        name = unquoted(match["name"])
        of = _type(book, match["type"])
        if of is None or not name.isidentifier() or keyword.iskeyword(name) or name == "sql":  # which its body calls
            return None
        if match["variadic"]:
            inside = typed(book, catalog_name(match["type"]), match["type"].removesuffix("[]"))
            found.append(code_of((f"*{name}: ", _annotated(inside)), ""))
            continue
        default: Code | None = None
        if match["default"] is not None:
            default = default_of(book, match["default"], of, None, match["type"])
        annotated = code_of((f"{name}: ", _annotated(of)), "")
        found.append(annotated if default is None else code_of((annotated, " = ", default), ""))
    return found


def _callee(book: Book, fact: FunctionFact, name: str) -> Callee | None:
    """How expressions call it: with all of its arguments, for one value."""
    matches = [_ARGUMENT.fullmatch(each) for each in (items_in(fact.arguments) if fact.arguments else ())]
    found = [each for each in matches if each is not None and not each["variadic"]]
    returns = str(fact.returns)
    of = None if returns == "void" or returns.startswith(("SETOF ", "TABLE(")) else _type(book, returns)
    if of is None or len(found) < len(matches):
        return None
    gives = ValueKind(catalog_array(returns), of.annotation, None, of.labels)
    return Callee(name, tuple(catalog_array(each["type"]) for each in found), gives)


def _type(book: Book, written: str) -> PythonType | None:
    """A type that is known; None of one that is known by its name alone, as pseudo-types are."""
    made = typed(book, catalog_name(written), written)
    schema, name = parts(catalog_name(written))
    known = made.known or (schema or PUBLIC, name) in book.types or made.expression.text.startswith("pg.array(")
    return made if known and "pg.custom(" not in made.expression.text else None


def _annotated(of: PythonType) -> Code:
    argument = code_of(("Arg[", of.annotation, " | None]"), "")
    if of.follows:
        return argument
    made = code_of(("Annotated[", argument, ", ", of.expression, "]"), "")
    return Code(made.text, made.uses, made.imports | {"typing:Annotated"})


def _result(book: Book, fact: FunctionFact) -> dict[str, Code | str | None] | None:
    """What it returns, as options."""
    returns = str(fact.returns)
    if returns == "void":
        return {"returns": "None"}
    if returns.startswith("SETOF "):
        schema, name = parts(returns.removeprefix("SETOF "))
        table = Identity("table", schema or PUBLIC, "", name)
        names = book.tables.get((table.schema, name))
        if names is None or table not in book.catalog or fact.language == "sql":
            return None
        # What the table calls has to be there before the table.
        called = any(need.kind == "function" for part in book.parts(table) for need in book.catalog.needs(part))
        return None if called else {"rows": using(names.name)}
    if returns.startswith("TABLE("):
        return None
    of = _type(book, returns)
    if of is None:
        return None
    return {"returns": code_of((of.annotation, " | None"), ""), "type": of.stated}
