"""A parameter of a prepared query, while its query is built: an expression that is no Python value.

To the type checker it is what the function's signature says. It takes its SQL type from the column it stands beside;
whatever would look at its value raises, as there is none yet.
"""

from __future__ import annotations

from typing import Any, NoReturn

from qb.errors import QueryError
from qb.query.expr.expr import Expr
from qb.tree.expressions import ParamNode
from qb.types.annotation import bare, split_optional
from qb.types.infer import type_of


class Param(Expr[Any]):
    """Stands for an argument in the body of a `@prepare`d function."""

    @property
    def name(self) -> str:
        node = self.node
        assert isinstance(node, ParamNode)
        return node.name

    def _refuse(self, use: str, instead: str) -> NoReturn:
        raise QueryError(
            f"the parameter {self.name!r} of a prepared query has no value while the query is built, "
            f"so {use} cannot see one: {instead}"
        )

    def __bool__(self) -> NoReturn:
        self._refuse(
            "a truth test (if, and, or, not)",
            f"test `{self.name} is not None` (each set of None parameters is a query of its own), compare it in SQL, "
            "or build the query without @prepare",
        )

    def __len__(self) -> NoReturn:
        self._refuse("len()", "pass the length as a parameter of its own")

    def __iter__(self) -> NoReturn:
        self._refuse("iteration", "column.in_(parameter) takes a whole list")

    def __contains__(self, item: object) -> NoReturn:
        self._refuse("`in`", "write column.in_(parameter)")

    def __getitem__(self, key: object) -> NoReturn:
        self._refuse("indexing", "pass the element as a parameter of its own")

    def __format__(self, spec: str) -> NoReturn:
        self._refuse("an f-string or format()", f'add texts in SQL: "%" + {self.name} + "%"')

    def __str__(self) -> str:
        self._refuse("str()", f'add texts in SQL: "%" + {self.name} + "%"')

    def __repr__(self) -> str:
        return f"<parameter {self.name}>"

    def __int__(self) -> NoReturn:
        self._refuse("int()", "write parameter.cast(pg.bigint)")

    def __index__(self) -> NoReturn:
        self._refuse("a Python index or range", "limit(...) and offset(...) take the parameter as it is")

    def __float__(self) -> NoReturn:
        self._refuse("float()", "write parameter.cast(pg.double_precision)")

    def __hash__(self) -> int:
        self._refuse("a dict, a set or hash()", "compare it in SQL, for example with case(...)")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python itself looks for, such as __array__ or __html__
            raise AttributeError(name)
        self._refuse(f".{name}", "pass what you need as a parameter of its own, or use a function of fn")


def param_of(name: str, annotation: object) -> Param:
    """The parameter of a name, whose arguments are as its annotation says."""
    python = split_optional(annotation)[0]
    type_ = type_of(python)
    return Param(ParamNode(name, type_, "?"), type_, bare(python), False)
