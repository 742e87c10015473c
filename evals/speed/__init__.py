"""How long an answer takes, how long an index takes to build, and what both weigh: beside the bare cost of their parts.

Not to be taken for `evals.bench`, which measures how *right* answers are on public collections. Folders of any size are made from
real sentences (`texts`, `making`); each measure is taken in a process of its own (`asking`, `building`), so that none warms the other.
"""
