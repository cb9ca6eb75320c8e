"""Counting, rounding, veiling."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.report.rules import CELL_MIN, Cell, Counts, Times, per_cent, times, veiled


def test_the_closing_rate_of_the_account_comes_out_exactly() -> None:
    counts = Counts(received=194087, processed=193018, closed=181773, urgent_closed=5013)

    assert counts.closing_rate == 93.7
    # Of what was processed it would be more. That is not what was promised.
    assert per_cent(counts.closed, counts.processed) == 94.2


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(1, 3, 33.3), (2, 3, 66.7), (1, 2000, 0.1), (1, 2001, 0.0), (0, 7, 0.0), (7, 7, 100.0)],
)
def test_halves_are_rounded_up(part: int, whole: int, rate: float) -> None:
    assert per_cent(part, whole) == rate


def test_of_nothing_there_is_no_rate() -> None:
    assert per_cent(0, 0) is None


@given(part=st.integers(0, 10**6), whole=st.integers(1, 10**6))
def test_rounding_is_what_a_careful_clerk_does(part: int, whole: int) -> None:
    clerk = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)

    assert per_cent(part, whole) == float(clerk)


@pytest.mark.parametrize(
    ("minutes", "median", "p90"),
    [([6], 6, 6), ([1, 2], 1, 2), (list(range(1, 11)), 5, 9), (list(range(1, 12)), 6, 10)],
)
def test_a_time_is_one_that_some_case_really_took(
    minutes: list[int], median: int, p90: int
) -> None:
    took = times(timedelta(minutes=number) for number in reversed(minutes))

    assert took == Times(len(minutes), median * 60, p90 * 60)


def test_without_cases_there_are_no_times() -> None:
    assert times([]) == Times()


def test_small_cells_are_veiled_and_nothing_else() -> None:
    cells = {("8", "wechat"): 9, ("8", "web"): 0, ("9", "wechat"): 7, ("9", "web"): 12}

    assert veiled(cells) == set()


def test_beside_a_single_small_cell_another_is_veiled_so_that_no_sum_tells_it() -> None:
    cells = {("8", "wechat"): 30, ("8", "web"): 2, ("9", "wechat"): 40, ("9", "web"): 12}

    assert veiled(cells) == set(cells)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("123456"), st.sampled_from("abcd")), st.integers(0, 30)
    )
)
def test_no_line_has_a_small_cell_that_its_sum_would_tell(cells: dict[Cell, int]) -> None:
    hidden = veiled(cells)

    assert all(cell in hidden for cell, number in cells.items() if 0 < number < CELL_MIN)
    for axis in (0, 1):
        for name in {cell[axis] for cell in cells}:
            line = [cell for cell in cells if cell[axis] == name and cells[cell]]
            behind = [cell for cell in line if cell in hidden]
            assert len(behind) != 1 or len(line) == 1
