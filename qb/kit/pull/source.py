"""Python, as it is written: literals, calls, and pieces of a module with what they use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from qb.frozen import FrozenStruct
from qb.kit.pull.tokens import braced

_SIGNS: Final = frozenset("\n\t")


class Code(FrozenStruct):
    """A piece of Python, the names that it uses of other pieces, and what it imports, `module:name`."""

    text: str
    uses: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.text


def text(value: str) -> str:
    """A literal of a text: over several lines where it has some and nothing that would have to be escaped.

    >>> print(text("a"), text('say "x"'), text("a\\\\b"))
    "a" 'say "x"' "a\\\\b"
    """
    plain = all(sign.isprintable() or sign in _SIGNS for sign in value)
    if "\n" in value.strip("\n") and plain and '"""' not in value and "\\" not in value and not value.endswith('"'):
        return f'"""{value}"""'
    quoted = repr(value)
    if quoted.startswith("'") and '"' not in quoted:
        return f'"{quoted[1:-1]}"'
    return quoted


def literal(value: object) -> str:
    """A plain value as it is written."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        items = ", ".join(map(literal, cast("list[object]", value)))
        return f"[{items}]"
    if isinstance(value, dict):
        given = cast("dict[object, object]", value)
        pairs = ", ".join(f"{literal(key)}: {literal(each)}" for key, each in given.items())
        return f"{{{pairs}}}"
    return repr(value)


def code_of(parts: Iterable[Code | str], between: str = ", ") -> Code:
    """Several pieces as one."""
    found = [each if isinstance(each, Code) else Code(each) for each in parts]
    uses = frozenset(name for each in found for name in each.uses)
    imports = frozenset(name for each in found for name in each.imports)
    return Code(between.join(each.text for each in found), uses, imports)


def call(function: str, *arguments: Code | str | None, **options: Code | str | None) -> Code:
    """A call of something of qb's; what is None is left out.

    >>> print(call("index", '"a_idx"', "A.a", unique="True", where=None))
    index("a_idx", A.a, unique=True)
    """
    given: list[Code | str] = [each for each in arguments if each is not None]
    given += [code_of((f"{name}=", each), "") for name, each in options.items() if each is not None]
    inside = code_of(given)
    wanted = frozenset((f"qb:{function.partition('.')[0]}",))
    return Code(f"{function}({inside.text})", inside.uses, inside.imports | wanted)


def raw(template: str, **values: Code) -> Code:
    """`sql(...)` of a template that is written as one already; its values by their names there."""
    return call("sql", text(template), **values)


def plain_raw(statement: str) -> Code:
    """`sql(...)` of a text without values."""
    return raw(braced(statement))


def using(name: str) -> Code:
    """The name of another piece."""
    return Code(name, frozenset((name,)))


def attribute_of(owner: str, attribute: str) -> Code:
    """A column of a table."""
    return Code(f"{owner}.{attribute}", frozenset((owner,)))
