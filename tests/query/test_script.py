"""A script is a value, and no query."""

from copy import deepcopy
from typing import Any, cast

import pytest

from qb import QueryError, Script, compile, create_all, prepare, schema, trusted
from qb.run.talk.script import scripted
from tests.examples import User

NONE = cast("Any", Script("SELECT 1", "SELECT 2"))


def test_it_is_not_compiled() -> None:
    said = r"^a script is several statements and no query: db\.run\(script\) runs it$"
    with pytest.raises(QueryError, match=said):
        compile(NONE)


def test_a_prepared_query_is_none() -> None:
    @prepare
    def both() -> Any:
        return NONE

    with pytest.raises(QueryError, match=r"both> returned a script, which has no parameters: db\.run\(script\) runs"):
        cast("Any", both)()


def test_scripts_are_values() -> None:
    one = Script("SELECT 1", "SELECT 2")
    assert one == NONE
    assert hash(one) == hash(NONE)
    assert deepcopy(one) is one
    assert one != Script("SELECT 1")
    assert (
        create_all(schema(User))
        == create_all(schema(User))
        != Script(*map(trusted, create_all(schema(User)).statements))
    )
    with pytest.raises(AttributeError, match="a script is a frozen value"):
        setattr(one, "statements", ())  # noqa: B010  # as nobody who types would
    assert scripted(one).sql == b"SELECT 1;\nSELECT 2"
