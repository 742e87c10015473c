"""Texts to vectors of length 1.

`OnnxEncoder` runs the exported default model without torch, for questions and builds alike;
`SentenceTransformerEncoder` is the reference it is held to, and loads any other model a user names.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.errors import ModelUnavailable
from index.export import FILES, GRAPH, TOKENIZER, ensure_graph, read_record
from index.models import PACKAGE, ModelSpec, graph_folder, resolve, sha256_of
from index.settings import IndexSettings

if TYPE_CHECKING:
    from tokenizers import Encoding

Floats = npt.NDArray[np.float32]
Count = Callable[[int, int], None]  # (texts done, texts in all)


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it is compared: whole, and token by token."""

    text: str
    vector: Floats  # (dimension,), length 1
    tokens: Floats  # (n, TOKEN_BITS), rows of length 1; (0, 0) of a model that tells none
    spans: tuple[tuple[int, int], ...]  # where each token stands in the text, characters [start, end)


TOKEN_BUDGET = 512  # tokens a batch may hold; larger batches fall out of the cache and are slower
_BLOCK = 8192  # texts tokenised at a time, so that memory does not grow with the corpus


class Encoder(Protocol):
    """Anything that turns texts into comparable vectors."""

    @property
    def spec(self) -> ModelSpec:
        """Which model this is."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """(n, dimension) float32, each row of L2 norm 1; for questions, one thread."""
        ...

    def has_word(self, word: str) -> bool:
        """Whether a lower-case word is one piece of the model's vocabulary."""
        ...

    def encode_many(self, texts: Sequence[str], count: Count | None = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        """The same for a build: yields (places in `texts`, rows) in any order, each place once, and reports progress."""
        ...


def cores() -> int:
    """Processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that tells the tokens of a text as well."""

    def read(self, text: str) -> ReadText:
        """A question, whole and token by token."""
        ...

    def encode_tokens(
        self, texts: Sequence[str], count: Count | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats, list[npt.NDArray[np.uint8]]]]:
        """`encode_many` with the codes of each text's tokens: (tokens, TOKEN_BITS / 8) uint8, the signs of their components."""
        ...


class OnnxEncoder:
    """The default model by onnxruntime: 0.3 s to the first vector, no torch.

    A batch holds only texts of one length in tokens, so nothing is padded: then a text's vector does not
    depend, to the last bit, on what it was encoded with, and an index refreshed piece by piece equals one
    built from scratch.
    """

    def __init__(self, folder: Path, spec: ModelSpec, *, threads: int = 0) -> None:
        """Load graph and tokenizer from `folder`, after their SHA-256 was found to be the recorded one.

        Raises:
            ModelUnavailable: a file is missing or damaged.
        """
        record = read_record(folder)
        if record is None:
            raise ModelUnavailable(
                PACKAGE, f"its exported form in {folder} is missing or incomplete", "Run `whichops index` to make it again."
            )
        for name in FILES:
            if sha256_of(folder / name) != record["files"][name]["sha256"]:  # 0.05 s for 90 MB
                raise ModelUnavailable(PACKAGE, f"{folder / name} is damaged", "Run `whichops index` to make it again.")
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a build runs several batches side by side instead: faster than threads inside one
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(record["max_tokens"]))
        self._spec = spec
        self._dimension = int(record["dimension"])
        self._threads = threads or cores()
        self.graph_sha256 = str(record["graph"])

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def tokenizer(self) -> Any:
        """What cuts texts into tokens (`tokenizers.Tokenizer`), set up as the model wants them."""
        return self._tokenizer

    def _run(self, ids: list[list[int]]) -> tuple[Floats, Floats]:
        """One batch of equal length: vectors, and the states of the tokens."""
        tokens = np.array(ids, dtype=np.int64)
        rows, states = self._session.run(
            None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        )
        return rows, states

    def encode(self, texts: Sequence[str]) -> Floats:
        out = np.empty((len(texts), self._dimension), dtype=np.float32)
        for places, ids in _batches([self._tokenizer.encode(_clean(text)).ids for text in texts]):
            out[places] = self._run(ids)[0]
        return out

    def read(self, text: str) -> ReadText:
        encoded = self._tokenizer.encode(_clean(text))
        rows, states = self._run([encoded.ids])
        tokens = states[0] / np.maximum(np.linalg.norm(states[0], axis=1, keepdims=True), 1e-12)
        return ReadText(text, rows[0], tokens, tuple(encoded.offsets[1:-1]))

    def has_word(self, word: str) -> bool:
        return self._tokenizer.token_to_id(word) is not None

    def encode_many(self, texts: Sequence[str], count: Count | None = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        for places, rows, _ in self.encode_tokens(texts, count):
            yield places, rows

    def encode_tokens(
        self, texts: Sequence[str], count: Count | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats, list[npt.NDArray[np.uint8]]]]:
        done = 0
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(self._threads)
        try:
            for start in range(0, len(texts), _BLOCK):
                encoded: list[Encoding] = self._tokenizer.encode_batch_fast([_clean(t) for t in texts[start : start + _BLOCK]])
                batches = list(_batches([e.ids for e in encoded]))
                for places, rows, codes in pool.map(self._batch, batches):
                    done += len(places)
                    if count is not None:
                        count(done, len(texts))
                    yield places + start, rows, codes
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # an interrupted build ends after the batches in hand

    def _batch(self, batch: tuple[list[int], list[list[int]]]) -> tuple[npt.NDArray[np.int64], Floats, list[npt.NDArray[np.uint8]]]:
        places, ids = batch
        rows, states = self._run(ids)
        return np.array(places, dtype=np.int64), rows, list(np.packbits(states >= 0, axis=2))


def _clean(text: str) -> str:
    """Lone surrogates cannot be passed to the tokenizer; everything else is left alone."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _batches(ids: list[list[int]]) -> Iterator[tuple[list[int], list[list[int]]]]:
    """Places and token ids of equal length, longest first, at most `TOKEN_BUDGET` tokens together."""
    order = sorted(range(len(ids)), key=lambda i: (-len(ids[i]), i))
    batch: list[int] = []
    for i in order:
        if batch and (len(ids[i]) != len(ids[batch[0]]) or (len(batch) + 1) * len(ids[i]) > TOKEN_BUDGET):
            yield batch, [ids[j] for j in batch]
            batch = []
        batch.append(i)
    if batch:
        yield batch, [ids[j] for j in batch]


class SentenceTransformerEncoder:
    """Any model by sentence-transformers, from files on this machine only. Imports torch."""

    def __init__(self, folder: Path, spec: ModelSpec, *, threads: int = 0) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: the folder holds no model that can be loaded.
        """
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import logging

        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._torch = torch
        self._threads = threads or cores()
        try:
            self._model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # its loaders raise whatever their parsers raise; the reason is in the text
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            advice = "Name a folder that holds a sentence-transformers model."
            raise ModelUnavailable(spec.name, f"{folder} cannot be loaded ({reason})", advice) from error
        self._spec = spec
        self._dimension = len(self._model.encode([""], show_progress_bar=False)[0])
        self._vocabulary = frozenset(self._model.tokenizer.get_vocab())

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    @property
    def dimension(self) -> int:
        return self._dimension

    def has_word(self, word: str) -> bool:
        return word in self._vocabulary

    def encode(self, texts: Sequence[str]) -> Floats:
        return self._rows(texts, 1)

    def _rows(self, texts: Sequence[str], threads: int) -> Floats:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        if self._torch.get_num_threads() != threads:
            self._torch.set_num_threads(threads)
        rows = self._model.encode(
            [_clean(t) for t in texts], batch_size=32, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.ascontiguousarray(rows, dtype=np.float32)

    def encode_many(self, texts: Sequence[str], count: Count | None = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        step = 512
        order = np.array(sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i)), dtype=np.int64)
        for start in range(0, len(texts), step):
            places = order[start : start + step]
            rows = self._rows([texts[i] for i in places], self._threads)
            if count is not None:
                count(start + len(places), len(texts))
            yield places, rows


def open_encoder(settings: IndexSettings, *, prepare: bool = True, notify: Callable[[str], None] | None = None) -> Encoder:
    """The encoder the settings name; with `prepare` the default's graph is made where it is missing or damaged.

    Raises:
        ModelUnavailable: the message says what to install or change.
    """
    spec = resolve(settings)
    if spec.kind == "sentence-transformers" and spec.folder is not None:
        return SentenceTransformerEncoder(spec.folder, spec, threads=settings.threads)
    folder = graph_folder(settings)
    if not prepare:
        return OnnxEncoder(folder, spec, threads=settings.threads)
    ensure_graph(folder, notify)
    try:
        return OnnxEncoder(folder, spec, threads=settings.threads)
    except ModelUnavailable:
        ensure_graph(folder, notify, anew=True)
        return OnnxEncoder(folder, spec, threads=settings.threads)


class LaterEncoder:
    """The encoder the settings name, loaded by a thread that starts at once: whoever needs it first waits for it.

    Loading is the longest part of a cold start and mostly outside Python's lock. Give the same one to
    `ensure_index` and `Retriever.open`, again and again: then it is loaded once.
    """

    def __init__(self, settings: IndexSettings, notify: Callable[[str], None] | None = None) -> None:
        """Start loading; `notify` is told, from the thread, if the model has to be prepared first.

        Raises:
            ModelUnavailable: the settings name a model that is not on this machine. Anything else is raised where the encoder is used.
        """
        self._settings = settings
        self._notify = notify
        self._spec = resolve(settings)
        self._loaded: Encoder | None = None
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._load, name="encoder")
        self._thread.start()

    def _load(self) -> None:
        try:
            self._loaded = open_encoder(self._settings, notify=self._notify)
        except Exception as error:  # noqa: BLE001 - raised where the encoder is used
            self._failed = error

    def loaded(self) -> Encoder:
        """The encoder itself.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        self._thread.join()
        if self._loaded is None:
            raise self._failed or RuntimeError("the encoder was not loaded")
        return self._loaded

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    @property
    def dimension(self) -> int:
        return self.loaded().dimension

    @property
    def graph_sha256(self) -> str | None:
        return getattr(self.loaded(), "graph_sha256", None)

    def has_word(self, word: str) -> bool:
        return self.loaded().has_word(word)

    def encode(self, texts: Sequence[str]) -> Floats:
        return self.loaded().encode(texts)

    def encode_many(self, texts: Sequence[str], count: Count | None = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        return self.loaded().encode_many(texts, count)

    def with_tokens(self) -> TokenEncoder | None:
        """The encoder itself if it tells tokens."""
        return with_tokens(self.loaded())


def with_tokens(encoder: Encoder) -> TokenEncoder | None:
    """The encoder if it tells tokens, else None."""
    if isinstance(encoder, LaterEncoder):
        return encoder.with_tokens()
    return encoder if isinstance(encoder, TokenEncoder) else None


def gather(pieces: Iterable[tuple[npt.NDArray[np.int64], Floats]], out: Floats) -> None:
    """Put the pieces of `encode_many` where they belong in `out`."""
    for places, rows in pieces:
        out[places] = rows
