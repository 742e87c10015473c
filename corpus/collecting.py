"""How often Python looks for objects that only point at each other: said once, by whoever starts a process."""

from __future__ import annotations

import gc

# New objects before the youngest are looked through, and how many such looks before older ones are (Python's own: 700, 10, 10).
_THRESHOLDS = (10_000, 10, 10)


def collect_seldom() -> None:
    """Look through old objects less often: what is read of an index is kept, and there are hundreds of thousands of such objects.

    Looking through all of them came in the midst of answers: 50 ms over the shipped folder, 170 ms over 10,000 facts, where the
    answer itself takes 10 or 30.
    """
    gc.set_threshold(*_THRESHOLDS)
