"""Texts compared token by token: what is kept of a token, how a question finds it again, what a refresh carries on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.builder import ensure_index
from index.encoder import ReadText, open_encoder, with_tokens
from index.errors import IndexDamaged
from index.export import TOKEN_BITS
from index.models import ModelSpec
from index.npy import save_array
from index.retriever import Retriever
from index.settings import IndexSettings
from index.tokens import CODES, ENDS, WIDTH, TokenIndex

Floats = npt.NDArray[np.float32]


def direction(word: str) -> Floats:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    row = np.random.default_rng(seed).standard_normal(TOKEN_BITS)
    unit: Floats = (row / np.linalg.norm(row)).astype(np.float32)
    return unit


class TokenWordEncoder:
    """Every word is a token with a direction of its own; a text is the sum of its words."""

    spec = ModelSpec("tokens", "onnx", "fake-tokens-1", None)
    dimension = TOKEN_BITS

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def read(self, text: str) -> ReadText:
        places, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            places.append((at, at + len(word)))
            at += len(word)
        rows = np.stack([direction(text[a:b].lower().strip(".:")) for a, b in places]) if places else np.zeros((0, TOKEN_BITS), np.float32)
        total = rows.sum(axis=0) if places else direction("")
        return ReadText(text, (total / np.linalg.norm(total)).astype(np.float32), rows, tuple(places))

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.stack([self.read(t).vector for t in texts]) if texts else np.empty((0, TOKEN_BITS), dtype=np.float32)

    def encode_many(self, texts: Sequence[str], count: Any = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        for places, rows, _ in self.encode_tokens(texts, count):
            yield places, rows

    def encode_tokens(
        self, texts: Sequence[str], count: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats, list[npt.NDArray[np.uint8]]]]:
        for start in reversed(range(0, len(texts), 3)):  # any order is allowed
            part = texts[start : start + 3]
            self.encoded += part
            yield np.arange(start, start + len(part)), self.encode(part), [np.packbits(self.read(t).tokens >= 0, axis=1) for t in part]

    def has_word(self, word: str) -> bool:
        return True


def save(folder: Path, chunks: Sequence[bytes]) -> None:
    save_array(folder / CODES, np.frombuffer(b"".join(chunks), dtype=np.uint8).reshape(-1, WIDTH))
    save_array(folder / ENDS, np.cumsum([0, *(len(codes) // WIDTH for codes in chunks)]))


def written(folder: Path, texts: Sequence[str]) -> TokenIndex:
    encoder = TokenWordEncoder()
    save(folder, [np.packbits(encoder.read(t).tokens >= 0, axis=1).tobytes() for t in texts])
    return TokenIndex(folder)


def test_the_text_that_answers_each_word_is_nearer_than_one_that_repeats_one_of_them(tmp_path: Path) -> None:
    index = written(tmp_path, ["blue boat", "boat boat boat boat", "", "green house"])
    asked = TokenWordEncoder().read("blue boat")

    found = index.nearness(asked.tokens, np.ones(2, np.float32), [0, 1, 2, 3])

    assert found[0] == pytest.approx(1.0, abs=0.05)
    assert found[0] > found[1] + 0.2 > found[3] + 0.2
    assert found[2] == 0.0


def test_a_word_without_weight_changes_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, ["blue boat", "green boat"])
    both, one = TokenWordEncoder().read("blue boat"), TokenWordEncoder().read("boat")

    weighed = index.nearness(both.tokens, np.array([0.0, 2.0], np.float32), [1, 0])

    assert weighed == pytest.approx(index.nearness(one.tokens, np.ones(1, np.float32), [1, 0]), abs=1e-6)
    assert not index.nearness(both.tokens, np.zeros(2, np.float32), [0]).any()


@pytest.mark.parametrize("chunk", [-1, 2])
def test_a_chunk_that_is_not_there_is_an_error(tmp_path: Path, chunk: int) -> None:
    with pytest.raises(IndexError, match="from 0 to 1"):
        written(tmp_path, ["a", "b"]).nearness(direction("a")[None], np.ones(1, np.float32), [chunk])


def test_codes_come_back_as_they_were_written(tmp_path: Path) -> None:
    codes = [np.full((n, WIDTH), n, np.uint8) for n in (1, 0, 2)]
    save(tmp_path, [c.tobytes() for c in codes])

    index = TokenIndex(tmp_path)
    assert [index.of(i) for i in range(3)] == [c.tobytes() for c in codes]
    assert [index.has(i) for i in range(3)] == [True, False, True]
    assert sorted(p.name for p in tmp_path.iterdir()) == [CODES, ENDS]


def test_codes_of_another_generation_are_damage(tmp_path: Path) -> None:
    written(tmp_path, ["one two three"])
    np.save(tmp_path / ENDS, np.array([0, 2], dtype=np.int64))

    with pytest.raises(IndexDamaged, match="ends"):
        TokenIndex(tmp_path)


def test_a_refreshed_index_has_the_codes_of_one_built_anew_and_reads_no_text_twice(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.md").write_text("# Boats\n\n- The blue boat is fast.\n- The green boat is slow.\n", encoding="utf-8")
    first = TokenWordEncoder()
    ensure_index(kb, directory=tmp_path / "grown", encoder=first)
    (kb / "a.md").write_text("# Boats\n\n- The red boat is new.\n- The blue boat is fast.\n", encoding="utf-8")
    second = TokenWordEncoder()
    grown = ensure_index(kb, directory=tmp_path / "grown", encoder=second)
    anew = ensure_index(kb, directory=tmp_path / "anew", encoder=TokenWordEncoder())

    for name in (CODES, ENDS):
        assert (grown.directory / grown.generation / name).read_bytes() == (anew.directory / anew.generation / name).read_bytes()
    assert not any("blue" in text and "red" not in text for text in second.encoded)


def test_the_fact_that_answers_is_nearest_and_passages_have_no_codes(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.md").write_text("# Boats\n\n- The blue boat is fast.\n- The green boat is slow.\n", encoding="utf-8")
    encoder = TokenWordEncoder()
    report = ensure_index(kb, directory=tmp_path / "index", encoder=encoder)
    with Retriever.open(report.directory, kb=kb, encoder=encoder) as retriever:
        chunks = list(retriever.facts.all_chunks())
        asked = retriever.read("green boat slow")
        near = retriever.nearness(asked, np.ones(3, np.float32), [c.id for c in chunks])

    assert near is not None
    assert "green" in chunks[int(np.argmax(near))].text
    assert {c.kind for c, n in zip(chunks, near, strict=True) if n == 0.0} == {c.kind for c in chunks} - {"fact"}


def test_a_model_that_tells_no_tokens_is_asked_without_them(tmp_path: Path, make_encoder: Any) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.md").write_text("# Boats\n\nThe blue boat is fast.\n", encoding="utf-8")
    encoder = make_encoder()
    report = ensure_index(kb, directory=tmp_path / "index", encoder=encoder)
    with Retriever.open(report.directory, kb=kb, encoder=encoder) as retriever:
        asked = retriever.read("blue boat")

        assert (asked.tokens.shape, asked.spans) == ((0, 0), ())
        assert np.allclose(asked.vector, encoder.encode(["blue boat"])[0])
        assert retriever.nearness(asked, np.ones(0, np.float32), [0]) is None


@pytest.mark.model
def test_the_codes_of_a_build_are_the_signs_of_what_a_question_reads() -> None:
    encoder = with_tokens(open_encoder(IndexSettings()))
    assert encoder is not None
    texts = ["A blue boat.", "Boats › Speed: the blue boat is fast, the green one slow.", "", "x"]

    built = {
        int(p): (row, code)
        for places, rows, codes in encoder.encode_tokens(texts)
        for p, row, code in zip(places, rows, codes, strict=True)
    }

    for place, text in enumerate(texts):
        read = encoder.read(text)
        assert np.allclose(built[place][0], read.vector, atol=1e-5)
        assert built[place][1].shape == (len(read.spans), WIDTH)
        assert (built[place][1] == np.packbits(read.tokens >= 0, axis=1)).mean() > 0.99 if len(read.spans) else True
        assert [text[a:b] for a, b in read.spans][:2] == {0: ["A", "blue"], 1: ["Boats", "›"], 2: [], 3: ["x"]}[place]
