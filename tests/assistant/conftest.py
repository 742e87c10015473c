"""What the tests of this room share: a folder about bicycles, an encoder that needs no model, assistants over both.

The encoder gives every stem its own direction and function words almost none, so that texts are near as far as they
share words; a few words are declared to mean the same. What needs more than that is marked `model`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import assistant.assistant as room
from assistant import Answer, Assistant, Conversation, Settings, certificate
from assistant.certificate import verify_answer
from assistant.finding import Finding
from assistant.frame import Frame, repaired, understand
from assistant.holding import Beside, beside, measured
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.settings import AssistantSettings, default_kb, load_settings
from assistant.wording import Wording
from corpus.folders import joined
from corpus.words import stem, words
from index.models import ModelSpec

Floats = npt.NDArray[np.float32]

DATA = Path(__file__).parent / "data"
DIMENSION = 512  # wide enough that different words are nearly at right angles
SAME = {"journey": "travelling", "quick": "speed", "trip": "travelling"}  # words that mean the same, whatever the folder


@cache
def _direction(stemmed: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(stemmed.encode("utf-8", "replace")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)


class StemEncoder:
    """Texts are near as far as they share stems; deterministic, and a stand-in for the sentence model."""

    spec = ModelSpec("stems", "onnx", "fake-stems-1", None)
    dimension = DIMENSION

    def _row(self, text: str) -> Floats:
        row = 0.05 * _direction("\0")
        for word in words(text):
            row = row + (0.05 if word in language().function_words else 1.0) * _direction(stem(SAME.get(word, word)))
        scaled: Floats = (row / np.linalg.norm(row)).astype(np.float32)
        return scaled

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._row(t) for t in texts]) if texts else np.empty((0, DIMENSION), dtype=np.float32)

    def encode_many(
        self, texts: Sequence[str], count: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        if count is not None:
            count(len(texts), len(texts))
        yield np.arange(len(texts)), self.encode(texts)

    def has_word(self, word: str) -> bool:
        return False  # leaves it to the word list which words are ordinary English


def _without_model(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(room, "LaterEncoder", lambda *args, **kwargs: StemEncoder())


@pytest.fixture(scope="session", autouse=True)
def wording_once() -> Iterator[None]:
    """The templates are compiled once for all checks of answers, not once a check."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate, "Wording", cache(Wording))
        yield


def settle(folder: Path) -> None:
    """Make the files old enough that their times are believed."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_000_000_000, 1_000_000_000))


def copied(source: Path, target: Path, change: Callable[[str], str] = str) -> Path:
    """A copy of a folder, with every file's text changed."""
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        (target / path.name).write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    settle(target)
    return target


@pytest.fixture(autouse=True)
def without_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assistants opened or refreshed in a test use the encoder above, unless the test is marked `model`."""
    if request.node.get_closest_marker("model") is None:
        _without_model(monkeypatch)


@pytest.fixture(scope="session")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder about bicycles; nobody writes to it."""
    return copied(DATA / "bicycles", tmp_path_factory.mktemp("bicycles") / "bicycles")


def settings_for(kb: Path, *, refresh_seconds: float = 3600.0, **more: Any) -> Settings:
    """Settings that look for changed files only when a test says so."""
    given = {"refresh_seconds": refresh_seconds, "keep_suggestions": False, **more}  # tests change the program in passing
    return load_settings({}, {}, kb=kb).model_copy(update={"assistant": AssistantSettings.model_validate(given)})


@pytest.fixture(scope="session")
def bike(bicycles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the folder about bicycles; it keeps nothing of what it is asked."""
    with pytest.MonkeyPatch.context() as patch:
        _without_model(patch)
        opened = Assistant.open(bicycles, index=tmp_path_factory.mktemp("index"), settings=settings_for(bicycles))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, dict[str, Assistant]]]:
    """An assistant over three folders as one, and by its name one over each alone."""
    folders = {name: copied(DATA / name, tmp_path_factory.mktemp("several") / name) for name in ("bicycles", "measures", "printshop")}
    with pytest.MonkeyPatch.context() as patch:
        _without_model(patch)
        opened = [
            Assistant.open(kb, index=tmp_path_factory.mktemp("index"), settings=settings_for(kb))
            for kb in (joined(list(folders.values())), *folders.values())
        ]
    yield opened[0], dict(zip(folders, opened[1:], strict=True))
    for one in opened:
        one.close()


def _over(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    kb = copied(DATA / name, tmp_path_factory.mktemp(name) / name)
    with pytest.MonkeyPatch.context() as patch:
        _without_model(patch)
        opened = Assistant.open(kb, index=tmp_path_factory.mktemp("index"), settings=settings_for(kb))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def measures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the folder of tables with numbers."""
    yield from _over("measures", tmp_path_factory)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the folder about printing: lists of names, flows, pairs, a table of yes and no."""
    yield from _over("printshop", tmp_path_factory)


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over another folder of tables with numbers, in other forms."""
    yield from _over("workbench", tmp_path_factory)


@pytest.fixture(scope="session")
def regatta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over tables whose rows are records: results of a race, who does what."""
    yield from _over("regatta", tmp_path_factory)


@pytest.fixture(scope="session")
def hut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over a mountain hut: rooms, options, limits and people, and a few sentences."""
    yield from _over("hut", tmp_path_factory)


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over a kitchen: two things side by side, and texts that name several things as one."""
    yield from _over("kitchen", tmp_path_factory)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the shipped folder, with the real encoder."""
    opened = Assistant.open(default_kb(), index=tmp_path_factory.mktemp("shipped"), settings=settings_for(default_kb()))
    yield opened
    opened.close()


Open = Callable[..., Assistant]


@pytest.fixture
def open_kb(tmp_path: Path) -> Iterator[Open]:
    """Open any folder of this test; closed at its end."""
    opened: list[Assistant] = []

    def run(kb: Path, **settings: Any) -> Assistant:
        opened.append(Assistant.open(kb, index=tmp_path / f"index-{len(opened)}", settings=settings_for(kb, **settings)))
        return opened[-1]

    yield run
    for one in opened:
        one.close()


@pytest.fixture
def sheet(open_kb: Open, tmp_path: Path) -> Callable[[str], Assistant]:
    """An assistant over a folder of one page."""

    def write(text: str) -> Assistant:
        kb = tmp_path / "kb"
        kb.mkdir()
        (kb / "page.md").write_text(text, encoding="utf-8")
        return open_kb(kb)

    return write


Ask = Callable[..., Answer]


def _proving(kb: Assistant) -> Ask:
    def run(question: str, *args: Any, **kwargs: Any) -> Answer:
        answer = kb.ask(question, *args, **kwargs)
        assert verify_answer(answer.as_json(), kb.kb).problems == ()
        return answer

    return run


@pytest.fixture
def ask(bike: Assistant) -> Ask:
    """Ask about bicycles; every answer given is also proved from the files."""
    return _proving(bike)


@pytest.fixture
def inquire(shop: Assistant) -> Ask:
    """Ask about printing; every answer given is also proved from the files."""
    return _proving(shop)


HANDBOOK = """# Handbook

## 1. Lamps

| Aspect | Desk lamp | Floor lamp |
|---|---|---|
| Shade | Linen | Paper |
| Shade colour | White | Amber |
| Example | The Kestrel on the reading desk | The Heron beside the sofa |
| Stand | Oak | Brass |

## 2. Bulbs

- Buy them warm.
- Change them cold.

## 3. Wiring

A Residual Current Device (RCD) guards every socket. The desk lamp is plugged in at night.

## 10. Repairs

The electrician comes on Fridays.
"""


@pytest.fixture
def handbook(tmp_path: Path, open_kb: Callable[..., Assistant]) -> Ask:
    """Ask about lamps; every answer given is also proved from the files."""
    (tmp_path / "lamps").mkdir()
    (tmp_path / "lamps" / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    return _proving(open_kb(tmp_path / "lamps"))


@pytest.fixture
def editable(bicycles: Path, tmp_path: Path) -> Path:
    """A copy of the folder about bicycles that a test may change."""
    return Path(shutil.copytree(bicycles, tmp_path / "bicycles"))


Talk = Callable[..., list[Answer]]


def said(kb: Assistant, lines: tuple[str, ...]) -> list[Answer]:
    """The answers to some lines of one conversation, each proved."""
    conversation = Conversation()
    answers = [kb.ask(line, conversation) for line in lines]
    assert all(verify_answer(a.as_json(), kb.kb).holds for a in answers)
    return answers


@pytest.fixture
def talk(bike: Assistant) -> Talk:
    """Say some lines in one conversation about bicycles; the answers, each proved."""
    return lambda *lines: said(bike, lines)


@pytest.fixture
def shop_talk(shop: Assistant) -> Talk:
    """The same about a print shop."""
    return lambda *lines: said(shop, lines)


def _read(kb: Assistant, question: str) -> tuple[Frame, Evidence]:
    state = kb._state
    text, repairs = repaired(question, state.namer)
    frame = understand(text, state.namer, state.namer.common, repairs=repairs)
    return frame, state.gatherer.gather(frame)


@pytest.fixture
def against(shop: Assistant) -> Callable[..., Beside]:
    """The strongest candidate for a question about printing held against it, as a finding of some shape, with some measures set."""

    def held(question: str, shape: str = "told", *, finding: Finding | None = None, **measures: Any) -> Beside:
        frame, evidence = _read(shop, question)
        found = finding or Finding(shape, {}, evidence.candidates[:1])
        return replace(beside(measured(frame, found, evidence, shop._state.gatherer.data.thresholds), found), **measures)

    return held
