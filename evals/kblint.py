"""`whichops eval kblint`: what makes a folder of Markdown hard to answer from, without asking anything.

Exit codes: 0 nothing but notes, 1 at least one warning, 2 wrong use, 3 the folder cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from corpus.errors import UsageError
from evals import gate
from evals.suite import say, write

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval kblint`."""
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE", help="leave a rule out; may be repeated")
    parser.add_argument("--rules", action="store_true", help="list the rules and leave")
    parser.add_argument("--sarif", metavar="FILE", help="write the findings as SARIF, for code scanning, to FILE; - for standard output")


def to_sarif(findings: Sequence[Any], rules: Sequence[Any]) -> str:
    """The findings as SARIF 2.1.0."""
    levels = {rule.id: rule.level for rule in rules}
    results = [
        {
            "ruleId": one.rule,
            "level": levels[one.rule],
            "message": {"text": one.message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": one.document}, "region": {"startLine": one.line}}}],
        }
        for one in findings
    ]
    driver = {
        "name": "whichops",
        "rules": [
            {"id": rule.id, "shortDescription": {"text": rule.help}, "defaultConfiguration": {"level": rule.level}} for rule in rules
        ],
    }
    whole = {
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def run(arguments: argparse.Namespace) -> int:
    """Read, look, tell; returns the exit code.

    Raises:
        UsageError: a rule does not exist, or the file cannot be written.
        KbError: the folder cannot be used.
    """
    from assistant.settings import load_settings
    from corpus import parse_corpus
    from corpus.reader import read_config, read_folder
    from evals.kbrules import RULES, Known, check

    if arguments.rules:
        for rule in RULES:
            print(f"{rule.id:<14} {rule.level:<8} {rule.help}")
        return gate.PASSED
    if unknown := [name for name in arguments.ignore if name not in {rule.id for rule in RULES}]:
        raise UsageError(f"There is no rule {unknown[0]!r}. Rules are {', '.join(rule.id for rule in RULES)}.")
    settings = load_settings({"kb": getattr(arguments, "kb", None)})
    folder = read_folder(settings.kb, settings.corpus)
    aliases = {typed: alias.to for typed, alias in read_config(settings.kb).aliases.items()}
    rules = [rule for rule in RULES if rule.id not in arguments.ignore]
    findings = check(Known(parse_corpus(folder.documents, skipped=folder.skipped), aliases), rules)
    levels = {rule.id: rule.level for rule in rules}
    if arguments.sarif == "-":
        sys.stdout.write(to_sarif(findings, rules))
    else:
        if arguments.sarif:
            write(to_sarif(findings, rules), arguments.sarif)
        for one in findings:
            print(f"{one.document}:{one.line}: {levels[one.rule]}: {one.message} [{one.rule}]")
    count = Counter(levels[one.rule] for one in findings)
    held = ((len(folder.documents), "file"), (count["warning"], "warning"), (count["note"], "note"))
    say(", ".join(f"{number} {what}{'' if number == 1 else 's'}" for number, what in held))
    return gate.FAILED if count["warning"] else gate.PASSED
