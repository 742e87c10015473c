"""How long the terminal takes, at a pseudo-terminal: `python tools/measure_terminal.py [RUNS]`.

A new process each time: until its prompt can be seen, until the first answer is on the screen, and the same questions once more in that
process. Processor seconds stand beside the time on the clock, which other work on the machine makes longer.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.ui.terminal.program import Program

QUESTIONS = ("MLOps vs AIOps", "tools of MLOps", "and for AIOps?", "what is DevOps", "which tools", "monitoring")


def main() -> None:
    """Print the median of every figure."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    figures = [one_run() for _ in range(runs)]
    print(f"{runs} runs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; medians")
    for name in figures[0]:
        print(f"{name:<44} {statistics.median(run[name] for run in figures):8.3f}")


def one_run() -> dict[str, float]:
    """Every figure of one new process."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        program = Program([sys.executable, "-m", "ui"], environ={"XDG_STATE_HOME": folder})
        try:
            return _figures(program, began)
        finally:
            program.close()


def _figures(program: Program, began: float) -> dict[str, float]:
    wait(program, lambda: program.screen.everything().endswith("\n>\n"))
    prompt, prompt_cpu = time.monotonic() - began, cpu(program)
    program.type("which do I need for model drift\r")
    wait(program, lambda: "Sources" in program.screen.everything())
    first, first_cpu = time.monotonic() - began, cpu(program)
    program.at_prompt()
    later = [[_asked(program, question) for question in QUESTIONS] for _ in range(2)]
    time.sleep(1)
    rollup = Path(f"/proc/{program.process.pid}/smaps_rollup").read_text(encoding="ascii")
    memory = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in rollup.splitlines() if line.endswith("kB")}
    return {
        "prompt, seconds": prompt,
        "prompt, processor seconds": prompt_cpu,
        "first answer, seconds": first,
        "first answer, processor seconds": first_cpu,
        "later answers, milliseconds": 1000 * statistics.median(t for t, _ in later[0]),
        "later answers, processor milliseconds": 1000 * statistics.median(c for _, c in later[0]),
        "asked before, milliseconds": 1000 * statistics.median(t for t, _ in later[1]),
        "asked before, processor milliseconds": 1000 * statistics.median(c for _, c in later[1]),
        "resident, MB": memory["Rss"],
        "of it private, MB": memory["Private_Clean"] + memory["Private_Dirty"],
    }


def _asked(program: Program, question: str) -> tuple[float, float]:
    """Seconds and processor seconds from Enter to the last line of the answer."""
    before = program.screen.everything().count("Ask next")
    program.type(question)
    program.until(question)
    began, used = time.monotonic(), cpu(program)
    program.type("\r")
    wait(program, lambda: program.screen.everything().count("Ask next") > before)
    took = time.monotonic() - began, cpu(program) - used
    program.at_prompt()
    return took


def wait(program: Program, shown: Callable[[], bool]) -> None:
    """Read the screen until something is shown."""
    while not shown():
        program._read(0.5)


def cpu(program: Program) -> float:
    """Processor seconds the program has used."""
    fields = Path(f"/proc/{program.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
