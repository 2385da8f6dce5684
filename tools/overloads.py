"""Ladders of overloads: one rung for each number of items, as Python's types cannot map `Item[T]` to `T` over a tuple.

A ladder stands in its module between two lines, right above the function it belongs to, and is written there:

    # ladder: select
    # end of the ladder

Their type variables are those of `qb/query/ladder.py`, which is made here, too. All ladders have the same length, but
for those in `LENGTHS`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tools.tidy import ROOT

LETTERS: Final = "ABCDEFGHJKMNPQVW"
"""The type variables, and so the number of rungs. I, L and O look like digits, R to U, X and Y mean something else."""

VARIABLES: Final = "qb/query/ladder.py"

Rung = Callable[[Sequence[str]], tuple[str, list[str], str]]
"""For some letters the name, the parameters and the result. A parameter may begin with the end of a line."""


def _each(of: str, letters: Sequence[str]) -> list[str]:
    return [f"{letter.lower()}: {of}[{letter}]" for letter in letters]


def _row(letters: Sequence[str]) -> str:
    return letters[0] if len(letters) == 1 else f"tuple[{', '.join(letters)}]"


def _select(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return "select", [*_each("Item", letters), "/"], f"Select[{_row(letters)}]"


def _returning(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return "returning", ["self", *_each("Item", letters), "/"], f"Returning[{_row(letters)}]"


def _returning_into(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return "returning", ["self", *_each("Item", letters), "/"], f"InsertIntoReturning[T, {_row(letters)}]"


def _by(letters: Sequence[str], result: str) -> tuple[str, list[str], str]:
    return "by", ["self", *_each("Column", letters), "/"], result


def _update_by(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return _by(letters, f"UpdateBy[T_co, {', '.join(letters)}]")


def _delete_by(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return _by(letters, f"DeleteBy[T_co, {_row(letters)}]")


def _set_each(letters: Sequence[str]) -> tuple[str, list[str], str]:
    given = ["self", *_each("Column", letters), "/"]
    return "each", given, f"UpdateEach[T, tuple[*Keys, {', '.join(letters)}]]"


def _returning_each(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return "returning", ["self", *_each("Item", letters), "/"], f"UpdateEachReturning[Row, {_row(letters)}]"


def _returning_by(letters: Sequence[str]) -> tuple[str, list[str], str]:
    return "returning", ["self", *_each("Item", letters), "/"], f"DeleteByReturning[Row, {_row(letters)}]"


def _insert_from(letters: Sequence[str]) -> tuple[str, list[str], str]:
    given = ["table: type[T]", f"query: Query[{_row(letters)}]", *_each("Column", letters), "/"]
    return "insert_from", given, "Insert[T]"


KEY_OPTIONS: Final = (
    "name: str | None = None",
    "on_delete: Action | SetColumns | None = None",
    "on_update: Action | None = None",
    'match: Literal["simple", "full"] | None = None',
    "deferrable: bool = False",
    "initially: Initially | None = None",
    "not_valid: bool = False",
    "period: bool = False",
    "comment: str | None = None",
    "renamed_from: str | None = None",
)


def _foreign_key(letters: Sequence[str]) -> tuple[str, list[str], str]:
    own, to = [f"Expr[{each} | None]" for each in letters], [f"To[{each}]" for each in letters]
    if len(letters) == 1:
        columns, target = own[0], to[0]
    else:
        columns, target = f"tuple[{', '.join(own)}]", f"tuple[{', '.join(to)}]"
    given = [f"columns: {columns}", f"\nreferences: {target} | Callable[[], {target}]", "\n*", *KEY_OPTIONS]
    return "foreign_key", given, "ForeignKey"


FUNCTION_OPTIONS: Final = (
    "returns: TypeForm[R]",
    "type: SqlType[R] | None = None",
    "schema: str | None = None",
    'volatility: Volatility = "volatile"',
    "strict: bool = False",
    "external: bool = True",
)


def _function(letters: Sequence[str]) -> tuple[str, list[str], str]:
    given = ["name: str", *_each("SqlType", letters), "/", "\n*", *FUNCTION_OPTIONS]
    taken = ", ".join(f"Arg[{each}]" for each in letters)
    return "function", given, f"DatabaseFunction[[{taken}], R]"


LADDERS: Final[dict[str, tuple[str, Rung]]] = {
    "select": ("qb/query/select.py", _select),
    "returning": ("qb/query/returning.py", _returning),
    "returning into": ("qb/query/insert_into.py", _returning_into),
    "by update": ("qb/query/update.py", _update_by),
    "by delete": ("qb/query/delete.py", _delete_by),
    "each": ("qb/query/update_by.py", _set_each),
    "returning each": ("qb/query/update_by.py", _returning_each),
    "returning by": ("qb/query/delete_by.py", _returning_by),
    "insert_from": ("qb/query/insert.py", _insert_from),
    "function": ("qb/declare/function.py", _function),
    "foreign_key": ("qb/declare/constraints.py", _foreign_key),
}

LENGTHS: Final = {"function": 4}
"""What is shorter, so that a checker lists less of it: a function of more arguments says them by their names."""


def variables() -> str:
    """The module of the type variables. What a checker calls one that it knows nothing of is its default."""
    header = "# Made by tools/overloads.py: change that, then run `make generate`."
    said = '"""Type variables for the ladders of overloads, a letter for each item."""'
    given = "\n".join(f'{letter} = TypeVar("{letter}", default=object)' for letter in LETTERS)
    return (
        f"{header}\n{said}\n\nfrom __future__ import annotations\n\nfrom typing_extensions import TypeVar\n\n{given}\n"
    )


def made(path: Path) -> str:
    """A module's text with its ladders as they are to be."""
    text = path.read_text(encoding="utf-8")
    for name, (module, given) in LADDERS.items():
        if ROOT / module == path:
            text = _written(text, name, given, path)
    return text


def _written(text: str, name: str, given: Rung, path: Path) -> str:
    place = re.compile(
        rf"(?P<indent>[ ]*)# ladder: {name}(?:,[^\n]*)?\n(?P<old>.*?)[ ]*# end of the ladder\n", re.DOTALL
    )
    found = place.search(text)
    if found is None:
        raise ValueError(f"{path} has no place for the ladder {name}")
    lines = [
        f"# ladder: {name}, made by tools/overloads.py: change that, then run `make generate`",
        "# fmt: off",
        *(line for count in range(1, LENGTHS.get(name, len(LETTERS)) + 1) for line in rung(*given(LETTERS[:count]))),
        "# fmt: on",
        "# end of the ladder",
    ]
    ladder_ = textwrap.indent("\n".join(lines) + "\n", found["indent"])
    return f"{text[: found.start()]}{ladder_}{text[found.end() :]}"


def rung(name: str, given: Sequence[str], result: str) -> list[str]:
    """The lines of one overload."""
    whole = f"def {name}({', '.join(given)}) -> {result}: ..."
    if len(whole) <= WIDTH:
        return ["@overload", whole]
    # Lines end behind a comma alone, and where a parameter wants a line of its own.
    unbroken = re.sub(r"(?<!,) ", "\0", f"{', '.join(given)},")
    wrapped = [line for part in unbroken.split("\n") for line in textwrap.wrap(part, WIDTH, break_on_hyphens=False)]
    filled = [line.replace("\0", " ") for line in wrapped]
    # A result that is too long is broken within its brackets.
    ending = textwrap.wrap(f") -> {result}: ...", WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    return ["@overload", f"def {name}(", *(f"    {line}" for line in filled), *ending]


WIDTH: Final = 112
"""Room for what is indented once, and a parameter's own four."""
