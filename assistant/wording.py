"""Fixed wording from data, with quoted values that know where they stand.

A template prints values of the knowledge base only through `Quote`: in the rendered text each leaves a
placeholder, from which the plain text, the Markdown with markers, the citations and the certificate are
made in one go. So nothing can be printed that is not accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from jinja2 import Environment, StrictUndefined, Template, TemplateError
from pydantic import BaseModel, ConfigDict

from assistant.language import BadAnswerData, checked, load_data
from corpus.models import Fact, Span

_LINE = 160  # characters of a direct answer before it is laid out in lines
_PLACEHOLDER = re.compile(r"\x02(\d+)\x03")
_MARKER = re.compile(r"(?<!\\)\[(\d+)\]")
_LAID_OUT = re.compile(r"[-|]\s|\d+\.\s|[*-]{3}|`{3}")  # how a list, a table or code begins
_OPENS = re.compile(r"(?:^|[.!?]|\n\s*(?:[-*]|\d+\.)?|\|)\s*$")  # after this a sentence begins


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the knowledge base to print.

    Args:
        text: what is printed: the span's words without markup, or a part of them.
        document, span: where they stand.
        fact: the fact to cite for them; None prints them without a marker (a label beside a cited value).
    """

    text: str
    document: str
    span: Span
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """Words of the question to print again."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number computed from cited facts."""

    value: int
    of: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Something computed from quotes, for the certificate: `op` of `of`, worded as `text` where it is a name or a number."""

    op: Literal["union", "count", "comparison", "absence", "order", "beside"]
    of: tuple[Quote, ...]
    text: str | None = None


class Rule(BaseModel):
    """When (shape of the finding), and in which words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    shape: str
    text: str  # the direct answer
    more: str = ""  # Markdown under it: what supports it
    lines: str = ""  # instead of `text` where that would be longer than a line
    markdown: str = ""  # instead of `text` where Markdown is laid out otherwise (tables, lists)
    why: str = ""  # for readers of this file


class _RulesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A worded answer."""

    text: str
    markdown: str
    cited: tuple[Fact, ...]  # in order of their markers, 1-based
    quotes: tuple[tuple[Quote, int | None], ...]  # every value printed, with its marker


class Wording:
    """All rules. A template is compiled when it is first used; `faults` compiles them all, for the tests."""

    def __init__(self, files: Sequence[str] = ("rules.toml", "computed.toml", "declines.toml", "talk.toml")) -> None:
        self._environment = Environment(
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - plain text and Markdown, never HTML: the page escapes
            finalize=_no_none,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["listed"] = _listed
        self.rules: dict[str, Rule] = {}
        self._compiled: dict[str, Template] = {}
        faults = []
        for file in files:
            for rule in checked(_RulesFile, file, {"rule": load_data(file).get("rule", [])}).rule:
                if rule.shape in self.rules:
                    faults.append(f"{file}: rule {rule.id!r} repeats the shape {rule.shape!r}")
                self.rules[rule.shape] = rule
        if faults:
            raise BadAnswerData("rules.toml", "; ".join(faults))

    def faults(self) -> list[str]:
        """What is wrong with the templates, all of it: rule and reason."""
        found = []
        for rule in self.rules.values():
            for part in (rule.text, rule.lines, rule.more, rule.markdown):
                try:
                    self._template(part)
                except TemplateError as error:
                    found.append(f"rule {rule.id!r}: {error}")
        return found

    def _template(self, source: str) -> Template:
        if source not in self._compiled:
            self._compiled[source] = self._environment.from_string(source)
        return self._compiled[source]

    @cached_property
    def fixed_words(self) -> frozenset[str]:
        """Every word that stands in a template outside its slots: the closed vocabulary of connective text."""
        return _fixed_words(tuple(part for r in self.rules.values() for part in (r.text, r.lines, r.more, r.markdown)))

    def render(self, shape: str, slots: Mapping[str, Any], foretold: Callable[[Fact], bool] | None = None) -> tuple[Rule, Rendered]:
        """Word a finding.

        Args:
            foretold: whether a fact is about the future; what is cited from such facts is introduced as a forecast.
        Raises:
            BadAnswerData: no rule has this shape, or its template names a value that is not there.
        """
        rule = self.rules.get(shape)
        if rule is None:
            raise BadAnswerData("rules.toml", f"no rule words the shape {shape!r}")
        press = _Press()
        context = {name: press.feed(value) for name, value in slots.items()}
        try:
            text = self._template(rule.text).render(context)
            if rule.lines and press.length(text) > _LINE:
                text = self._template(rule.lines).render(context)
            markdown = self._template(rule.markdown).render(context) if rule.markdown else text
            more = self._template(rule.more).render(context) if rule.more else ""
        except TemplateError as error:
            raise BadAnswerData("rules.toml", f"rule {rule.id!r}: {error}") from error
        if foretold is None:
            return rule, press.result(text, markdown, more)
        ahead = {f.id for f in press.facts(text + markdown + more) if foretold(f)}
        direct = {f.id for f in press.facts(text + markdown)}
        if not direct or not direct <= ahead:
            return rule, press.result(text, markdown, more, ahead, self.rules["forecast"].text)
        return rule, self.prefixed("forecast", press.result(text, markdown, more, ahead - direct, self.rules["forecast"].text))

    def prefixed(self, shape: str, rendered: Rendered, slots: Mapping[str, Any] | None = None) -> Rendered:
        """The same answer opened with the words of another rule, which may print words of the question but quote nothing."""
        press = _Press()
        context = {name: press.feed(value) for name, value in (slots or {}).items()}
        before = press.result(self._template(self.rules[shape].text).render(context), "", "").text
        apart = "\n\n" if _LAID_OUT.match(rendered.markdown) else " "
        return Rendered(f"{before} {rendered.text}", f"{_escape(before)}{apart}{rendered.markdown}", rendered.cited, rendered.quotes)

    def followed(self, first: Rendered, shape: str, second: Rendered) -> Rendered:
        """An answer, the words of a rule that quotes nothing, and another answer; what both cite keeps its first marker."""
        words = _Press().result(self._template(self.rules[shape].text).render({}), "", "").text
        cited = {f.id: f for f in (*first.cited, *second.cited)}
        places = {id_: n for n, id_ in enumerate(cited, 1)}
        moved = {n: places[f.id] for n, f in enumerate(second.cited, 1)}
        markdown = renumbered(second.markdown, moved.__getitem__)
        apart = "\n\n" if _LAID_OUT.match(markdown) else " "
        return Rendered(
            f"{first.text}\n\n{words} {second.text}",
            f"{first.markdown}\n\n{_escape(words)}{apart}{markdown}",
            tuple(cited.values()),
            (*first.quotes, *((quote, moved[marker] if marker else None) for quote, marker in second.quotes)),
        )


class _Press:
    """Turns quotes into placeholders on the way in and into words and markers on the way out."""

    def __init__(self) -> None:
        self.quotes: list[Quote | Echo | Figure] = []

    def feed(self, value: Any) -> Any:
        if isinstance(value, Quote | Echo | Figure):
            self.quotes.append(value)
            return f"\x02{len(self.quotes) - 1}\x03"
        if isinstance(value, Mapping):
            return {k: self.feed(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.feed(v) for v in value]
        return value

    def length(self, text: str) -> int:
        """Characters of a rendered text, its values put in."""
        return len(_PLACEHOLDER.sub(lambda m: _words(self.quotes[int(m[1])]), text).strip())

    def facts(self, text: str) -> list[Fact]:
        """Facts cited in a rendered text, in order."""
        found = (self.quotes[int(m[1])] for m in _PLACEHOLDER.finditer(text))
        return [q.fact for q in found if isinstance(q, Quote) and q.fact is not None]

    def result(self, text: str, markdown: str, more: str, ahead: Collection[int] = (), introduced: str = "") -> Rendered:
        """Plain text and Markdown with the values put in; facts of the ids `ahead` are `introduced` in both."""
        cited: dict[int, tuple[int, Fact]] = {}
        printed: dict[int, int | None] = {}

        def marked(number: int) -> str:
            value = self.quotes[number]
            if not isinstance(value, Quote):
                return _escape(_words(value))
            marker = None
            if value.fact is not None:
                marker = cited.setdefault(value.fact.id, (len(cited) + 1, value.fact))[0]
            printed[number] = marker
            return _escape(value.text) + (f" [{marker}]" if marker else "")

        whole = markdown + ("\n\n" + more.strip() if more.strip() else "")
        marked_up = self._filled(whole, marked, ahead, introduced)
        plain = self._filled(text, lambda number: _words(self.quotes[number]), ahead, introduced)
        for match in _PLACEHOLDER.finditer(text):
            printed.setdefault(int(match[1]), None)
        quotes = tuple((q, m) for i, m in sorted(printed.items()) if isinstance(q := self.quotes[i], Quote))
        plain = re.sub(r"[ \t]*\n\s*", "\n", _punctuated(re.sub(r"[ \t]+", " ", plain))).strip()
        return Rendered(plain, _tidy(marked_up), tuple(f for _, f in cited.values()), quotes)

    def _filled(self, text: str, show: Callable[[int], str], ahead: Collection[int], introduced: str) -> str:
        """A rendered text with its values; one that is foretold is introduced once, and not again right beside another."""
        out, at = "", 0
        told: set[int] = set()
        running = False  # whether the value before it in the same line or cell was introduced
        for match in _PLACEHOLDER.finditer(text):
            between = text[at : match.start()]
            out, at = out + between, match.end()
            running = running and not set("\n|") & set(between)
            value = self.quotes[int(match[1])]
            fact = value.fact if isinstance(value, Quote) else None
            if fact is not None:
                if fact.id in ahead and fact.id not in told and not running:
                    out = _introduced(out, introduced)
                running = fact.id in ahead
                told.add(fact.id)
            out += show(int(match[1]))
        return out + text[at:]


def renumbered(markdown: str, number: Callable[[int], int]) -> str:
    """An answer in Markdown with other numbers on its markers; what looks like one in a value is escaped, and stays."""
    return _MARKER.sub(lambda m: f"[{number(int(m[1]))}]", markdown)


def _introduced(before: str, words: str) -> str:
    """A text going on with these words: outside the bold of what follows, in small letters inside a sentence."""
    bold = "**" if before.endswith("**") and before.count("**") % 2 else ""
    before = before.removesuffix(bold)
    return f"{before}{words if _OPENS.search(before) else words[:1].lower() + words[1:]} {bold}"


def _words(value: Quote | Echo | Figure) -> str:
    return str(value.value) if isinstance(value, Figure) else value.text


def _punctuated(text: str) -> str:
    """A quoted full stop gives way to the sentence's own punctuation."""
    return re.sub(r"(?<=[\w)])\.([.;:])(?=\s|$)", r"\1", text)


def _tidy(markdown: str) -> str:
    """Markers stand before the sentence's end, one of each kind in a row."""
    markdown = re.sub(r"([.!?]) (\[\d+\])", r" \2\1", markdown)
    markdown = re.sub(r"( \[\d+\])[.:]([.;,:])(?=\s|$)", r"\1\2", markdown)
    markdown = re.sub(r"(\[\d+\])((?:[.,;:]? *))\1", r"\1\2", markdown)
    return re.sub(r"[ \t]+(?=\S)", " ", markdown).strip()


def _escape(text: str) -> str:
    """A value as literal Markdown text: what would be markup in it is shown as typed."""
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", text)


def _no_none(value: Any) -> Any:
    return "" if value is None else value


def _listed(values: Sequence[str], last: str = "and") -> str:
    values = list(values)
    if len(values) <= 1:
        return "".join(values)
    return ", ".join(values[:-1]) + f" {last} " + values[-1]


@lru_cache(maxsize=4)
def _fixed_words(parts: tuple[str, ...]) -> frozenset[str]:
    text = " ".join(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", " ", part) for part in parts)
    inside = " ".join(re.findall(r"['\"]([^'\"]*)['\"]", " ".join(re.findall(r"\{[{%].*?[%}]\}", " ".join(parts)))))
    return frozenset(re.findall(r"\w+", f"{text} {inside} and or".lower()))


__all__ = ["Claim", "Echo", "Figure", "Quote", "Rendered", "Rule", "Wording", "renumbered"]
