"""The same cases asked by several processes at once, each with the index open for itself.

Cases have nothing in common (each has a conversation of its own), so how they are shared out changes no result: what comes back is in
the order the cases were given.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from corpus.collecting import collect_seldom
from corpus.errors import KbError
from evals.models import Case, CaseResult
from evals.runner import Progress, Runner

if TYPE_CHECKING:
    from assistant import Settings

Asked = tuple[CaseResult, list[float]]
"""A result, and the milliseconds each of its questions took."""

WORTH_IT = 60
"""Cases below which starting more processes takes longer than they save."""

_CHUNK = 8  # cases handed over at once: few enough that no process waits long for the last one
_runner: Runner | None = None  # of this process; set once, when the process starts


class WorkerDied(KbError):
    """A process that was asking ended without a word."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("One of the processes that ask the cases ended (out of memory, or killed). Try again with --jobs 1.")


def cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def open_runner(settings: Settings) -> Runner:
    """What asks and judges, over the folder and index of the settings.

    Raises:
        KbError: there is no usable knowledge base or index.
    """
    from assistant import Assistant, Conversation
    from evals.suite import verifier

    assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings)
    return Runner(assistant, new_conversation=Conversation, verify=verifier(settings.kb))


def live_with_the_parent() -> None:
    """End when the process that started this one ends, however it ends, and leave Ctrl-C, which reaches both, to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # nothing here has anything to save


def _start(settings: Settings) -> None:
    global _runner  # noqa: PLW0603 - what a process of the pool holds from one chunk to the next has no other place
    live_with_the_parent()
    collect_seldom()
    _runner = open_runner(settings)


def _ask(cases: Sequence[Case]) -> list[Asked]:
    assert _runner is not None  # noqa: S101 - `_start` ran before
    return [_runner.run_case(case) for case in cases]


def ask_all(cases: Sequence[Case], settings: Settings, *, jobs: int, progress: Progress | None = None) -> list[Asked]:
    """Every case asked, in the order given.

    Args:
        jobs: how many processes. The index has to be there and fresh: each would build it.
        progress: called as cases are done, which need not be in order.
    Raises:
        WorkerDied: a process ended.
        KbError: a process could not open the index.
    """
    chunks = [cases[start : start + _CHUNK] for start in range(0, len(cases), _CHUNK)]
    done: dict[int, list[Asked]] = {}
    count = 0
    with processes(jobs, _start, settings) as pool:
        pending: dict[Future[list[Asked]], int] = {pool.submit(_ask, chunk): number for number, chunk in enumerate(chunks)}
        for future in as_completed(pending):
            done[pending[future]] = future.result()
            for result, _ in done[pending[future]]:
                count += 1
                if progress is not None:
                    progress(count, len(cases), result)
    return list(_in_order(done))


@contextmanager
def processes(jobs: int, start: Callable[[Settings], None], settings: Settings) -> Iterator[ProcessPoolExecutor]:
    """Processes that have run `start`; whatever ends the block early ends them at once, in the middle of what they are asking.

    Raises:
        WorkerDied: one of them ended.
    """
    before = set(active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=start, initargs=(settings,))
    try:
        yield pool
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - before:
            child.terminate()
        if isinstance(error, BrokenProcessPool):
            raise WorkerDied from error
        raise
    pool.shutdown()


def _in_order(done: dict[int, list[Asked]]) -> Iterator[Asked]:
    for number in sorted(done):
        yield from done[number]
