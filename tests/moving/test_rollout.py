"""Which of two functions serves a call."""

import subprocess
import sys
from typing import Any, NewType
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import DefinitionError
from qb.moving import Rollout, route

OrganizationId = NewType("OrganizationId", int)


@given(name=st.text(max_size=9), key=st.integers() | st.text() | st.uuids())
def test_who_is_in_stays_in_as_the_percentage_grows(name: str, key: Any) -> None:
    taken = [Rollout(name, percentage=share).takes(key) for share in (0, 1, 10, 25, 50, 75, 99, 100)]
    assert (taken[0], taken[-1]) == (False, True)
    assert taken == sorted(taken)


def test_a_percentage_is_a_share_of_the_keys() -> None:
    for share in (1, 10, 50, 90):
        taken = sum(Rollout("tickets", percentage=share).takes(key) for key in range(20_000))
        assert abs(taken / 200 - share) < 2


def test_another_name_draws_other_keys() -> None:
    one, other = (Rollout(name, percentage=50) for name in ("tickets", "chats"))
    both = sum(one.takes(key) and other.takes(key) for key in range(10_000))
    assert 2_200 < both < 2_800


@pytest.mark.slow
def test_the_same_keys_in_every_process() -> None:
    """Python's own hash of a text is another one in each."""
    program = "from qb.moving import Rollout; print([k for k in 'abcdefgh' if Rollout('t', percentage=50).takes(k)])"
    told = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {f"{[key for key in 'abcdefgh' if Rollout('t', percentage=50).takes(key)]}\n"}


def test_always_and_never() -> None:
    flag = Rollout("t", always=frozenset({OrganizationId(1)}), never=frozenset({OrganizationId(2)}))
    assert [flag.takes(OrganizationId(key)) for key in (1, 2, 3)] == [True, False, False]
    everybody = Rollout("t", percentage=100, never=frozenset({UUID(int=2)}))
    assert [everybody.takes(UUID(int=key)) for key in (1, 2)] == [True, False]


@pytest.mark.parametrize("percentage", [-1, 100.5, float("nan"), float("inf")])
def test_no_percentage(percentage: float) -> None:
    with pytest.raises(DefinitionError, match="Rollout\\('t'\\): a percentage is from 0 to 100"):
        Rollout[int]("t", percentage)


def test_a_key_is_in_or_out() -> None:
    with pytest.raises(DefinitionError, match="a key is in always and in never: take it out of one"):
        Rollout("t", always=frozenset({1}), never=frozenset({1, 2}))


def test_a_flag_is_plain_data() -> None:
    flag = msgspec.json.decode(b'{"name": "t", "percentage": 25, "always": [7]}', type=Rollout[OrganizationId])
    assert flag == Rollout("t", 25, frozenset({OrganizationId(7)}))
    assert msgspec.json.decode(msgspec.json.encode(flag), type=Rollout[OrganizationId]) == flag
    with pytest.raises(AttributeError):
        flag.percentage = 50  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_flag_whose_keys_are_not_said() -> None:
    key = UUID(int=7)
    flag = msgspec.json.decode(f'{{"name": "t", "always": [7, "a", "{key}"]}}', type=Rollout)
    assert (flag.takes(7), flag.takes("a"), flag.takes(key), flag.takes(8)) == (True, True, True, False)
    assert not msgspec.json.decode(f'{{"name": "t", "percentage": 100, "never": ["{key}"]}}', type=Rollout).takes(key)
    assert msgspec.json.decode(f'{{"name": "t", "always": ["{key}"]}}', type=Rollout[UUID]).takes(key)


def test_the_flag_is_read_at_every_call() -> None:
    new = {"tickets": Rollout[int]("tickets")}

    def titles(organization: int, *, limit: int = 3) -> str:
        return f"old {organization} {limit}"

    routed = route(
        lambda organization, *, limit=3: new["tickets"].takes(organization),
        titles,
        lambda organization, *, limit=3: f"new {organization} {limit}",
    )
    assert routed(7) == "old 7 3"
    new["tickets"] = Rollout("tickets", always=frozenset({7}))
    assert (routed(7, limit=1), routed(8)) == ("new 7 1", "old 8 3")
    new["tickets"] = Rollout("tickets")  # everybody is taken back
    assert routed(7) == "old 7 3"
    assert routed.__name__ == "titles"


def test_what_a_function_or_the_flag_raises_is_the_callers() -> None:
    def broken(_: int) -> bool:
        raise LookupError("no flag")

    with pytest.raises(LookupError, match="no flag"):
        route(broken, broken, broken)(1)
    with pytest.raises(ZeroDivisionError):
        route(lambda n: n > 0, divided, divided)(0)


def divided(n: int) -> float:
    return 1 / n
