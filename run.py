#!/usr/bin/env python3
"""Set up whichops and start it: the only file that needs nothing but Python and pip.

    python3 run.py              set up, then open the web chat (options after it go to `whichops ui`)
    python3 run.py test         set up with the test tools, then run the tests (options go to pytest)
    python3 run.py setup        set up and stop

Everything is installed into `.venv` beside this file. A finished set-up is stamped with what it was made from, so a later run
starts at once; one that was cut short has no stamp and is made again from nothing. Standard library only, and written so that
an old Python can still read it far enough to say that it is too old.
"""

from __future__ import annotations

import compileall
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple

if TYPE_CHECKING:
    from types import FrameType

OLDEST_PYTHON = (3, 11)
# The release this project was tested with; one release, so that a CPU build of it (2.13.0+cpu) wins wherever pip is offered one.
TORCH = "torch==2.13.*"
NEEDED_BYTES = 2_500_000_000  # the finished environment (1.8 GB with CPU torch) and the downloads beside it
STAMP = "whichops-setup.json"
LOG = "setup.log"
PROMPT = "whichops"  # written into pyvenv.cfg: tells an environment of ours from one somebody else made
HEARTBEAT_SECONDS = 15.0

USAGE = """\
usage: python3 run.py [options] [serve | test | setup] [arguments]

  (nothing), serve     set up and open the web chat; arguments go to `whichops ui` (try: python3 run.py serve --help)
  test                 set up with the test tools and run the tests; arguments go to pytest
  setup                set up and stop

options, before the arguments:
  --offline            install from pip's configured folders only (--no-index); nothing is asked of the network
  --torch-index URL    a package index to take torch from, such as PyTorch's own with the small CPU builds
                       (default: the environment variable WHICHOPS_TORCH_INDEX)
  --latest             newest releases the project allows, instead of the tested ones in constraints.txt
  --fresh              make the environment again from nothing
  -h, --help           this text
"""

Say = Callable[[str], None]
Command = List[str]


class SetupError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


class Result:
    """How a command ended: its exit status and everything it printed."""

    def __init__(self, status: int, output: str) -> None:
        self.status = status
        self.output = output


Runner = Callable[[Command, "Step"], Result]


class Options:
    """What the command line asks for."""

    def __init__(self) -> None:
        self.offline = False
        self.latest = False
        self.fresh = False
        self.torch_index: Optional[str] = os.environ.get("WHICHOPS_TORCH_INDEX") or None
        self.command = "serve"
        self.arguments: List[str] = []


def parse(argv: List[str]) -> Optional[Options]:
    """Read the command line; None means that help was asked for.

    Raises:
        SetupError: an unknown command, or an option without its value.
    """
    options, rest, named = Options(), list(argv), False
    while rest:
        word = rest[0]
        if word in ("-h", "--help") and not named:
            return None
        if word == "--offline":
            options.offline = True
        elif word == "--latest":
            options.latest = True
        elif word == "--fresh":
            options.fresh = True
        elif word == "--torch-index":
            if len(rest) < 2:
                raise SetupError("--torch-index needs the address of a package index.")
            options.torch_index = rest.pop(1)
        elif word.startswith("--torch-index="):
            options.torch_index = word.split("=", 1)[1]
        elif not named and word in ("serve", "test", "setup"):
            options.command, named = word, True
        elif not named and not word.startswith("-"):
            raise SetupError("Unknown command %r: use serve, test or setup (python3 run.py --help)." % word)
        else:
            break
        rest.pop(0)
    options.arguments = rest
    if options.command == "setup" and rest:
        raise SetupError("setup takes no arguments, not %r." % " ".join(rest))
    return options


class Step:
    """One line of progress with its elapsed seconds: rewritten in place on a terminal, a line now and then elsewhere."""

    def __init__(self, title: str, stream: Any = None) -> None:
        self.title = title
        self.stream = stream if stream is not None else sys.stderr
        self.live = self.stream.isatty()
        self.started = self.shown = time.monotonic()
        self.note("")

    def note(self, detail: str) -> None:
        """Show what is happening now."""
        now = time.monotonic()
        if self.live:
            line = "%s  %.0f s  %s" % (self.title, now - self.started, detail)
            width = shutil.get_terminal_size().columns - 1
            self.stream.write("\r\033[K" + line[:width])
        elif now == self.started or now - self.shown >= HEARTBEAT_SECONDS or not detail:
            self.shown = now
            if detail:
                self.stream.write("    %.0f s  %s\n" % (now - self.started, detail))
            else:
                self.stream.write("%s ...\n" % self.title)
        self.stream.flush()

    def done(self, result: str = "done") -> None:
        """Close the step."""
        if self.live:
            self.stream.write("\r\033[K")
        self.stream.write("%s  %s in %.0f s\n" % (self.title, result, time.monotonic() - self.started))
        self.stream.flush()


def run_command(command: Command, step: Step) -> Result:
    """Run one command, show its latest line as progress, and keep all it printed."""
    lines: List[str] = []
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=clean_environment(),
        close_fds=False,  # the lock goes with it: should this process be killed, the next run waits until pip has ended
    )
    try:
        for line in process.stdout or ():
            lines.append(line)
            words = re.sub(r"\s+", " ", line).strip()
            if words.startswith(("Collecting", "Downloading", "Using cached", "Processing", "Building", "Installing", "Obtaining")):
                step.note(words[:100])
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    return Result(status, "".join(lines))


def clean_environment() -> Dict[str, str]:
    """The environment for pip, without what would send packages elsewhere than into `.venv`."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


@contextlib.contextmanager
def only_one(path: Path, say: Say) -> Iterator[None]:
    """Hold a lock file that the system frees when this process and those it started have ended, however they end."""
    try:
        handle = path.open("a+b")
    except OSError as error:
        raise SetupError(
            "%s cannot be written (%s). Make its folder writable, or copy the project elsewhere." % (path, error.strerror)
        ) from error
    with handle:
        if not try_lock(handle):
            say("Another run.py is setting up here; waiting for it.")
            while not try_lock(handle):
                time.sleep(0.2)
        os.set_inheritable(handle.fileno(), True)
        yield  # closing the file frees the lock


def try_lock(handle: Any) -> bool:
    """Take the lock if it is free."""
    try:
        if os.name == "nt":
            import msvcrt

            getattr(msvcrt, "locking")(handle.fileno(), getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009  (absent elsewhere)
        else:
            import fcntl

            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def compile_rooms(root: Path) -> None:
    """Keep the program's own modules compiled: pip does it for packages, not for what is installed in place.

    Without, a Python that may not write its cache (`PYTHONDONTWRITEBYTECODE`, a folder of somebody else) compiles them at every
    start, a quarter of a second. What cannot be written is left as it is.
    """
    for room in sorted(root.glob("*/__init__.py")):
        compileall.compile_dir(str(room.parent), quiet=2)


class Environment:
    """`.venv` beside this file: made, checked, brought up to date, or made again.

    Args:
        root: the project's folder.
        runner: runs a command and returns its status and output (tests pass a stub).
        say: prints one line for the user.
    """

    def __init__(self, root: Path, runner: Runner = run_command, say: Optional[Say] = None, stream: Any = None) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.runner = runner
        self.stream = stream if stream is not None else sys.stderr
        self.say: Say = say if say is not None else self._print

    def _print(self, line: str) -> None:
        self.stream.write(line + "\n")
        self.stream.flush()

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def script(self) -> Path:
        """The installed `whichops` command."""
        return self.folder / ("Scripts/whichops.exe" if os.name == "nt" else "bin/whichops")

    def key(self, options: Options) -> str:
        """Changes when the environment has to be brought up to date: dependencies, Python, or the place it stands."""
        digest = hashlib.sha256()
        for part in (self._read("pyproject.toml"), b"" if options.latest else self._read("constraints.txt")):
            digest.update(hashlib.sha256(part).digest())
        digest.update(("%d.%d %s" % (sys.version_info[0], sys.version_info[1], self.root)).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def _read(self, name: str) -> bytes:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return b""

    def stamp(self) -> Dict[str, Any]:
        """What the last set-up left: `{}` if there is none or it cannot be read."""
        try:
            data = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def write_stamp(self, data: Dict[str, Any]) -> None:
        """Replace the stamp in one step."""
        fresh = self.folder / (STAMP + ".new")
        fresh.write_text(json.dumps(data, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(fresh, self.folder / STAMP)  # noqa: PTH105

    def is_ready(self, options: Options) -> bool:
        """Whether work can start at once: finished, from the same files, with the extras asked for, and its Python runs."""
        stamp = self.stamp()
        return (
            not options.fresh
            and stamp.get("finished") is True
            and stamp.get("key") == self.key(options)
            and set(extras(options)) <= set(stamp.get("extras", ()))
            and self.python_runs()
        )

    def python_runs(self) -> bool:
        """Whether the environment's Python still starts (it breaks when the system's Python is removed)."""
        try:
            return (
                subprocess.run([str(self.python), "-I", "-c", ""], stdin=subprocess.DEVNULL, capture_output=True, timeout=60).returncode
                == 0
            )
        except (OSError, subprocess.SubprocessError):
            return False

    def prepare(self, options: Options) -> bool:
        """Make the environment ready; return whether anything had to be installed.

        Raises:
            SetupError: it could not be done; what was half-made is gone again, or what worked before still works.
        """
        if self.is_ready(options):
            return False
        with only_one(self.root / ".venv.lock", self.say):
            if self.is_ready(options):  # another run has done it meanwhile
                return False
            self._prepare(options)
            return True

    def _prepare(self, options: Options) -> None:
        before = self.stamp()
        in_place = before.get("finished") is True and not options.fresh and before.get("root") == str(self.root) and self.python_runs()
        if before.get("finished") is True and not in_place and not options.fresh:
            self.say("The environment in .venv was made elsewhere or its Python is gone; making it again.")
        elif not before and self.is_foreign():
            self._set_aside()
        elif before.get("finished") is not True and self.folder.exists():
            self.say("The last set-up did not finish; repairing it: .venv is made again.")
        wanted = sorted(set(extras(options)) | (set(before.get("extras", ())) if in_place else set()))
        if in_place:
            self.say("The project's requirements have changed; bringing .venv up to date.")
            self._update(options, wanted, before)
            return
        check_can_make_environments()
        self._remove()
        check_room(self.root)
        try:
            self._create(options, wanted)
        except BaseException:
            self._remove()
            raise

    def is_foreign(self) -> bool:
        """Whether `.venv` is an environment that run.py did not make."""
        try:
            config = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return re.search(r"^prompt = '?%s'?\s*$" % PROMPT, config, re.MULTILINE) is None

    def _set_aside(self) -> None:
        """Keep an environment that somebody else made: it is not ours to delete."""
        aside = next(path for n in range(1, 1000) for path in [self.root / (".venv.old%d" % n)] if not path.exists())
        self.folder.rename(aside)
        self.say("The .venv here was not made by run.py; it is kept as %s and a new one is made." % aside.name)

    def _remove(self) -> None:
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.folder.exists():
                raise SetupError("%s cannot be removed. Delete it by hand, then run this again." % self.folder)

    def _create(self, options: Options, wanted: List[str]) -> None:
        try:
            self.folder.mkdir()
            self.write_stamp({"finished": False})  # from here on an interrupted set-up is known as ours
        except OSError as error:
            raise SetupError("%s cannot be made (%s)." % (self.folder, error.strerror)) from error
        step = Step("[1/3] Python environment in .venv", self.stream)
        base = getattr(sys, "_base_executable", None) or sys.executable  # not the Python of the environment being replaced
        result = self.runner([base, "-m", "venv", "--prompt", PROMPT, str(self.folder)], step)
        if result.status != 0:
            raise self._failed(result, "Python could not make an environment in .venv")
        step.done()
        self._install(options, wanted)

    def _update(self, options: Options, wanted: List[str], before: Dict[str, Any]) -> None:
        self.write_stamp({"finished": False, "extras": before.get("extras", [])})
        try:
            self._install(options, wanted)
        except UntouchedError as error:
            self.write_stamp(before)  # pip gave up before it changed anything
            raise SetupError("%s The environment is as it was." % error) from error

    def _install(self, options: Options, wanted: List[str]) -> None:
        self._install_torch(options)
        step = Step("[3/3] Packages", self.stream)
        project = str(self.root) + ("[%s]" % ",".join(wanted) if wanted else "")
        command = self.pip("install", "--editable", project)
        if options.offline:
            command.append("--no-index")
        if not options.latest and (self.root / "constraints.txt").exists():
            command += ["--constraint", str(self.root / "constraints.txt")]
        result = self.runner(command, step)
        if result.status != 0:
            raise self._failed(result, "The packages could not be installed")
        compile_rooms(self.root)
        step.done()
        self.write_stamp({"finished": True, "key": self.key(options), "extras": wanted, "root": str(self.root)})

    def _install_torch(self, options: Options) -> None:
        """Take torch first and alone, so that a CPU build wins where one is to be had.

        torch is needed to read the model once, never to answer. The ordinary Linux build carries CUDA: gigabytes more.
        """
        step = Step("[2/3] torch", self.stream)
        if options.torch_index and not options.offline:
            # Alone and briefly: an index that cannot be reached would otherwise be tried again for every package.
            command = self.pip("install", "--no-deps", "--retries", "1", "--timeout", "10", "--index-url", options.torch_index, TORCH)
            result = self.runner(command, step)
            if result.status == 0:
                step.done()
                return
            self.say("    Nothing usable at --torch-index %s; going on with pip's own configuration." % options.torch_index)
        offline = ["--no-index"] if options.offline else []
        report = self.folder / "torch-report.json"
        result = self.runner(
            self.pip("install", "--dry-run", "--no-deps", "--ignore-installed", "--report", str(report), *offline, TORCH), step
        )
        if result.status != 0:
            raise self._failed(result, "pip found no %s for this Python" % TORCH.split("=", 1)[0])
        version, brings_cuda = read_report(report)
        if brings_cuda:
            self.say(
                "    pip offers torch %s with CUDA only (about 3 GB more); to have the small CPU build, "
                "stop here and name an index that holds it: --torch-index URL (see README)." % version
            )
            step.done("left to the next step")
            return
        result = self.runner(self.pip("install", "--no-deps", *offline, "torch==" + version), step)
        if result.status != 0:
            raise self._failed(result, "torch could not be installed")
        step.done("%s installed" % version)

    def pip(self, *arguments: str) -> Command:
        """A pip command of the environment that asks nothing and draws nothing."""
        head, tail = arguments[0], list(arguments[1:])
        return [str(self.python), "-m", "pip", head, "--no-input", "--disable-pip-version-check", "--progress-bar", "off", *tail]

    def _failed(self, result: Result, what: str) -> SetupError:
        """One message for a failed step, from what the command printed; the whole of it goes to a log file."""
        with contextlib.suppress(OSError):
            (self.root / LOG).write_text(result.output, encoding="utf-8")
        message = "%s: %s (all of pip's words: %s)" % (what, explain(result.output, self.root), LOG)
        return SetupError(message) if "Installing collected packages" in result.output else UntouchedError(message)


class UntouchedError(SetupError):
    """A step failed before it changed the environment."""


def extras(options: Options) -> List[str]:
    """The optional groups of pyproject.toml that a command needs."""
    return ["test"] if options.command == "test" else []


def read_report(path: Path) -> Tuple[str, bool]:
    """The version of torch pip would take, and whether it brings CUDA libraries on this system."""
    item = json.loads(path.read_text(encoding="utf-8"))["install"][0]["metadata"]
    version = str(item["version"])
    cuda = any(re.match(r"(nvidia|cuda|triton)\b", name, re.IGNORECASE) for name in item.get("requires_dist") or ())
    return version, cuda and sys.platform == "linux" and "+cpu" not in version


def check_python(version: Tuple[int, ...] = tuple(sys.version_info[:3])) -> None:
    """Refuse a Python that is too old."""
    if version[:2] < OLDEST_PYTHON:
        raise SetupError(
            "whichops needs Python %d.%d or newer; this is %s (%s). Start it with a newer one, for example: python3.12 run.py"
            % (OLDEST_PYTHON[0], OLDEST_PYTHON[1], ".".join(str(n) for n in version), sys.executable)
        )


def check_can_make_environments() -> None:
    """Refuse a Python without `venv` or `ensurepip`: some systems package them apart."""
    import importlib.util

    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(
            "This Python has no %s module, so it cannot make an environment. On Debian or Ubuntu: sudo apt install python%d.%d-venv; "
            "then run this again." % (" or ".join(missing), sys.version_info[0], sys.version_info[1])
        )


def check_room(folder: Path) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(str(folder)).free
    if free < NEEDED_BYTES:
        raise SetupError(
            "%s has %.1f GB free; set-up needs about %.1f GB. Make room, then run this again." % (folder, free / 1e9, NEEDED_BYTES / 1e9)
        )


def explain(output: str, folder: Path) -> str:
    """Why pip failed, in words, with what to do."""
    if re.search(r"No space left on device|Errno 28|not enough (disk )?space", output, re.IGNORECASE):
        return "the disk is full; make room in %s (about %.1f GB), then run this again." % (folder, NEEDED_BYTES / 1e9)
    unreachable = (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded|Name or service not known|"
        r"Temporary failure in name resolution|Network is unreachable|Connection refused|Connection broken|getaddrinfo failed"
    )
    if re.search(unreachable, output):
        return (
            "the package index cannot be reached; check the network or the proxy (or install from folders: --offline), then run this again."
        )
    if "ensurepip" in output:
        return "this Python has no ensurepip; on Debian or Ubuntu: sudo apt install python%d.%d-venv" % sys.version_info[:2]
    errors = [line.strip() for line in output.splitlines() if line.strip().lower().startswith(("error", "oserror"))]
    lines = errors or [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no message."


def build_index(environment: Environment) -> None:
    """Index the shipped knowledge base, so that the page opens at once. A failure here is not one of set-up: asking says it again."""
    step = Step("Index of the shipped knowledge base", environment.stream)
    result = environment.runner([str(environment.script), "index"], step)
    if result.status == 0:
        step.done()
    else:
        lines = [line for line in result.output.splitlines() if line.strip()]
        step.done("not built (%s)" % (lines[-1] if lines else "no message"))


def start(command: Command, root: Path) -> int:
    """Hand over to the real work and return its exit status."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(root)
        os.execv(command[0], command)  # noqa: S606  (signals, terminal and exit status are then the program's own)
    return subprocess.run(command, cwd=str(root)).returncode


def main(argv: Optional[List[str]] = None) -> int:
    """Set up if need be, then start what was asked for; the exit status is its own, 1 if set-up failed, 2 for a wrong command line."""
    root = Path(__file__).resolve().parent
    try:
        check_python()
    except SetupError as error:
        print("run.py: %s" % error, file=sys.stderr)
        return 1
    try:
        options = parse(sys.argv[1:] if argv is None else argv)
    except SetupError as error:
        print("run.py: %s" % error, file=sys.stderr)
        return 2
    if options is None:
        print(USAGE, end="")
        return 0
    environment = Environment(root)
    began = time.monotonic()
    try:
        signal.signal(signal.SIGTERM, stop)
        installed = environment.prepare(options)
        if installed:
            if options.command != "test":
                build_index(environment)
            environment.say("Set up in %.0f s. From now on also: %s --help" % (time.monotonic() - began, show(environment.script)))
    except SetupError as error:
        print("run.py: %s" % error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: interrupted; nothing half-made is left, run it again to set up.", file=sys.stderr)
        return 130
    except OSError as error:
        print("run.py: set-up failed: %s" % error, file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if options.command == "setup":
        if not installed:
            environment.say("Everything is set up.")
        return 0
    if options.command == "test":
        return start([str(environment.python), "-m", "pytest", *options.arguments], root)
    return start([str(environment.script), "ui", *options.arguments], root)


def stop(_number: int, _frame: Optional[FrameType]) -> None:
    """Treat a request to end like Ctrl-C, so that what is half-made is removed."""
    raise KeyboardInterrupt


def show(path: Path) -> str:
    """A path as short as it can be typed from here."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


if __name__ == "__main__":
    sys.exit(main())
