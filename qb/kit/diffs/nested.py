"""Conditions that servers nest, or write as one list: `((a AND b) AND c)` is `(a AND b AND c)`.

BETWEEN is two conditions in a bracket of their own, and a server that reads its own text puts them to the others. The
words are those of `spelling`.
"""

from __future__ import annotations

from typing import Final, TypeAlias

_Tree: TypeAlias = "list[str | _Tree]"
_OPERATORS: Final = ("name AND", "name OR")


def nested_flat(words: list[str]) -> list[str]:
    """The words with each list of conditions that begins with such a list as one."""
    if sum(word in _OPERATORS for word in words) < 2:
        return words
    found: list[str] = []
    _write(_flat(_tree(words)), found)
    return found


def _tree(words: list[str]) -> _Tree:
    """Brackets as lists."""
    root: _Tree = []
    stack: list[_Tree] = [root]
    for word in words:
        if word == "(":
            inner: _Tree = []
            stack[-1].append(inner)
            stack.append(inner)
        elif word == ")" and len(stack) > 1:
            stack.pop()
        else:
            stack[-1].append(word)
    return root


def _flat(tree: _Tree) -> _Tree:
    made: _Tree = [each if isinstance(each, str) else _flat(each) for each in tree]
    while len(made) > 2 and isinstance(made[0], list) and made[1] in _OPERATORS and made[1] in made[0]:
        made = [*made[0], *made[1:]]
    return made


def _write(tree: _Tree, found: list[str]) -> None:
    for each in tree:
        if isinstance(each, str):
            found.append(each)
        else:
            found.append("(")
            _write(each, found)
            found.append(")")
