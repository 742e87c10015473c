"""Scripts that complete the command in bash, zsh and fish, made from the command line as it is declared. Pure."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Shell = Literal["bash", "zsh", "fish"]

_FOLDERS = ("FOLDER", "DIR")
_FILES = ("FILE",)


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its spellings, what it does, what its value is called ("" if it takes none)."""

    names: tuple[str, ...]
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Declared:
    """One command: its options, and the choices or the kind of what stands after it."""

    name: str
    words: str
    options: tuple[Option, ...]
    choices: tuple[str, ...] = ()
    value: str = ""


def declared(parser: argparse.ArgumentParser) -> list[Declared]:
    """The commands of a parser, first the one without a name: the options of the whole."""
    subs = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    words = {choice.dest: choice.help or "" for choice in subs._choices_actions}
    return [_declared("", "", parser), *(_declared(name, words.get(name, ""), sub) for name, sub in subs.choices.items())]


def _declared(name: str, words: str, parser: argparse.ArgumentParser) -> Declared:
    options = []
    choices: tuple[str, ...] = ()
    value = ""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        if action.option_strings:
            takes = action.nargs != 0
            options.append(
                Option(tuple(action.option_strings), _words(action), str(action.metavar or action.dest).upper() if takes else "")
            )
        elif action.choices is not None:
            choices = tuple(map(str, action.choices))
        else:
            value = str(action.metavar or "")
    return Declared(name, words, tuple(options), choices, value)


def _words(action: argparse.Action) -> str:
    return re.sub(r" \(default: %\(default\)s\)", "", action.help or "")


def script(shell: Shell, parser: argparse.ArgumentParser) -> str:
    """The completion script of one shell."""
    commands = declared(parser)
    makers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    return "\n".join(makers[shell](commands)) + "\n"


def _spellings(options: Sequence[Option]) -> str:
    return " ".join(name for option in options for name in option.names)


def _valued(commands: Sequence[Declared], kinds: Sequence[str]) -> list[str]:
    """Spellings of the options whose value is of one of these kinds, each once, in order."""
    return list(dict.fromkeys(name for c in commands for o in c.options if o.value in kinds for name in o.names))


def _bash(commands: Sequence[Declared]) -> Iterator[str]:
    top, *subs = commands
    valued = list(dict.fromkeys(name for c in commands for o in c.options if o.value for name in o.names))
    folders, files = _valued(commands, _FOLDERS), _valued(commands, _FILES)
    other = [name for name in valued if name not in folders and name not in files]
    yield "# bash completion of whichops; made by `whichops completion bash`"
    yield "_whichops() {"
    yield '    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" at=1'
    yield "    COMPREPLY=()"
    yield '    while [ "$at" -lt "$COMP_CWORD" ]; do'
    yield '        case "${COMP_WORDS[at]}" in'
    yield f"            {'|'.join(valued)}) at=$((at + 1)) ;;"
    yield f'            {"|".join(sub.name for sub in subs)}) command="${{COMP_WORDS[at]}}"; break ;;'
    yield "        esac"
    yield "        at=$((at + 1))"
    yield "    done"
    yield '    case "$before" in'
    yield f'        {"|".join(folders)}) COMPREPLY=($(compgen -d -- "$current")); return ;;'
    yield f'        {"|".join(files)}) COMPREPLY=($(compgen -f -- "$current")); return ;;'
    yield f"        {'|'.join(other)}) return ;;"
    yield "    esac"
    yield '    case "$command" in'
    for sub in subs:
        words = " ".join(filter(None, [_spellings(sub.options), *sub.choices]))
        more = ' COMPREPLY+=($(compgen -f -- "$current"));' if sub.value in _FILES else ""
        yield f'        {sub.name}) COMPREPLY=($(compgen -W "{words}" -- "$current"));{more} ;;'
    names = " ".join(sub.name for sub in subs)
    yield f'        *) COMPREPLY=($(compgen -W "{names} {_spellings(top.options)}" -- "$current")) ;;'
    yield "    esac"
    yield "}"
    yield "complete -o filenames -F _whichops whichops"


def _zsh(commands: Sequence[Declared]) -> Iterator[str]:
    top, *subs = commands
    yield "#compdef whichops"
    yield "# zsh completion of whichops; made by `whichops completion zsh`"
    yield "_whichops() {"
    yield "    local context state state_descr line"
    yield "    typeset -A opt_args"
    yield "    _arguments -C \\"
    for option in top.options:
        yield f"        {_zsh_option(option)} \\"
    yield "        '1: :->command' '*:: :->rest'"
    yield '    case "$state" in'
    yield "        command)"
    yield "            local -a commands=("
    for sub in subs:
        yield f"                {_quoted(f'{sub.name}:{sub.words}')}"
    yield "            )"
    yield "            _describe command commands ;;"
    yield "        rest)"
    yield '            case "$words[1]" in'
    for sub in subs:
        yield f"                {sub.name})"
        yield "                    _arguments \\"
        for option in sub.options:
            yield f"                        {_zsh_option(option)} \\"
        rest = "1:shell:(" + " ".join(sub.choices) + ")" if sub.choices else "*:file:_files" if sub.value in _FILES else "*: :"
        yield f"                        {_quoted(rest)} ;;"
    yield "            esac ;;"
    yield "    esac"
    yield "}"
    yield 'if [ "$funcstack[1]" = _whichops ]; then _whichops "$@"; else compdef _whichops whichops; fi'


def _zsh_option(option: Option) -> str:
    words = re.sub(r"([\[\]:])", r"\\\1", option.words)
    value = ""
    if option.value:
        how = "_files -/" if option.value in _FOLDERS else "_files" if option.value in _FILES else ""
        value = f":{option.value.lower()}:{how}"
    return " ".join(_quoted(f"{name}[{words}]{value}") for name in option.names)


def _fish(commands: Sequence[Declared]) -> Iterator[str]:
    top, *subs = commands
    yield "# fish completion of whichops; made by `whichops completion fish`"
    yield "complete -c whichops -f"
    for option in top.options:
        yield _fish_option("__fish_use_subcommand", option)
    for sub in subs:
        yield f"complete -c whichops -n __fish_use_subcommand -a {sub.name} -d {_quoted(sub.words, fish=True)}"
    for sub in subs:
        seen = f"__fish_seen_subcommand_from {sub.name}"
        for option in sub.options:
            yield _fish_option(seen, option)
        if sub.choices:
            yield f"complete -c whichops -n '{seen}' -a '{' '.join(sub.choices)}'"
        if sub.value in _FILES:
            yield f"complete -c whichops -n '{seen}' -F"


def _fish_option(when: str, option: Option) -> str:
    parts = [f"complete -c whichops -n {_quoted(when, fish=True)}"]
    parts += [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value in _FOLDERS:
        parts.append("-x -a '(__fish_complete_directories)'")
    elif option.value:
        parts.append("-r -F" if option.value in _FILES else "-x")
    parts.append(f"-d {_quoted(option.words, fish=True)}")
    return " ".join(parts)


def _quoted(text: str, *, fish: bool = False) -> str:
    """In single quotes, as the shell reads them."""
    text = text.replace("%%", "%")
    return "'" + (text.replace("\\", "\\\\").replace("'", "\\'") if fish else text.replace("'", "'\\''")) + "'"
