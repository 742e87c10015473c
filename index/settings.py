"""What can be set about the index: where it lives, which model encodes, how words are weighted."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

APP = "whichops"


class IndexSettings(BaseModel):
    """Settings of this room. Boosts and limits act on questions only; model and files decide what is built."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(default="", description="sentence-transformers folder or name; empty: the all-MiniLM-L6-v2 of the installed package")
    directory: Path | None = Field(default=None, description="where the index lives; empty: a cache folder named by the knowledge base")
    cache_directory: Path | None = Field(
        default=None, description="where the exported model and vectors kept of texts live; empty: the user's cache folder"
    )
    threads: int = Field(default=0, ge=0, le=256, description="threads that encode during a build; 0: one per core")
    boost_heading: float = Field(default=1.0, ge=0, le=100, description="weight of a word found in a heading")
    boost_labels: float = Field(default=1.5, ge=0, le=100, description="weight of a word found in a row, column or other label")
    boost_value: float = Field(default=1.0, ge=0, le=100, description="weight of a word found in the text itself")
    exact_limit: int = Field(
        default=20_000, ge=0, description="up to this many chunks vectors are compared one by one; above, by codes and rescoring"
    )
    # 0.98 of the ten nearest are found among 100,000 vectors made to be crowded, all but 1 in 1,000 of real ones; 200 found 0.93
    # in 0.8 ms less (docs/speed.md).
    rescore: int = Field(default=1000, ge=1, le=100_000, description="candidates that codes hand to exact comparison, at least")
    lock_timeout: float = Field(default=600.0, ge=0, description="seconds to wait for another build of the same index")


def cache_root(settings: IndexSettings | None = None) -> Path:
    """The folder that holds what can be made again: `cache_directory`, else the user's cache folder."""
    if settings is not None and settings.cache_directory is not None:
        return settings.cache_directory
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base and Path(base).is_absolute():  # the specification says that a relative path is to be ignored
        return Path(base) / APP
    if os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / APP
    return Path("~").expanduser() / ".cache" / APP
