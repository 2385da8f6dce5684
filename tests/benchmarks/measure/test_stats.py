"""The statistics, as properties of pure functions."""

import statistics
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.measure.stats import interval, median, quantile, ratios, summary

samples = st.lists(st.floats(min_value=1e-9, max_value=1e9), min_size=1, max_size=50)
parts = st.floats(min_value=0, max_value=1)


@given(samples)
def test_median_is_that_of_the_standard_library(values: list[float]) -> None:
    assert median(values) == pytest.approx(statistics.median(values))


@given(samples, parts)
def test_a_quantile_lies_among_the_values(values: list[float], q: float) -> None:
    assert min(values) <= quantile(values, q) <= max(values)


@given(samples, parts, parts)
def test_quantiles_grow_with_q(values: list[float], a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert quantile(values, low) <= quantile(values, high) * (1 + 1e-9)


@given(samples, parts, st.randoms())
def test_order_does_not_matter(values: list[float], q: float, random: Random) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)
    assert quantile(shuffled, q) == quantile(values, q)


@given(samples)
def test_summary_is_ordered(values: list[float]) -> None:
    found = summary(values)
    assert found.p25 <= found.median * (1 + 1e-9)
    assert found.median <= found.p75 * (1 + 1e-9)


@given(samples)
def test_ratio_to_itself_is_one(values: list[float]) -> None:
    assert set(ratios(values, values)) == {1.0}


@given(samples, st.floats(min_value=0.01, max_value=100), st.data())
def test_a_disturbance_of_a_whole_round_cancels_out(values: list[float], factor: float, data: st.DataObject) -> None:
    noise = data.draw(st.lists(st.floats(min_value=0.1, max_value=10), min_size=len(values), max_size=len(values)))
    baseline = [value * disturbed for value, disturbed in zip(values, noise, strict=True)]
    slower = [value * factor for value in baseline]
    assert median(ratios(slower, baseline)) == pytest.approx(factor)


def test_one_wild_round_does_not_move_the_median() -> None:
    assert median([1.0, 1.0, 1.0, 1.0, 1_000.0]) == 1.0


@pytest.mark.parametrize("q", [-0.1, 1.1])
def test_a_quantile_outside_zero_and_one_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile([1.0], q)


def test_no_values_have_no_quantile() -> None:
    with pytest.raises(ValueError, match="no values"):
        median([])


def test_ratios_need_a_baseline_for_every_round() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0, 2.0], [1.0, 2.0, 3.0])


def test_what_was_measured_once_is_compared_with_the_median() -> None:
    assert ratios([6.0], [1.0, 2.0, 9.0]) == [3.0]
    assert ratios([1.0, 2.0], [4.0]) == [0.25, 0.5]


@given(samples)
def test_an_interval_holds_its_median_and_is_the_same_each_time(values: list[float]) -> None:
    found = interval(values, 50)
    assert min(values) <= found.low <= found.high <= max(values)
    assert found.median == median(values)
    assert interval(values, 50) == found


def test_more_rounds_make_an_interval_narrower() -> None:
    few, many = [1.0, 2.0, 3.0] * 2, [1.0, 2.0, 3.0] * 200
    assert interval(many).high - interval(many).low < interval(few).high - interval(few).low
