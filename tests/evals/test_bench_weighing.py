"""Moving a weight moves the sections whose facts it speaks for."""

from __future__ import annotations

from evals.bench.weighing import Weighed, standing, table

WRONG = Weighed({"cover": 0.3, "dense": 0.5}, 1, "a.md", False)
RIGHT = Weighed({"cover": 0.1, "dense": 0.6}, 2, "b.md", True)


def test_the_place_is_that_of_the_first_right_section() -> None:
    assert standing([WRONG, WRONG, RIGHT], {}) == 2
    assert standing([RIGHT], {}) == 1
    assert standing([WRONG], {}) is None


def test_a_weight_taken_away_no_longer_speaks_for_its_facts() -> None:
    assert standing([WRONG, RIGHT], {"cover": 0.0}) == 1


def test_each_weight_is_moved_down_and_up_beside_the_order_as_it_is() -> None:
    lines = list(table({"one": [[WRONG, RIGHT]]}))

    assert lines[1].split() == ["as", "it", "is", "0.0", "100.0"]
    assert [x[:24].strip() for x in lines[2:]] == ["cover x 0.5", "cover x 1.5", "dense x 0.5", "dense x 1.5"]
    assert lines[3].split()[-2:] == ["0.0", "100.0"]
