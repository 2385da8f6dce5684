"""Success and Failure: what they are to `returns`, that they have no truth, and which lost failure is told."""
# What returns makes of a pair has no types without its plugin.
# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from returns.pipeline import is_successful
from returns.pointfree import bind, map_
from returns.result import Failure as TheirFailure  # noqa: TID251
from returns.result import Result
from returns.result import Success as TheirSuccess  # noqa: TID251

from qb import Failure, NotFound, Outcome, QueryError, Success, UnseenFailure, ignore, unwrap
from qb.errors import DbError, ServerError
from qb.errors.outcome import UnwrapFailedError, rewatched, sharing, watched
from qb.errors.unseen import Ending, Watch, shortened

MISSING = NotFound("users")


def result(outcome: Outcome[int]) -> Result[int, DbError]:
    """The same, as what the checkers let do-notation go through."""
    return outcome


def lost() -> Outcome[int]:
    """A failure as a run gives it."""
    return watched(MISSING, b"SELECT 1")


@contextmanager
def told() -> Generator[list[str]]:
    """What is told within the block."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        yield found
    assert all(each.category is UnseenFailure for each in record), record
    found += [str(each.message) for each in record]


# ---------------------------------------------------------------- of returns


def test_they_are_those_of_returns() -> None:
    good: Result[int, DbError] = Success(1)
    bad: Result[int, DbError] = Failure(MISSING)
    assert isinstance(good, TheirSuccess)
    assert isinstance(bad, TheirFailure)
    assert is_successful(good)
    assert not is_successful(bad)
    match bad, good:
        case TheirFailure(error), TheirSuccess(value):
            assert (error, value) == (MISSING, 1)
        case other:
            pytest.fail(repr(other))


@pytest.mark.parametrize(
    ("ours", "theirs"), [(Success(1), TheirSuccess(1)), (Failure(MISSING), TheirFailure(NotFound("users")))]
)
def test_they_equal_those_of_returns(ours: Any, theirs: Any) -> None:
    assert ours == theirs
    assert theirs == ours
    assert hash(ours) == hash(theirs)
    assert repr(ours) == repr(theirs)


def test_a_success_and_a_failure_differ() -> None:
    assert Success(1) != Failure(1)
    assert Failure(1) != Success(1)
    assert Success(1) != Success(2)
    assert Success(1) != 1
    assert lost() == Failure(MISSING)
    assert Failure(MISSING) == lost()


def test_methods_give_the_same_pair() -> None:
    assert type(Success(1).map(str)) is Success
    assert type(Failure(1).alt(str)) is Failure
    assert type(Success(1).swap()) is Failure
    assert type(Failure(1).swap()) is Success
    assert Success(1).bind(lambda number: Success(number + 1)) == Success(2)
    assert lost().lash(lambda error: Success(str(error))) == Success(str(MISSING))
    assert lost().value_or(5) == 5
    assert lost().failure() is MISSING


def test_what_returns_makes_of_them() -> None:
    def twice(number: Any) -> Any:
        return number * 2

    double: Any = map_(twice)
    follow: Any = bind(Success[int])
    assert follow(double(Success(3))) == Success(6)
    added: Result[int, DbError] = Result.do(x + y for x in result(Success(1)) for y in result(Success(2)))
    assert added == Success(3)
    stopped: Result[int, DbError] = Result.do(x + y for x in result(Success(1)) for y in result(lost()))
    assert stopped == Failure(MISSING)


@pytest.mark.parametrize("kind", [Success, Failure])
def test_what_the_classes_make_is_ours(kind: type[Success[Any]] | type[Failure[Any]]) -> None:
    assert type(kind.from_value(1)) is Success
    assert type(kind.from_failure(1)) is Failure
    assert kind.from_value(1).unwrap() == kind.from_failure(1).failure() == 1


def test_equals_is_what_two_equal_signs_are() -> None:
    for one, other in ((Success(1), Success(1)), (Failure(MISSING), lost()), (lost(), Failure(MISSING))):
        assert one.equals(other)
        assert not one.equals(Success(2))
        assert not one.equals(Failure(None))


@pytest.mark.parametrize("made", [Success([1]), Failure(MISSING), lost()])
def test_copies_and_pickles_are_equal(made: Any) -> None:
    for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert copied == made


@pytest.mark.parametrize("made", [Success(True), Success(None), Failure(MISSING), lost()])
def test_an_outcome_has_no_truth_value(made: Any) -> None:
    message = r"no truth value: match it, or take its value with qb\.unwrap"
    with pytest.raises(QueryError, match=message):
        bool(made)
    with pytest.raises(QueryError, match=message):
        assert not made


def test_unwrap_of_a_failure_shows_the_reason() -> None:
    with pytest.raises(UnwrapFailedError, match=r'^NotFound: no row found in "users"') as caught:
        lost().unwrap()
    assert caught.value.__cause__ is MISSING
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    with pytest.raises(UnwrapFailedError, match=r"^unwrap\(\) was asked of a Failure of str$"):
        Failure("secret").unwrap()
    with pytest.raises(UnwrapFailedError, match=r"^failure\(\) was asked of a Success$"):
        Success("secret").failure()


def test_unwrap_raises_the_error_itself() -> None:
    assert unwrap(Success(1)) == 1
    failures: list[Any] = [lost(), Failure(MISSING), TheirFailure(MISSING)]
    for outcome in failures:
        with pytest.raises(NotFound) as caught:
            unwrap(outcome)
        assert caught.value is MISSING
    with pytest.raises(UnwrapFailedError):
        unwrap(Failure("of another kind"))


# ---------------------------------------------------------------- who looked


def by_match(outcome: Outcome[int]) -> None:
    match outcome:
        case Success():
            pytest.fail("a failure")
        case Failure():
            pass


def by_unwrap(outcome: Outcome[int]) -> None:
    with pytest.raises(NotFound):
        unwrap(outcome)


def by_truth(outcome: Any) -> None:
    with pytest.raises(QueryError):  # which says so by itself
        bool(outcome)


def done(outcome: Any) -> Any:
    return cast("Any", Result).do(number for number in outcome)


LOOKS: dict[str, Callable[[Any], object]] = {
    "match": by_match,
    "isinstance": lambda outcome: isinstance(outcome, Success),
    "isinstance of a union": lambda outcome: isinstance(outcome, Success | Failure),
    "isinstance of returns": lambda outcome: isinstance(outcome, TheirFailure),
    "equal": lambda outcome: outcome == Success(1),
    "equal to": lambda outcome: Success(1) == outcome,
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "a method": lambda outcome: outcome.value_or(1),
    "an attribute": lambda outcome: outcome.failure,
    "is_successful": is_successful,
    "pickle": pickle.dumps,
    "ignore": ignore,
    "unwrap": by_unwrap,
    "do, and a look": lambda outcome: repr(done(outcome)),
    "do, and a look before": lambda outcome: (repr(outcome), done(outcome)),
    "what unwrap stopped at": lambda outcome: repr(stopped_at(outcome)),
    "mapped, and looked at": lambda outcome: repr(outcome.map(str).bind(Success).alt(same).lash(Failure)),
    "looked at, and mapped": lambda outcome: (repr(outcome), outcome.map(str)),
    "mapped, and the first looked at": lambda outcome: (outcome.map(str), repr(outcome)),
    "another error": lambda outcome: outcome.alt(str),
    "a way out": lambda outcome: outcome.lash(lambda _: Success(1)),
    "another failure": lambda outcome: outcome.lash(lambda _: Failure(1)),
    "a key that is found": lambda outcome: {outcome}.issuperset([Failure(MISSING)]),
    "not equal": lambda outcome: outcome != TheirSuccess(1),
    "a truth test": by_truth,
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_failure_that_was_looked_at_is_nobodys_business(look: Callable[[Outcome[int]], object]) -> None:
    with told() as found:
        outcome = lost()
        look(outcome)
        del outcome
        gc.collect(1)
    assert found == []


def same(error: object) -> object:
    return error


def stopped_at(outcome: Any) -> object:
    with pytest.raises(UnwrapFailedError) as caught:
        outcome.unwrap()
    return caught.value.halted_container


def in_a_cycle(outcome: object) -> None:
    cycle: list[object] = [outcome]
    cycle.append(cycle)


PASSES: dict[str, Callable[[Outcome[int]], object]] = {
    "dropped": lambda outcome: None,
    "kept for a while": lambda outcome: [outcome],
    "its type": lambda outcome: type(outcome),
    "mapped": lambda outcome: outcome.map(print),
    "bound": lambda outcome: outcome.bind(lambda number: Success(number + 1)),
    "bound by its other name": lambda outcome: cast("Any", outcome).bind_result(Success),
    "applied": lambda outcome: cast("Any", outcome).apply(Success(print)),
    "the same error": lambda outcome: outcome.alt(same),
    "the same error again": lambda outcome: outcome.lash(Failure),
    "of returns again": lambda outcome: outcome.lash(TheirFailure),
    "one after another": lambda outcome: outcome.map(str).bind(Success).alt(same).lash(Failure),
    "by pointfree": lambda outcome: cast("Any", bind(Success[int]))(cast("Any", map_(str))(outcome)),
    "do": done,
    "do, of two": lambda outcome: Result.do(one + other for one in result(Success(1)) for other in result(outcome)),
    "do, mapped": lambda outcome: done(outcome).map(print),
    "what unwrap stopped at": stopped_at,
    "in a set": lambda outcome: {outcome},
    "a key": lambda outcome: {outcome: 1}.get(Success(5)),
    "in a cycle": in_a_cycle,
}


@pytest.mark.parametrize("handle", PASSES.values(), ids=PASSES)
def test_a_failure_that_nobody_looked_at_is_told(handle: Callable[[Outcome[int]], object]) -> None:
    with told() as found:
        outcome = lost()
        handle(outcome)
        del outcome
        gc.collect(1)
    (text,) = found
    assert text == (
        "nobody looked at a failure, NotFound of SELECT 1: match it, take its value with qb.unwrap(...), "
        "run it on db.raising, or say qb.ignore(...)"
    )


@pytest.mark.parametrize("looked", [0, 1, 2])
def test_of_a_block_all_that_say_it_is_aborted_are_the_one_that_aborted_it(looked: int) -> None:
    aborted = ServerError("current transaction is aborted", sqlstate="25P02")
    for tells in (True, False):
        with told() as found:
            ending = Ending(tells=tells)
            kept = [watched(error, "SELECT 1", ending) for error in (MISSING, aborted, aborted)]
            assert repr(kept[looked])
            kept.clear()
            ending.over(told=False)
        assert found == []
        with told() as found:
            ending = Ending(tells=tells)
            kept = [watched(error, "SELECT 1", ending) for error in (aborted, MISSING, aborted)]
            assert repr(kept[0])
            kept.clear()
            ending.over(told=False)
        assert len(found) == 1, "another one, that came before, is not the same"


def test_the_line_that_lost_it_is_named() -> None:
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        lost()
    assert [each.filename for each in record] == [__file__]


def test_neither_a_success_nor_ones_own_failure_is_told() -> None:
    with told() as found:
        Success(1)
        Failure(MISSING)
        Failure("mine")
    assert found == []


def test_of_those_that_share_a_failure_one_is_enough() -> None:
    with told() as found:
        watch = Watch("a pipeline")
        both = [sharing(MISSING, watch), sharing(MISSING, watch)]
        del watch
        assert both.pop() == Failure(MISSING)
        both.clear()
    assert found == []
    with told() as found:
        watch = Watch("a pipeline")
        both = [sharing(MISSING, watch), sharing(MISSING, watch)]
        del watch
        both.clear()
    assert len(found) == 1


def test_what_qb_looked_at_itself_is_still_to_be_seen() -> None:
    with told() as found:
        outcome = lost()
        assert isinstance(outcome, Failure)
        rewatched(outcome, "transact(work)")
        theirs: list[Any] = [TheirFailure("why"), TheirSuccess(1)]
        rewatched(theirs[0], "transact(work)")
        assert type(rewatched(theirs[1], "transact(work)")) is Success
    assert [text.partition(":")[0] for text in found] == [
        "nobody looked at a failure, NotFound of SELECT 1",
        "nobody looked at a failure, str of transact(work)",
    ]


@pytest.mark.parametrize("by_the_block", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_what_a_block_tells_is_told_once(by_the_block: bool, before: bool) -> None:
    with told() as found:
        ending = Ending()
        kept = [watched(MISSING, "SELECT 1", ending)]
        if before:
            kept.clear()
        ending.over(told=by_the_block)
        kept.clear()
    assert len(found) == (0 if by_the_block else 1)


def test_a_long_statement_is_cut() -> None:
    assert shortened(b"SELECT 1,\n       2") == "SELECT 1, 2"
    assert shortened("x" * 301) == "x" * 300 + " …"


PROGRAM = """
from qb import NotFound
from qb.errors.outcome import watched
class Late:
    def __del__(self):
        watched(NotFound(), "SELECT 2")
{keep} = watched(NotFound(), "SELECT 1"), Late()
"""


@pytest.mark.parametrize("option", ["-Wdefault", "-Werror"])
def test_a_failure_that_lives_until_the_end_of_the_program_is_told(option: str) -> None:
    program = PROGRAM.format(keep="kept")
    done = subprocess.run([sys.executable, option, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.count("UnseenFailure: nobody looked at a failure, NotFound of SELECT") == 2, done.stderr
    assert "AttributeError" not in done.stderr
