# Made by tools/overloads.py: change that, then run `make generate`.
"""Type variables for the ladders of overloads, a letter for each item."""

from __future__ import annotations

from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
J = TypeVar("J")
K = TypeVar("K")
M = TypeVar("M")
N = TypeVar("N")
P = TypeVar("P")
Q = TypeVar("Q")
V = TypeVar("V")
W = TypeVar("W")
