"""A build killed at any moment leaves the old generation or the new one, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.generations import CURRENT

# One process imports everything once and forks for each build and each look, so that a round costs milliseconds.
# Builds and looks happen only in the forked ones: the parent never starts a thread.
COMMON = """
import importlib.util, os, random, signal, sys, time, traceback
from pathlib import Path
import faiss, filelock, tantivy
import index.builder, index.health, index.retriever
kb, directory = Path(sys.argv[1]), Path(sys.argv[2])
spec = importlib.util.spec_from_file_location("shared", sys.argv[3])
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)

def forked(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(3)
    return child

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def build(**more):
    return index.builder.ensure_index(kb, directory=directory, encoder=shared.WordEncoder(), **more)

def look():
    retriever = index.retriever.Retriever.open(directory, encoder=shared.WordEncoder())
    assert retriever.facts.counts()["documents"] == 2
    assert retriever.search_words([("plum", 1.0)], 1)
    assert retriever.search_dense(retriever.encode(["plum"])[0], 1)
    assert index.health.verify(directory).problems == ()

assert ended(forked(build)) == 0
"""

AT_ANY_TIME = """
def forever():
    while True:
        build(rebuild=True)

chance = random.Random(40)
for _ in range(int(sys.argv[4])):
    child = forked(forever)
    time.sleep(chance.uniform(0.0, 0.12))
    os.kill(child, signal.SIGKILL)
    assert ended(child) == -signal.SIGKILL
    assert ended(forked(look)) == 0
"""

REFRESHED_AT_ANY_TIME = AT_ANY_TIME.replace(
    "        build(rebuild=True)",
    """        (kb / "tools.md").write_text(f"# Tools\\n\\n- Knife: cuts {time.time_ns()} fruits\\n", encoding="utf-8")
        assert build().built""",
)

BEFORE_EACH_STEP = """
def build_until(step):
    left = step
    def count(event, args):
        nonlocal left
        if event in EVENTS and str(directory) in str(args[0]):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    build(rebuild=True)

for step in range(500):
    status = ended(forked(lambda: build_until(step)))
    assert ended(forked(look)) == 0, step
    if status == 0:
        break
    assert status == -signal.SIGKILL, status
assert status == 0 and step > 20, (status, step)
"""

FAULT_AT_EACH_STEP = """
import errno
from corpus.errors import KbError

def build_with_fault(step, number):
    left = step
    def fail(event, args):
        nonlocal left
        if event in EVENTS and str(directory) in str(args[0]):
            left -= 1
            if left == -1:
                raise OSError(number, os.strerror(number))
    sys.addaudithook(fail)
    try:
        build(rebuild=True)
    except KbError as error:
        assert error.exit_code in (1, 4) and os.strerror(number) in str(error), error
        os._exit(5)
    os._exit(0 if left >= 0 else 6)  # 6: the fault was in a step that is allowed to fail

for step in range(500):
    status = ended(forked(lambda: build_with_fault(step, (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS)[step % 4])))
    assert status in (0, 5, 6), status
    assert ended(forked(look)) == 0, step
    if status == 0:
        break
assert status == 0 and step > 20, (status, step)
"""

EVENTS = 'EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "sqlite3.connect"}\n'


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked builds; this system cannot fork")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param(AT_ANY_TIME, id="killed at any time"),
        pytest.param(REFRESHED_AT_ANY_TIME, id="a refresh killed at any time"),
        pytest.param(BEFORE_EACH_STEP, id="killed at each step", marks=pytest.mark.slow),
        pytest.param(FAULT_AT_EACH_STEP, id="fault at each step", marks=pytest.mark.slow),
    ],
)
def test_a_build_that_ends_early_leaves_a_whole_index_and_the_next_one_cleans_up(kb: Path, directory: Path, how: str) -> None:
    code = COMMON + EVENTS + how + "\nassert ended(forked(lambda: build(rebuild=True))) == 0\nassert ended(forked(look)) == 0\n"
    conftest = str(Path(__file__).with_name("conftest.py"))

    done = subprocess.run(
        [sys.executable, "-c", code, str(kb), str(directory), conftest, "25"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    folders = sorted(p.name for p in directory.iterdir() if p.is_dir())
    assert len(folders) == 2
    assert (directory / CURRENT).read_text().startswith(folders[-1])
    assert not [p for p in directory.iterdir() if p.name.endswith((".partial", ".tmp"))]
