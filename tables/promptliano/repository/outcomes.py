"""Outcomes that belong together."""

from typing import TypeVar

from qb import Failure, Outcome, Success

A = TypeVar("A")
B = TypeVar("B")


def both(first: Outcome[A], second: Outcome[B]) -> Outcome[tuple[A, B]]:
    """Both values, or the first failure."""
    match first:
        case Success(a):
            match second:
                case Success(b):
                    return Success((a, b))
                case Failure(error):
                    return Failure(error)
        case Failure(error):
            return Failure(error)
