"""Names of routines with brackets in them."""

from __future__ import annotations

import pytest

from qb.kit.checks.subject import in_catalog
from qb.kit.sought import without_arguments
from qb.model.object import Identity


@pytest.mark.parametrize(
    ("name", "plain"),
    [("f(integer)", "f"), ("odd (name)(numeric(8,2))", "odd (name)"), ("f", "f"), ('f("a (b", text)', "f")],
)
def test_a_routine_is_cut_before_its_arguments(name: str, plain: str) -> None:
    routine = Identity("function", "app", "", name)
    assert without_arguments(routine).name == plain
    assert in_catalog(routine).name == plain
