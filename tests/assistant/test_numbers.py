"""Quantities: what a cell states, how cells of a column settle each other, and claims that anyone can recompute."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import numbers
from assistant.numbers import ANY, INFINITE, Quantity

Point = tuple[Fraction | float, str]


def first(cell: str) -> Quantity:
    return numbers.read(cell)[0]


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "value", "dimension"),
    [
        ("5", 5, ""),
        ("1,234", 1234, ""),
        ("1 234 567", 1234567, ""),
        ("1'234", 1234, ""),
        ("1.234,5", Fraction("1234.5"), ""),
        ("3,5 kg", Fraction("3.5"), "mass"),
        (".5", Fraction(1, 2), ""),
        ("1e3", 1000, ""),
        ("−5", -5, ""),
        ("-5 °C", Fraction("268.15"), "temperature"),
        ("68 °F", Fraction("293.15"), "temperature"),
        ("½", Fraction(1, 2), ""),
        ("1 1/2 cups", Fraction(3, 2) * Fraction(473176473, 2000000000), "volume"),
        ("99.9 %", Fraction("99.9"), "share"),
        ("1.5x", Fraction("1.5"), "times"),
        ("$20", 20, "USD"),
        ("20 €", 20, "EUR"),
        ("US$1.5k", 1500, "USD"),
        ("$20 / month", Fraction(20, 2629800), "USD/time"),
        ("20 € per user per month", Fraction(20, 2629800), "EUR/user/time"),
        ("500 MB", 500 * 10**6, "data"),
        ("2 GiB", 2 * 2**30, "data"),
        ("10 Gbps", 1250 * 10**6, "data/time"),
        ("90 s", 90, "time"),
        ("1 h 30 min", 5400, "time"),
        ("5 ft 10 in", 70 * Fraction(127, 5000), "length"),
        ("100 km/h", Fraction(1000, 36), "length/time"),
        ("5 m", 5, "length"),
        ("7B", 7 * 10**9, ""),
        ("1.5 million", 1500000, ""),
        ("1st", 1, ""),
        ("two", 2, ""),
        ("8 GB DDR4", 8 * 10**9, "data"),
        ("12 (billed yearly)", 12, ""),
        ("12*", 12, ""),
        ("~ 20", 20, ""),
    ],
)
def test_a_cell_that_states_one_number_reads_as_it(cell: str, value: Fraction | int, dimension: str) -> None:
    found = first(cell)

    assert (found.low, found.high, found.dimension) == (value, value, dimension)


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("4–6", 4, 6),
        ("4 to 6 people", 4, 6),
        ("from 4 to 6", 4, 6),
        ("4 kg – 6 kg", 4, 6),
        ("10 ± 2 kg", 8, 12),
        ("$10–$20", 10, 20),
        ("up to 5", -INFINITE, 5),
        ("< 5", -INFINITE, 5),
        ("5 or less", -INFINITE, 5),
        ("≥ 10", 10, INFINITE),
        ("10+", 10, INFINITE),
        ("more than 10", 10, INFINITE),
        ("10 and up", 10, INFINITE),
        ("unlimited", INFINITE, INFINITE),
    ],
)
def test_a_cell_that_states_a_range_reads_as_its_ends(cell: str, low: float, high: float) -> None:
    assert (first(cell).low, first(cell).high) == (low, high)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "-",
        "N/A",
        "unknown",
        "none",
        "yes",
        "1d8 Piercing",
        "Range 150/600",
        "24/7",
        "16:9",
        "11 + Dex modifier",
        "12 of 40 rooms, 3 baths",
        "A100",
        "9" * 5000,
        "5" * 5000 + " kg",
        "1." + "9" * 5000,
        "1 1/" + "9" * 5000,
    ],
)
def test_a_cell_that_states_no_quantity_reads_as_none(cell: str) -> None:
    assert numbers.read(cell) == ()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2023-12-31", "1 January 2024"),
        ("12 March 2024", "March 13, 2024"),
        ("Sept 2018", "May 2020"),
        ("Q1 2024", "Q2 2024"),
        ("v1.9", "v1.10"),
        ("1.10.0", "1.10.1"),
        ("v1.20240101", "v2.0"),
        ("v1.20240101", "v1.20240102"),
    ],
)
def test_dates_and_versions_have_an_order_of_their_own(earlier: str, later: str) -> None:
    assert first(earlier).high < first(later).low


@pytest.mark.parametrize("day", ["30 February 2024", "2024-13-01", "2024-00-10"])
def test_a_day_that_no_calendar_has_is_no_date(day: str) -> None:
    assert all(q.dimension != "date" for q in numbers.read(day))


# ---------------------------------------------------------------- columns


def dimension(header: str, *cells: str) -> str | None:
    read = numbers.column(header, cells)
    return read.dimension if read else None


def test_neighbours_settle_what_a_letter_means() -> None:
    assert dimension("Walk", "5 m", "2 km") == "length"
    assert dimension("Break", "5 m", "2 h") == "time"
    assert dimension("Duration", "5 m", "12 m") == "time"
    assert dimension("Parameters", "7B", "70B") == ""
    assert dimension("Size", "700 B", "3 kB") == "data"


def test_a_header_may_name_the_unit_of_bare_numbers() -> None:
    weights = numbers.column("Weight (kg)", ["12", "3.5", "–"])

    assert weights is not None
    assert [v and v.low for v in weights.values] == [12, Fraction("3.5"), None]
    assert weights.dimension == "mass"
    assert dimension("Price in €", "12", "15") == "EUR"
    assert dimension("Years of service", "0–1", "2–4", "5+") == "time"


def test_units_of_one_dimension_compare_whatever_their_size() -> None:
    sizes = numbers.column("Storage", ["500 MB", "2 GB", "1 TB"])

    assert sizes is not None
    assert numbers.ordered(sizes.values, "descending") == [2, 1, 0]


@pytest.mark.parametrize(
    "cells",
    [
        ("€4", "$30", "£7"),  # currencies have no fixed rate
        ("30 GP", "5 SP", "2 CP"),  # nor have coins nobody has defined
        ("3 kg", "4 l", "5 kg"),
        ("3,5", "1,500", "2,5"),  # the comma means two things
        ("red", "12", "blue"),
        ("n/a", "-", ""),
    ],
)
def test_what_cannot_be_compared_is_no_column_of_numbers(cells: tuple[str, ...]) -> None:
    assert numbers.column("Value", cells) is None


def test_a_few_cells_that_state_no_quantity_are_named_not_guessed() -> None:
    prices = numbers.column("Price", ["$9", "$49", "on request", ""])

    assert prices is not None
    assert (prices.known, prices.unread) == ([0, 1], (2,))


def test_versions_are_read_as_versions_where_the_header_says_so() -> None:
    releases = numbers.column("Version", ["1.9", "1.10"])

    assert releases is not None
    assert numbers.ordered(releases.values, "descending") == [1, 0]


# ---------------------------------------------------------------- comparing


@pytest.mark.parametrize(
    ("cells", "open_"),
    [
        (("1–3", "4–9", "10+"), False),
        (("10+", "12"), True),
        (("< 50 ms", "20 ms"), True),
        (("< 50 ms", "60 ms"), False),
        (("up to 5", "3"), False),
        (("unlimited", "12"), False),
        (("10+", "20+"), False),
    ],
)
def test_an_open_end_that_hides_the_order_leaves_it_undecided(cells: tuple[str, ...], open_: bool) -> None:
    assert numbers.undecided([first(c) for c in cells]) is open_


@pytest.mark.parametrize(
    ("cell", "relation", "asked", "verdict"),
    [
        ("5", "below", "5", False),
        ("5", "at_most", "5", True),
        ("5", "at_least", "5", True),
        ("5", "above", "5", False),
        ("4–6", "above", "3", True),
        ("4–6", "above", "5", None),  # part of it is
        ("4–6", "equal", "5", True),
        ("4–6", "equal", "7", False),
        ("< 60", "equal", "60", False),
        ("> 40", "equal", "40", False),
        ("≥ 40", "equal", "40", True),
        ("10+", "equal", "12", True),
    ],
)
def test_a_cell_stands_or_does_not_stand_in_a_relation(cell: str, relation: numbers.Relation, asked: str, verdict: bool | None) -> None:
    assert numbers.satisfies(first(cell), relation, first(asked)) is verdict


@pytest.mark.parametrize(
    ("header", "cell", "asked", "verdict"),
    [
        ("Max load", "120 kg", "100 kg", True),
        ("Max load", "120 kg", "300 lb", False),
        ("Minimum memory", "16 GB", "8 GB", False),
        ("Minimum memory", "4 GB", "8 GB", True),
        ("Weight", "5 kg", "4 kg", False),
        ("Weight", "5 kg", "5000 g", True),
    ],
)
def test_a_header_says_whether_a_number_is_room_or_need(header: str, cell: str, asked: str, verdict: bool) -> None:
    assert numbers.serves(first(cell), first(asked), numbers.sense(header)) is verdict


@pytest.mark.parametrize(
    ("cells", "asked", "below"),
    [
        (("10 GB/month", "30 GB/month", "90 GB/month"), "20 GB", [True, False, False]),
        (("10 GB per user per month", "30 GB per user per month"), "20 GB", [True, False]),
        (("$1.5k / month", "$3k / month"), "2000 dollars", [True, False]),
        (("5 l/h", "7 l/h"), "6 l", [True, False]),
    ],
)
def test_an_amount_is_read_as_so_much_a_time_where_the_column_says_so(cells: tuple[str, ...], asked: str, below: list[bool]) -> None:
    read = numbers.column("Traffic", cells)
    found = numbers.asked_for(asked)
    assert read is not None
    assert found is not None
    wanted = numbers.converted(found.readings, read)
    assert wanted is not None

    assert [numbers.satisfies(v, "below", wanted) for v in read.values if v is not None] == below


def test_versions_with_a_date_in_them_are_ordered_part_by_part() -> None:
    read = numbers.column("Version", ["1.20240101", "2.0", "1.5"])

    assert read is not None
    assert numbers.ordered(read.values, "descending") == [1, 0, 2]


def test_versions_with_a_part_too_long_to_compare_are_in_no_order() -> None:
    assert numbers.column("Version", ["1." + "9" * 20, "2.0", "1.5"]) is None


@pytest.mark.parametrize("text", ["ſix", "sıx", "SİX", "10+ ſ", "ſeven kg", "9" * 5000, "1." + "9" * 5000, "½" + "9" * 5000])
def test_whatever_letters_and_however_many_digits_a_quantity_is_written_in_reading_it_raises_nothing(text: str) -> None:
    found = numbers.asked_for(text)

    assert found is None or found.readings


# ---------------------------------------------------------------- properties

UNITS = {
    "data": ["bytes", "kB", "MB", "GB", "KiB", "GiB"],
    "time": ["ms", "s", "min", "h"],
    "mass": ["g", "kg", "lb"],
    "length": ["mm", "cm", "km", "in"],
}
amounts = st.integers(min_value=0, max_value=10**8).map(lambda n: Fraction(n, 100))


def written(amount: Fraction, *, grouped: bool = False) -> str:
    whole, rest = divmod(amount, 1)
    return (f"{int(whole):,}" if grouped else str(int(whole))) + (f".{int(rest * 100):02d}" if rest else "")


@given(amounts, st.sampled_from(sorted(UNITS)), st.data(), st.booleans())
def test_a_number_reads_as_it_was_written(amount: Fraction, dimension_: str, data: st.DataObject, grouped: bool) -> None:
    unit = data.draw(st.sampled_from(UNITS[dimension_]))
    found = first(f"{written(amount, grouped=grouped)} {unit}")

    assert found.dimension == dimension_
    assert found.low == found.high == amount * numbers.reader().units(unit)[0].factor


pieces = st.sampled_from(
    [*"0123456789.,-–+/<>≥~$€% ½²", "kg", "GB", "month", "up to", "more than", "between", "and", "six", "ſ", "v1.2", "2024-01"]
)


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join), st.lists(pieces, max_size=8).map(" ".join)))
def test_whatever_a_cell_holds_reading_it_raises_nothing(cell: str) -> None:
    for found in numbers.read(cell):
        assert found.low <= found.high


small = st.integers(min_value=0, max_value=9)
cells_of_one_kind = st.one_of(
    small.map(lambda n: f"{n} kg"),
    small.map(lambda n: f"{n * 1000} g"),
    small.map(lambda n: f"up to {n} kg"),
    small.map(lambda n: f"< {n} kg"),
    small.map(lambda n: f"{n}+ kg"),
    st.tuples(small, small).map(lambda p: f"{min(p)}–{max(p)} kg"),
    st.just("unlimited"),
)


@given(st.lists(cells_of_one_kind, min_size=2, max_size=6), st.sampled_from(["descending", "ascending"]))
def test_an_order_that_is_claimed_is_the_order_and_any_other_is_refused(cells: list[str], direction: numbers.Direction) -> None:
    read = numbers.column("Load", cells)
    assert read is None or read.dimension == "mass"
    if read is None:  # all unlimited: nothing says of what
        return
    order = numbers.ordered(read.values, direction)
    sorted_cells = [cells[i] for i in order]
    claim = numbers.order_claim("Load", sorted_cells, direction, numbers.leading(read.values, order, direction))
    if claim is None:
        assert numbers.undecided(v for v in read.values if v is not None)
        return
    ends = [read.values[i].end(direction) for i in order]  # type: ignore[union-attr]
    assert ends == sorted(ends, reverse=direction == "descending")
    assert numbers.claim_holds(claim, "Load", sorted_cells)
    if ends[0] != ends[-1]:
        assert not numbers.claim_holds(claim, "Load", sorted_cells[::-1])


@given(st.lists(amounts, min_size=2, max_size=6), amounts)
def test_a_range_that_is_claimed_falls_when_any_cell_changes_sides(values: list[Fraction], asked: Fraction) -> None:
    cells = [f"{written(v)} kg" for v in values]
    inside = [c for c, v in zip(cells, values, strict=True) if v > asked]
    outside = [c for c, v in zip(cells, values, strict=True) if v <= asked]
    claim = numbers.range_claim("Weight", [*inside, *outside], "above", f"{written(asked)} kg", len(inside))

    assert claim is not None
    assert numbers.claim_holds(claim, "Weight", [*inside, *outside])
    if inside:
        assert not numbers.claim_holds(claim, "Weight", [f"{written(asked)} kg", *inside[1:], *outside])


def test_any_dimension_takes_unlimited() -> None:
    assert first("unlimited").dimension == ANY
    assert dimension("Traffic", "10 GB", "unlimited") == "data"
