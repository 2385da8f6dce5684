"""BETWEEN and IN, where the server has made a list of conditions of them.

`a BETWEEN 1 AND 5 AND b` is `(((a >= 1) AND (a <= 5)) AND b)` to the server, and `((a >= 1) AND (a <= 5) AND b)` once
it has read that: what begins a list with AND, and is one itself, is written as what it was. So is `a IN (b, c) OR d`.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from qb.kit.pull.pieces import tokens

_Tree: TypeAlias = "list[str | _Tree]"
_BETWEEN: Final = {"AND": (">=", "<=", "BETWEEN"), "OR": ("<", ">", "NOT BETWEEN")}
_AMONG: Final = {"OR": ("=", "IN"), "AND": ("<>", "NOT IN")}


def with_between(sql: str) -> str:
    """An expression with BETWEEN and IN where its conditions would not stay what they are.

    >>> with_between("(((a < 1) OR (a > 5)) OR b)"), with_between("(((a = b) OR (a = c)) OR d)")
    ('((a NOT BETWEEN 1 AND 5) OR b)', '((a IN (b, c)) OR d)')
    """
    if sql.count(" AND ") + sql.count(" OR ") < 2:
        return sql
    try:
        return _text(_mended(_tree(sql)))
    except RecursionError:
        return sql


def _tree(sql: str) -> _Tree:
    """Brackets as lists."""
    root: _Tree = []
    stack: list[_Tree] = [root]
    for each in tokens(sql):
        if each.text == "(":
            inner: _Tree = []
            stack[-1].append(inner)
            stack.append(inner)
        elif each.text == ")" and len(stack) > 1:
            stack.pop()
        else:
            stack[-1].append(each.text)
    return root


def _text(tree: _Tree) -> str:
    return "".join(each if isinstance(each, str) else f"({_text(each)})" for each in tree)


def _mended(tree: _Tree) -> _Tree:
    made: _Tree = [each if isinstance(each, str) else _mended(each) for each in tree]
    if len(made) > 3 and isinstance(made[0], list) and made[1] == " ":
        word = made[2]
        if isinstance(word, str) and word in _BETWEEN and (plain := _plain(made[0], word)) is not None:
            made[0] = [plain]
    return made


def _plain(tree: _Tree, word: str) -> str | None:
    """Conditions with AND or OR between them as one."""
    listed = [each for number, each in enumerate(tree) if number % 4 == 0]
    between = [_text(tree[number : number + 3]) for number in range(1, len(tree), 4)]
    found = [_compared(each) for each in listed if isinstance(each, list)]
    sides = [each for each in found if each is not None]
    if len(sides) < 2 or len(sides) < len(listed) or set(between) != {f" {word} "}:
        return None
    what = {each[0] for each in sides}
    if len(what) > 1:
        return None
    operators = [each[1] for each in sides]
    low, high, said = _BETWEEN[word]
    if operators == [low, high]:
        return f"{sides[0][0]} {said} {sides[0][2]} AND {sides[1][2]}"
    equal, said = _AMONG[word]
    return f"{sides[0][0]} {said} ({', '.join(each[2] for each in sides)})" if {*operators} == {equal} else None


def _compared(tree: _Tree) -> tuple[str, str, str] | None:
    """Two sides, and the operator between them."""
    for number, each in enumerate(tree):
        if each != " ":
            continue
        end = number + 1
        operator = ""
        while end < len(tree) and isinstance(sign := tree[end], str) and sign in "<>=":
            operator += sign
            end += 1
        if operator and end < len(tree) and tree[end] == " ":
            return _text(tree[:number]), operator, _text(tree[end + 1 :])
    return None
