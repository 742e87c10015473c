"""The assistant as tools for other programs, by the Model Context Protocol over standard input and output.

The same answers as everywhere else. Standard output belongs to the protocol; everything else goes to standard error. The
folder is opened beside the handshake, so that a client is not kept waiting while an index is built: its first call waits instead.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from anyio import to_thread
from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Answer
from assistant.ranking import Ranking
from corpus.errors import KbError, UsageError
from ui.opening import Answering, Opening, Progress, log_unforeseen
from ui.talks import Conversations
from ui.web.source import Asked, OutlineItem, view_source

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

MAX_LINES = 400  # of a document in one reply
MAX_HITS = 25

INSTRUCTIONS = (
    "Answers questions about one folder of Markdown, without a language model: every statement is copied from the files and cited to "
    "the line or table cell. `ask` gives an answer, or says that the files do not hold one (status 'declined'): then do not make one up. "
    "`search` lists the nearest sections, `source` reads the lines of a citation. Questions about one subject that follow each other "
    "should share a `conversation`."
)


MAX_SCOPE = 100  # names

Scope = Annotated[
    list[str] | None,
    Field(
        description="Answer from these folders or documents only, named as `documents` lists them; everything if left out",
        max_length=MAX_SCOPE,
    ),
]


class SourceText(BaseModel):
    """Lines of a document around a place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    section: tuple[str, ...]  # headings the place stands under
    first_line: int  # of `text`, 1-based
    total_lines: int
    text: tuple[str, ...]
    found: str  # of a quote: here, moved, gone; unasked if none was given
    lines: tuple[int, int]  # where the quote stands now


class Documents(BaseModel):
    """What is indexed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    description: str
    knowledge_base: str  # SHA-256 of paths and contents
    folders: tuple[str, ...]  # where several are one knowledge base: what paths begin with
    documents: tuple[str, ...]
    examples: tuple[str, ...]  # questions that are known to answer


class Tools:
    """What the tools do."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._talks = Conversations(opening.conversation)

    async def _assistant(self) -> Answering:
        await to_thread.run_sync(self._opening.wait, abandon_on_cancel=True)
        if self._opening.assistant is None:
            raise KbError(self._opening.message)
        return self._opening.assistant

    async def ask(
        self,
        question: Annotated[str, Field(description="The question, in plain English")],
        conversation: Annotated[
            str | None, Field(description="A name; questions that share it are turns of one talk", max_length=200)
        ] = None,
        scope: Scope = None,
    ) -> Answer:
        """Answer a question from the folder, each statement with its citation, or say that the folder has no answer."""
        assistant = await self._assistant()
        if conversation is None:
            return await to_thread.run_sync(lambda: assistant.ask(question, scope=scope or ()))
        talk = self._talks.get(conversation)

        return await to_thread.run_sync(lambda: talk.turn(lambda said: assistant.ask(question, said, scope=scope or ())))

    async def search(
        self,
        question: Annotated[str, Field(description="What is looked for")],
        limit: Annotated[int, Field(description="Sections wanted", ge=1, le=MAX_HITS)] = 5,
        scope: Scope = None,
    ) -> Ranking:
        """The sections nearest to a question, best first, whether or not they answer it."""
        assistant = await self._assistant()
        return await to_thread.run_sync(lambda: assistant.rank(question, k=limit, scope=scope or ()))

    async def source(
        self,
        document: Annotated[str, Field(description="Path of a document, as a citation names it", min_length=1, max_length=4096)],
        first_line: Annotated[int, Field(description="First line wanted", ge=1)] = 1,
        last_line: Annotated[int | None, Field(description=f"Last line wanted; {MAX_LINES} lines at most", ge=1)] = None,
        quote: Annotated[str, Field(description="Words of a citation, to find them again if the file has changed", max_length=4000)] = "",
    ) -> SourceText:
        """Lines of a document of the folder, with the headings they stand under."""
        assistant = await self._assistant()
        last = last_line if last_line is not None else first_line + MAX_LINES - 1
        return await to_thread.run_sync(lambda: _source(assistant, document, first_line, last, quote))

    async def documents(self) -> Documents:
        """What the folder holds, with questions that are known to answer."""
        assistant = await self._assistant()

        def told() -> Documents:
            summary = assistant.summary()
            return Documents(
                title=summary.title,
                description=summary.description,
                knowledge_base=summary.kb_sha256,
                folders=assistant.folders(),
                documents=assistant.documents(),
                examples=summary.examples,
            )

        return await to_thread.run_sync(told)


def _source(assistant: Answering, document: str, first: int, last: int, quote: str) -> SourceText:
    if document not in assistant.documents():
        raise KbError(f"No indexed document is named {document!r}; the tool `documents` lists them.")
    if last < first:
        raise UsageError(f"last_line ({last}) stands before first_line ({first}).")
    outline = [OutlineItem(level=e.level, title=e.title, line=e.line) for e in assistant.outline(document)]
    text = assistant.document(document)
    view = view_source(Asked(document=document, first=first, last=last, quote=quote, at=first), text, outline)
    start, wanted = view.first_line, min(MAX_LINES, last - first + 1)
    lines: Sequence[str] = view.text
    if view.found == "moved" and not view.lines[0] <= last:
        start = view.lines[0]
        lines = view_source(Asked(document=document, at=start), text, outline).text
    return SourceText(
        document=document,
        section=view.section,
        first_line=start,
        total_lines=view.total_lines,
        text=tuple(lines[:wanted]),
        found=view.found,
        lines=view.lines,
    )


def make_server(opening: Opening) -> MCPServer:
    """The server, not yet running.

    Raises:
        UsageError: the package it needs is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise UsageError("`whichops mcp` needs one more package: pip install 'whichops[mcp]'.") from error
    server: MCPServer = MCPServer("whichops", instructions=INSTRUCTIONS, log_level="WARNING")
    tools = Tools(opening)

    def in_words(tool: Callable[..., Awaitable[BaseModel]]) -> Callable[..., Awaitable[BaseModel]]:
        """The tool, its errors told to the client as they are worded for the user."""

        @functools.wraps(tool)
        async def called(**arguments: Any) -> BaseModel:
            try:
                return await tool(**arguments)
            except KbError as error:
                raise ToolError(str(error)) from error

        return called

    for tool in (tools.ask, tools.search, tools.source, tools.documents):
        hints = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        server.add_tool(in_words(tool), annotations=hints, structured_output=True)
    return server


def serve(open_assistant: Callable[[Progress], Answering]) -> int:
    """Serve until the client goes.

    Raises:
        UsageError: the package it needs is not installed.
    """
    opening = Opening(open_assistant, on_failure=log_unforeseen)
    server = make_server(opening)
    opening.start()
    try:
        server.run("stdio")
    finally:
        opening.close()
    return 0
