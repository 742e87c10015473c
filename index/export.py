"""Turn the default model's weights, once, into a graph that answers without torch.

The work is done by this file run as a program of its own, so that the process that asks for it never
imports torch. Recipe: mean pooling and scaling to length 1 inside the graph, exported from the eager
implementation (the fuser knows its shape), attention and layer norms fused, fp32 throughout: the
vectors are those of sentence-transformers to 1e-5.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import ModelUnavailable
from index.models import PACKAGE, RECIPE, WEIGHTS_SHA256, checked_weights, package_folder, sha256_of

GRAPH = "model.onnx"
WEIGHTS = "weights.bin"  # beside the graph, so that they are mapped and shared between processes, not copied: 0.1 s and 70 MB less
TOKENIZER = "tokenizer.json"
FILES = (GRAPH, WEIGHTS, TOKENIZER)
RECORD = "record.json"
TIMEOUT = 600.0  # seconds; 15 are usual on two cores
TOKEN_BITS = 128  # components of a token's state that are kept; their signs find the same facts as all 384
_OPSET = 17  # the newest the fuser is known to understand


def read_record(folder: Path) -> dict[str, Any] | None:
    """What an earlier export wrote about itself, if its files have the sizes recorded; None otherwise."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if record["recipe"] != RECIPE or record["weights"] != WEIGHTS_SHA256:
            return None
        for name in FILES:
            if (folder / name).stat().st_size != record["files"][name]["size"]:
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if isinstance(record, dict) else None


def ensure_graph(folder: Path, notify: Callable[[str], None] | None = None, *, anew: bool = False) -> Path:
    """The folder with graph, tokenizer and record, made if it is not there or `anew` asks for it.

    Two processes may do this at the same time: each works in a folder of its own, the last rename wins,
    and both results are the same.

    Raises:
        ModelUnavailable: the weights are not the expected ones, or the export failed.
    """
    import tempfile

    if not anew and read_record(folder) is not None:
        return folder
    source = package_folder()
    checked_weights(source)
    if notify is not None:
        notify("preparing the model (once)")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    except OSError as error:
        raise ModelUnavailable(
            PACKAGE,
            f"its exported form cannot be written to {folder.parent} ({error.strerror})",
            "Make that folder writable, or set XDG_CACHE_HOME to one that is.",
        ) from error
    try:
        _run(source, work)
        _write_record(source, work)
        _put_in_place(work, folder)
    except OSError as error:
        raise ModelUnavailable(
            PACKAGE, f"its exported form cannot be written to {folder} ({error.strerror})", "Free some space there, or set XDG_CACHE_HOME."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _run(source: Path, work: Path) -> None:
    """Export in a process of its own; what it prints is kept for the error message."""
    import subprocess

    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    command = [sys.executable, "-m", "index.export", str(source), str(work)]
    advice = "Reinstall this program's packages (torch, transformers, onnx, onnxruntime) and try again."
    try:
        done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelUnavailable(PACKAGE, f"its export took longer than {TIMEOUT:g} s", "Try again when the machine is less busy.") from error
    if done.returncode != 0:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), f"exit status {done.returncode}")
        raise ModelUnavailable(PACKAGE, f"its export failed: {last.strip()[:300]}", advice)


def _write_record(source: Path, work: Path) -> None:
    shutil.copyfile(source / TOKENIZER, work / TOKENIZER)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    limits = json.loads((source / "sentence_bert_config.json").read_text(encoding="utf-8"))
    files = {name: {"size": (work / name).stat().st_size, "sha256": sha256_of(work / name)} for name in FILES}
    record = {
        "recipe": RECIPE,
        "weights": WEIGHTS_SHA256,
        "dimension": config["hidden_size"],
        "max_tokens": limits["max_seq_length"],
        "graph": hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest(),  # one name for the whole
        "files": files,
    }
    (work / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _put_in_place(work: Path, folder: Path) -> None:
    import tempfile

    for path in work.iterdir():
        if path.name not in (*FILES, RECORD):
            path.unlink()
    for name in (*FILES, RECORD):
        with (work / name).open("rb+") as file:
            os.fsync(file.fileno())
    work.chmod(0o755)
    try:
        work.rename(folder)
    except OSError:
        if read_record(folder) is not None and _same(work, folder):  # another process was quicker
            return
        aside = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        folder.rename(aside / "model")  # damaged or of another recipe
        work.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)


def _same(work: Path, folder: Path) -> bool:
    return all(sha256_of(work / name) == sha256_of(folder / name) for name in FILES)


def _export(source: Path, work: Path) -> None:
    """Runs in the process of its own: weights in `source` to the fused graph in `work`."""
    import onnx
    import torch
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model
    from transformers import AutoModel

    class Sentence(torch.nn.Module):
        """The model with mean pooling and scaling to length 1, and the first components of each token's state."""

        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            states = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
            kept = attention_mask.unsqueeze(1).to(states.dtype)
            # A product, not a sum over an axis: its last bit does not depend on how many texts are in the batch.
            # Scaling to length 1 makes the division by the number of tokens needless.
            total = torch.matmul(kept, states).squeeze(1)
            tokens = states[:, 1:-1, :TOKEN_BITS]  # without the marks that open and close a text
            return total / total.norm(dim=1, keepdim=True).clamp(min=1e-12), tokens

    torch.manual_seed(0)
    model = AutoModel.from_pretrained(str(source), attn_implementation="eager", local_files_only=True).eval()
    example = torch.ones(2, 8, dtype=torch.long)
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    axes: dict[str, dict[int, str]] = {name: {0: "texts", 1: "tokens"} for name in inputs}
    axes |= {"embedding": {0: "texts"}, "tokens": {0: "texts", 1: "inner"}}
    raw = work / "raw.onnx"
    with torch.no_grad():
        torch.onnx.export(
            Sentence(model),
            (example, example, torch.zeros_like(example)),
            str(raw),
            input_names=inputs,
            output_names=["embedding", "tokens"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,  # the fuser cannot read what the newer exporter writes
        )
    fused = optimize_model(
        str(raw),
        model_type="bert",
        num_heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        opt_level=0,
        optimization_options=FusionOptions("bert"),
    )
    found = fused.get_fused_operator_statistics()
    if found.get("Attention", 0) != model.config.num_hidden_layers:
        raise RuntimeError(f"attention was fused in {found.get('Attention', 0)} of {model.config.num_hidden_layers} layers")
    onnx.save_model(
        fused.model, str(work / GRAPH), save_as_external_data=True, all_tensors_to_one_file=True, location=WEIGHTS, size_threshold=1024
    )


if __name__ == "__main__":
    _export(Path(sys.argv[1]), Path(sys.argv[2]))
