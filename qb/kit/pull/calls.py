"""Calls in expressions of the server's: of its own functions, and of the database's."""

from __future__ import annotations

from qb.kit.pull.constants import element_of
from qb.kit.pull.deparsed import Deparsed, WrittenCall, WrittenCast, WrittenNumber, WrittenText
from qb.kit.pull.kinds import INTEGERS, TEXTS, ValueKind, kind
from qb.kit.pull.known_functions import A_TEXT, KNOWN_FUNCTIONS, NUMBER, KnownFunction
from qb.kit.pull.saying import Nameable, Say, TypedCode, as_text, pieced
from qb.kit.pull.source import Code, code_of, text


def said_call(node: WrittenCall, scope: Nameable, say: Say) -> TypedCode | None:
    """A call."""
    if node.schema:
        return _own(node, scope, say)
    if node.name.upper() == "COALESCE":
        return _coalesced(node, scope, say)
    known = KNOWN_FUNCTIONS.get((node.name, len(node.arguments)))
    if known is None:
        return None
    given: list[TypedCode] = []
    for wanted, each in zip(known.takes, node.arguments, strict=True):
        argument = _argument(each, wanted, scope, say)
        if argument is None or (scope.is_policy and wanted == "#int4"):
            return None
        given.append(argument)
    arguments = code_of([each.code for each in given])
    return pieced((f"fn.{known.said}(", arguments, ")"), _given(known, given), "qb:fn")


def _given(known: KnownFunction, given: list[TypedCode]) -> ValueKind:
    of = known.gives if known.gives is not None else given[0].kind.plain
    if known.said == "jsonb_path_exists":
        return of
    return of._replace(optional=not known.never_null and any(each.kind.optional for each in given))


def _argument(node: Deparsed, wanted: str, scope: Nameable, say: Say) -> TypedCode | None:
    if wanted.startswith("#"):
        return _constant(node, wanted[1:])
    found = as_text(node, scope, say, "bpchar") if wanted == A_TEXT else say(node, scope)
    if found is None or (found.kind.brand is not None and wanted != A_TEXT):
        return None
    base = found.kind.base
    fits = {A_TEXT: base in TEXTS, NUMBER: base in (*INTEGERS, "numeric"), "[]": base.endswith("[]")}
    return found if fits.get(wanted, base == wanted) else None


def _constant(node: Deparsed, type_: str) -> TypedCode | None:
    match node:
        case WrittenCast(WrittenText(value), written) if written == type_ and type_ != "int4":
            return TypedCode(Code(text(value)), kind("text", "str", optional=False))
        case WrittenNumber(digits) if type_ == "int4" and digits.isdigit() and len(digits) < 10:
            return TypedCode(Code(digits), kind("int4", "int", optional=False))
        case _:
            return None


def _coalesced(node: WrittenCall, scope: Nameable, say: Say) -> TypedCode | None:
    if len(node.arguments) != 2:
        return None
    first = say(node.arguments[0], scope)
    if first is None or first.kind.base not in (*INTEGERS, "numeric", "text", "varchar") or first.kind.labels:
        return None
    if scope.is_policy and first.kind.base in INTEGERS:
        return None
    value = element_of(node.arguments[1], first.kind)
    second = TypedCode(value, first.kind.sure) if value is not None else say(node.arguments[1], scope)
    if second is None or (second.kind.base, second.kind.said) != (first.kind.base, first.kind.said):
        return None
    of = first.kind._replace(optional=first.kind.optional and second.kind.optional)
    return pieced(("fn.coalesce(", first.code, ", ", second.code, ")"), of, "qb:fn")


def _own(node: WrittenCall, scope: Nameable, say: Say) -> TypedCode | None:
    """A call of a function of the database's own, of which there is one."""
    found = scope.functions.get((node.schema, node.name), [])
    if len(found) != 1 or len(found[0].takes) != len(node.arguments):
        return None
    (callee,) = found
    given: list[Code] = []
    for base, each in zip(callee.takes, node.arguments, strict=True):
        inner = say(each, scope)
        if inner is None or inner.kind.base != base:
            return None
        given.append(inner.code)
    return pieced((Code(callee.name, frozenset((callee.name,))), "(", code_of(given), ")"), callee.gives)
