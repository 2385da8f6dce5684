# Made by tools/overloads.py: change that, then run `make generate`.
"""Type variables for the ladders of overloads, a letter for each item."""

from __future__ import annotations

from typing_extensions import TypeVar

A = TypeVar("A", default=object)
B = TypeVar("B", default=object)
C = TypeVar("C", default=object)
D = TypeVar("D", default=object)
E = TypeVar("E", default=object)
F = TypeVar("F", default=object)
G = TypeVar("G", default=object)
H = TypeVar("H", default=object)
J = TypeVar("J", default=object)
K = TypeVar("K", default=object)
M = TypeVar("M", default=object)
N = TypeVar("N", default=object)
P = TypeVar("P", default=object)
Q = TypeVar("Q", default=object)
V = TypeVar("V", default=object)
W = TypeVar("W", default=object)
