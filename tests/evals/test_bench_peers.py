"""Plain search, and that texts are encoded once."""

from __future__ import annotations

import math
from pathlib import Path

from evals.bench.peers import BM25, DENSE, FUSED, Peers, Unit, fuse, top_score
from tests.evals.bench_fakes import LAMPS, StemEncoder

UNITS = [Unit(lamp["_id"], f"{lamp['title']}\n{lamp['text']}") for lamp in LAMPS]


def test_each_peer_ranks_the_same_texts_in_its_own_way(tmp_path: Path) -> None:
    peers = Peers(UNITS, StemEncoder(), tmp_path)
    try:
        found = peers.rank("which bell does the buoy have")
    finally:
        peers.close()

    assert [key for key, _ in found[BM25]] == ["buoy"]  # the others share no content word
    assert found[DENSE][0][0] == "buoy"
    assert {key for key, _ in found[DENSE]} == {"oil", "horn", "buoy"}
    assert found[FUSED] == fuse([found[BM25], found[DENSE]])
    assert top_score(found)[BM25] == found[BM25][0][1]
    assert top_score({BM25: []}) == {BM25: -math.inf}


def test_windows_of_one_section_count_once_at_their_best(tmp_path: Path) -> None:
    peers = Peers([Unit("s", "nothing of it"), Unit("s", "the fog horn"), Unit("t", "a horn")], StemEncoder(), tmp_path)
    try:
        found = peers.rank("fog horn")
    finally:
        peers.close()

    assert [key for key, _ in found[BM25]] == ["s", "t"]
    assert [key for key, _ in found[DENSE]] == ["s", "t"]


def test_fusion_adds_reciprocal_ranks() -> None:
    assert fuse([[("a", 9.0), ("b", 8.0)], [("b", 0.5)]]) == [("b", 1 / 62 + 1 / 61), ("a", 1 / 61)]
    assert fuse([[("b", 1.0)], [("a", 1.0)]]) == [("a", 1 / 61), ("b", 1 / 61)]  # equal: by key


def test_texts_are_encoded_once_and_again_when_they_change(tmp_path: Path) -> None:
    encoder = StemEncoder()
    Peers(UNITS, encoder, tmp_path).close()
    Peers(UNITS, encoder, tmp_path).close()
    assert encoder.encoded == 3

    Peers([*UNITS, Unit("new", "a new one")], encoder, tmp_path).close()
    assert encoder.encoded == 3 + 4
