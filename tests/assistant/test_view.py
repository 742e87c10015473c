"""The view of a knowledge base: what it encodes, and what it keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import assistant.view as module
from assistant.view import View


class Counted:
    """Stands for a retriever: texts of one length are the same, and what was encoded is written down."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.encoded += texts
        return np.stack([np.eye(8, dtype=np.float32)[len(t)] for t in texts])


def view_over(retriever: Counted) -> View:
    return cast("View", SimpleNamespace(retriever=retriever, _label_vectors={}))


def test_a_label_is_encoded_once_however_often_it_is_named() -> None:
    retriever = Counted()
    view = view_over(retriever)

    assert View.label_similarity(view, "abc", ("one", "four", "one")) == [1.0, 0.0, 1.0]
    assert View.label_similarity(view, "abcd", ("four", "five")) == [1.0, 1.0]
    assert retriever.encoded == ["one", "four", "abc", "five", "abcd"]


def test_vectors_of_labels_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LABELS", 2)
    view = view_over(Counted())

    for labels in (("a", "bb"), ("ccc",), ("dddd",)):
        assert View.label_similarity(view, "abcd", labels) == [float(len(x) == 4) for x in labels]

    assert list(view._label_vectors) == ["dddd"]


def test_many_labels_at_once_are_asked_for_as_texts_that_are_kept_for_other_processes() -> None:
    class Keeping(Counted):
        def __init__(self) -> None:
            super().__init__()
            self.kept: list[tuple[str, ...]] = []

        def encode_kept(self, texts: Sequence[str]) -> Any:
            self.kept.append(tuple(texts))
            return np.stack([np.eye(8, dtype=np.float32)[len(t)] for t in texts])

    retriever = Keeping()
    labels = ("a", "bb", "ccc", "dddd", "eeeee", "ffffff", "a")

    assert View.label_similarity(view_over(retriever), "abcd", labels) == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert retriever.kept == [labels[:-1]]
    assert retriever.encoded == ["abcd"]
