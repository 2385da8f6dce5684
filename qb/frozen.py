"""Values that are never changed: the base that refuses, and the one for those that are made of their fields alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar, dataclass_transform

import msgspec

fix: Callable[[object, str, Any], None] = object.__setattr__
"""Gives a frozen value one of its parts, where it is made and nowhere else."""


class Frozen:
    """A value that never changes."""

    __slots__ = ()
    _said: ClassVar[str] = ""
    """What is told to those who would change it, where its name alone says too little."""

    def __setattr__(self, name: str, value: object) -> NoReturn:
        if name == "__orig_class__":  # which typing tries at `Class[T](...)`, and goes on without
            raise AttributeError(name)
        raise AttributeError(type(self)._said or f"{self!r} is a frozen value")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """What pickle keeps: the parts, which a new one is given as where it is made."""
        return object.__new__, (type(self),), _parts(self), None, None, _fill


F = TypeVar("F", bound=Frozen)


def with_parts(value: F, **parts: object) -> F:
    """A value of the same class and the same parts, but for those that are given."""
    made: F = object.__new__(type(value))
    _fill(made, _parts(value) | parts)
    return made


def _parts(value: object) -> dict[str, object]:
    names = [name for kind in type(value).__mro__ for name in kind.__dict__.get("__slots__", ())]
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


def _fill(made: object, parts: dict[str, object]) -> None:
    for name, value in parts.items():
        object.__setattr__(made, name, value)


if TYPE_CHECKING:
    _Meta = type
else:
    _Meta = msgspec.StructMeta


@dataclass_transform(frozen_default=True, eq_default=False)
class FrozenMeta(_Meta):
    """What makes a class frozen, and equal to itself alone where it says no more."""

    if not TYPE_CHECKING:

        def __new__(mcls, name, bases, namespace, **options):
            made = super().__new__(mcls, name, bases, namespace, frozen=True, eq=False, **options)
            type.__setattr__(made, "__setattr__", Frozen.__setattr__)  # a Struct refuses in words of its own
            return made


if TYPE_CHECKING:

    class FrozenStruct(Frozen, metaclass=FrozenMeta):
        """A frozen value that is made of its fields alone; making one costs a fifth of what a constructor does."""

        __struct_fields__: ClassVar[tuple[str, ...]]

        def __init_subclass__(cls, *, kw_only: bool = ...) -> None: ...

else:

    class FrozenStruct(Frozen, msgspec.Struct, metaclass=FrozenMeta):
        """A frozen value that is made of its fields alone; making one costs a fifth of what a constructor does."""

        __reduce__ = msgspec.Struct.__reduce__
