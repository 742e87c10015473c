"""Where a file of a git checkout can be read and edited on the web.

Only files under `.git` are read, no program is run. A remote of a kind whose addresses are not known gives no link rather than
one that leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from corpus.errors import KbError
from corpus.folders import place_of

MAX_CONFIG = 1_000_000  # bytes of a `.git/config` that are read

_SECTION = re.compile(r'^\s*\[\s*remote\s+"(?P<name>[^"]+)"\s*\]')
_URL = re.compile(r"^\s*url\s*=\s*(?P<url>\S+)\s*$")
_SCP = re.compile(r"^(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+):(?!//)(?P<path>[^\s]+)$")

# {web}, {branch}, {path}, {first} and {last} are filled in; by a word that the host's name holds.
_EDIT: Mapping[str, str] = {
    "github": "{web}/edit/{branch}/{path}#L{first}",
    "gitlab": "{web}/-/edit/{branch}/{path}#L{first}",
    "bitbucket": "{web}/src/{branch}/{path}?mode=edit#lines-{first}",
    "codeberg": "{web}/_edit/{branch}/{path}#L{first}",
    "gitea": "{web}/_edit/{branch}/{path}#L{first}",
    "forgejo": "{web}/_edit/{branch}/{path}#L{first}",
}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A git checkout with a remote on the web."""

    web: str  # https://host/owner/name
    branch: str
    inside: str  # path of the knowledge base inside the checkout, "" for its top

    def edit_link(self, document: str) -> str:
        """The address that edits a document; `{first}` in it stands for the line."""
        host = urlsplit(self.web).hostname or ""
        pattern = next(p for word, p in _EDIT.items() if word in host)
        path = quote(f"{self.inside}/{document}" if self.inside else document)
        return pattern.replace("{web}", self.web).replace("{branch}", quote(self.branch)).replace("{path}", path)


def web_address(remote: str) -> str | None:
    """A remote as a web address without user, password or `.git`; None if no pages of it are known."""
    if "://" not in remote:
        found = _SCP.match(remote)
        if found is None:
            return None
        host, path = found["host"], found["path"]
    else:
        try:
            parts = urlsplit(remote)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return None
        if parts.scheme not in ("https", "http", "ssh", "git"):
            return None
    host = host.lower()
    path = path.strip("/").removesuffix(".git")
    if not any(word in host for word in _EDIT) or not re.fullmatch(r"[\w.~+-]+(?:/[\w.~+-]+)+", path):
        return None
    return f"https://{host}/{path}"


def find_checkout(folder: Path) -> Checkout | None:
    """The checkout a folder lies in, if it has a remote with known pages; never raises."""
    try:
        return _find(folder.resolve())
    except (OSError, UnicodeDecodeError, RuntimeError):
        return None


class EditLinks:
    """Where the documents of a knowledge base can be edited on the web, each folder of it looked at once."""

    def __init__(self, kb: Path | None) -> None:
        self._kb = kb
        self._checkouts: dict[Path, Checkout | None] = {}

    def of(self, document: str) -> str:
        """The address that edits a document, `{first}` standing for the line; "" if none is known. Never raises."""
        if self._kb is None:
            return ""
        try:
            root, inside = place_of(self._kb, document)
        except (KbError, ValueError):
            return ""
        if root not in self._checkouts:
            self._checkouts[root] = find_checkout(root)
        checkout = self._checkouts[root]
        return checkout.edit_link(inside) if checkout is not None else ""


def _find(folder: Path) -> Checkout | None:
    for top in (folder, *folder.parents):
        git = top / ".git"
        if not git.exists():
            continue
        own = git
        if git.is_file():  # a worktree or a submodule
            said = git.read_text("utf-8")[:4096].strip()
            if not said.startswith("gitdir: "):
                return None
            own = (top / said.removeprefix("gitdir: ")).resolve()
        common = own / "commondir"
        shared = (own / common.read_text("utf-8").strip()).resolve() if common.is_file() else own
        remote = _remote((shared / "config").read_text("utf-8")[:MAX_CONFIG])
        head = (own / "HEAD").read_text("utf-8").strip()
        web = web_address(remote) if remote else None
        if web is None:
            return None
        branch = head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else head
        inside = folder.relative_to(top).as_posix()
        return Checkout(web=web, branch=branch, inside="" if inside == "." else inside)
    return None


def _remote(config: str) -> str | None:
    """The address of `origin`, else of the first remote."""
    remotes: dict[str, str] = {}
    name = None
    for line in config.splitlines():
        if line.lstrip().startswith("["):
            section = _SECTION.match(line)
            name = section["name"] if section else None
        elif name is not None and (url := _URL.match(line)):
            remotes.setdefault(name, url["url"])
    return remotes.get("origin") or next(iter(remotes.values()), None)
