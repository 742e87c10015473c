"""`whichops index`: build or refresh, say what is there, check that it is whole. What was asked for goes to standard output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ui.render import number_of, one_line

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index import IndexReport

OK, UNUSABLE = 0, 4
_NOUNS = {  # of the counts of an index
    "documents": ("file",), "sections": ("section",), "tables": ("table",), "facts": ("fact",), "chunks": ("chunk",),
    "entries": ("entry", "entries"), "skipped": ("left out or mended", "left out or mended"),
}  # fmt: skip
_NAMED = 10  # files that were left out, named after a build; a screen holds no more beside an answer


def counted(report: IndexReport) -> str:
    """What an index holds, in words."""
    counts = report.counts
    held = ((counts.documents, "file"), (counts.sections, "section"), (counts.tables, "table"), (counts.facts, "fact"))
    return ", ".join(number_of(number, one) for number, one in held) + (
        f" ({counts.skipped:,} left out or mended)" if counts.skipped else ""
    )


def build_line(report: IndexReport) -> str:
    """What a build did, in one line."""
    reused = f", {report.reused:,} kept from before" if report.reused else ""
    return f"Indexed {counted(report)} in {report.seconds:.1f} s ({number_of(report.encoded, 'text')} encoded{reused})."


def left_out(report: IndexReport, kb: Path) -> tuple[str, ...]:
    """Files that were left out or mended, each with the reason; of very many the first, and how many more."""
    if not report.counts.skipped:
        return ()
    from index import FactStore

    store = FactStore(report.directory / report.generation, kb)
    try:
        found = store.skipped()
        more = (f"and {len(found) - _NAMED:,} more files; `whichops index --status` names all",) if len(found) > _NAMED else ()
        return found[:_NAMED] + more
    finally:
        store.close()


def build(
    settings: Settings,
    *,
    rebuild: bool,
    progress: Callable[[str, int, int], None],
    done: Callable[[], object],
    warn: Callable[[str], object],
) -> int:
    """Bring the index up to date, or make it anew.

    Args:
        progress: told of every stage; `done` is called after the last.
        warn: told of every file that was left out or mended.
    Raises:
        KbError: it could not be built; what was there before is untouched.
    """
    from index import ensure_index

    try:
        report = ensure_index(
            settings.kb,
            directory=settings.index.directory,
            settings=settings.index,
            corpus_settings=settings.corpus,
            progress=progress,
            rebuild=rebuild,
        )
    finally:
        done()
    for warning in (*report.warnings, *left_out(report, settings.kb)):
        warn(warning)
    print(build_line(report) if report.built else f"The index is fresh: {counted(report)}.")
    print(f"It is in {report.directory} ({report.generation}).")
    return OK


def show_status(settings: Settings) -> int:
    """Print what is there and whether it is fresh; the exit code is 0 if it can be asked now or after a refresh, else 4."""
    from corpus.folders import parts_of
    from index import status

    found = status(settings.kb, directory=settings.index.directory, settings=settings.index, corpus_settings=settings.corpus)
    rows: list[tuple[str, str]] = [
        ("state", found.state + (f": {found.reason}" if found.reason else "")),
        *(("knowledge base", f"{part.root} (as {part.name}/)" if part.name else str(part.root)) for part in parts_of(found.kb)),
    ]
    rows.append(("index", str(found.directory)))
    if found.generation is not None:
        rows.append(("generation", found.generation + (f" (before it: {found.previous})" if found.previous else "")))
    if found.created:
        rows.append(("built", f"{found.created} by whichops {found.tool_version}"))
    if found.model:
        rows.append(("model", f"{found.model}, {found.dimension} dimensions"))
    if found.counts is not None:
        rows.append(("holds", ", ".join(number_of(n, *_NOUNS[name]) for name, n in found.counts.model_dump().items())))
    if found.bytes_on_disk:
        rows.append(("on disk", f"{found.bytes_on_disk / 1e6:.1f} MB"))
    rows += [("left out", what) for what in found.skipped]
    for name, paths in (("added", found.changes.added), ("removed", found.changes.removed), ("changed", found.changes.touched)):
        if paths:
            rows.append((name, ", ".join(paths[:5]) + (f" and {len(paths) - 5:,} more" if len(paths) > 5 else "")))
    for name, text in rows:
        print(f"{name.ljust(14)}  {one_line(text)}")
    return OK if found.state in ("fresh", "stale") else UNUSABLE


def show_verify(settings: Settings) -> int:
    """Print whether every file of the index is what was written; 4 if not.

    Raises:
        IndexMissing: there is none.
    """
    from index import default_directory, verify

    directory: Path = settings.index.directory or default_directory(settings.kb, settings.index)
    found = verify(directory, settings.index)
    if found.ok:
        agree = f"{number_of(found.files, 'file')} and {number_of(found.chunks, 'chunk')} agree"
        print(f"The index in {found.directory} is whole: {agree} ({found.generation}).")
        return OK
    for problem in found.problems:
        print(one_line(problem))
    print(f"The index in {found.directory} is damaged. Run `whichops index --rebuild`.")
    return UNUSABLE
