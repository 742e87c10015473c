"""A question as typed, cleaned and cut into tokens with their places. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.language import language
from corpus.words import fold, stem

SENTENCE = re.compile(r"[^.?!]+(?:[.](?=\w)[^.?!]*)*[.?!]*(?:\s+|$)")  # a sentence of a message, with the blanks after it
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’](?!s\b)[^\W_]+)?")
_THANKS = re.compile(
    r"(\w[.?!]*)[,.?!]?\s+(?:many |kind )?(?:thanks|thank you|thx|cheers|regards)(?: (?:in advance|a lot|so much|very much))?[.!]*$", re.I
)
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey)(?: there| all| everyone| folks| team)?[,.!]*|(?:good (?:morning|afternoon|evening)|dear \w+)[,.!]+)\s+(?=\w+)",
    re.I,
)
_OPENING = re.compile(
    r"^(?:(?:yo|um+|uh+|er+m?|ok(?:ay)?|well|alright|listen|quick question|question)[,:.!]*\s+)+(?:so\s+)?(?=\w+['’]?\w*\s+\w)", re.I
)
_PLEASE = re.compile(r"^(?:please|pls|plz)[,\s]+(?=\w)|(?<=\w)[,]?\s+(?:please|pls|plz)(?=[\s.?!]*$)", re.I)
# What only asks to be told: taken off, so that what is asked for opens the question.
_ASK_TO = re.compile(
    r"^(?:(?:can|could|would|will) (?:you|u|someone|anyone)(?: (?:please|kindly|perhaps|maybe|quickly|just))*|i(?:['’]d| would"
    r"| want| need| wish)?(?: (?:like|love|want|need|wish))?(?: to)?(?= know| hear| ask| learn| see)|please|pls)\s+"
    r"(?:(?:tell|show|give|remind|explain to|send|answer|let)(?: (?:me|us))?(?: know)?|explain|list|name|know|hear|ask|learn"
    r"|see)(?: (?:about|on))?\s*,?\s+(?=\S)",
    re.I,
)
_WHETHER = re.compile(
    r"^(?:(?:tell|show|let|inform) (?:me|us)(?: know)?|(?:check|verify|confirm|say)|(?:do|does) (?:you|anyone|it) know|any idea"
    r"|(?:i|we) wonder(?:ed)?|(?:i was|i['’]m|i am|we are) wondering"
    r"|(?:i|we) (?:want|need|['’]?d like|would like) to know)?\s*(?:whether|if) (?=[^,;?]+\??$)",
    re.I,
)
_TAG = re.compile(
    r",?\s+(?:right|correct|true|no|yes|or not|innit|eh|huh"
    r"|(?:is|are|do|does|did|has|have|can|will)(?:n['’]?t)? (?:it|they|he|she|that))\s*\?+$",
    re.I,
)
_ASKS_ITSELF = re.compile(
    r"\b(?:what|which|who|whom|whose|how|where|when|why)\b|^(?:is|are|was|were|do|does|did|has|have|can|could|will|would|should)\b", re.I
)
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|body|br|button|code|div|em|embed|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li|link|mark|marquee|math"
    r"|meta|object|ol|p|pre|q|s"
    r"|script|small|span|strong|style|sub|sup|svg|table|tbody|td|textarea|th|thead|tr|u|ul|video)\b[^<>]*>"
    r"|!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\))?[^()\s]*\)",
    re.I,
)  # what is only there to be rendered: HTML tags, Markdown images and links
# What is so where nobody has said otherwise.
_BY_DEFAULT = re.compile(
    r",?\s+(?:unless (?:told|set|said|stated|configured|specified) otherwise"
    r"|unless (?:i|we|you|they) (?:change|set|say|configure|specify)\b[^,.?!]*"
    r"|if (?:i|we|you|they) (?:set|say|change|configure|specify|do|touch) nothing"
    r"|(?:if|when) nothing (?:else )?is (?:set|said|given|configured)"
    r"|out of the box)",
    re.I,
)
# How asking words are written in a hurry, and what asks in more words than it needs.
_HURRIED = (
    (re.compile(r"\bwh?[ou]ts\b|\bwats\b", re.I), "what is"),
    (re.compile(r"\bwh?[ou]t\b|\bwat\b(?= (?:is|are|does|do|can|about|if)\b)", re.I), "what"),
    (re.compile(r"\bwt[fh]\b(?='?s? )|\bwhat (?:on earth|in the world|the (?:heck|hell|fuck|f\*+))\b", re.I), "what"),
    (re.compile(r"\b(how|why|where|when|who) (?:on earth|in the world|the (?:heck|hell|fuck))\b", re.I), r"\1"),
    (re.compile(r"\bhw(?= (?:many|much|long|often|do|does|to|can|is|are)\b)", re.I), "how"),
    (re.compile(r"\bwich\b", re.I), "which"),
    (re.compile(r"\b(ca|do|does|did|is|are|was|were|wo|has|have|had|could|should|would|must|need)nt\b", re.I), r"\1n't"),
    (re.compile(r"\bbtwn\b|\bbtw(?= \S+ (?:and|&) )|\bb/w\b", re.I), "between"),
    (re.compile(r"\bdiffs?(?= (?:between|from|of)\b)", re.I), "difference"),
    (re.compile(r"^([\w.+-]+) v\.? (?=[\w.+-]+\W*$)", re.I), r"\1 vs "),
    (
        re.compile(
            r"^(?:so |and |but )?([\w.+-]+) (?:is|are) (?:just |basically |really |pretty much )?the same (?:thing )?as ([\w.+-]+)"
            r"(?:,? (?:right|no|correct|yes|then))*\W*$",
            re.I,
        ),
        r"are \1 and \2 the same?",
    ),
    # A need of nothing but the thing: when there is one is what can be told.
    (
        re.compile(
            r"^(?:so |and |but )?(?:do|should|would|must) (?:i|we|you|one) (?:also |really |even |actually )*(?:need|use|adopt|want)"
            r"(?: to (?:use|adopt|have))? ([\w.+-]+)(?: (?:too|as well|also|at all|then))*\W*$",
            re.I,
        ),
        r"when should I use \1?",
    ),
    # What may go wrong with something is asked for in many words.
    (
        re.compile(r"^what (?:all )?(?:can|could|might|may|does|would|will) (?:go|goes) wrong (?:with|in|for|about|when using)\b", re.I),
        "what are the problems of",
    ),
    (
        re.compile(
            r"^what (?:should|must|do|can) (?:i|we|you|one) (?:have to )?"
            r"(?:(?:watch|look) out for|be careful (?:of|about|with)|beware of) (?:in|with|about|for|when using)\b",
            re.I,
        ),
        "what are the problems of",
    ),
    (
        re.compile(r"^what(?: is|'s|s| are) ([\w.+-]+(?: [\w.+-]+)?) (?:bad|not good|weak|poor) at\W*$", re.I),
        r"what are the weaknesses of \1",
    ),
    (
        re.compile(r"^what(?: does|do) ([\w.+-]+(?: [\w.+-]+)?) (?:struggle|have trouble|have problems) with\W*$", re.I),
        r"what are the problems of \1",
    ),
    (
        re.compile(
            r"^what keeps ([\w.+-]+(?: [\w.+-]+)??)(?: (?:users?|owners?|engineers?|teams?|people|folks|admins?|developers?|managers?))?"
            r" (?:up|awake)(?: at night| all night)?\W*$",
            re.I,
        ),
        r"what are the problems of \1",
    ),
    (re.compile(r"\b(?:has|have) (?:the )?(?:least|nothing|little) to do with\b", re.I), "is not about"),
    # So is what is to come.
    (
        re.compile(
            r"^where (?:is|are|do you see) ([\w.+-]+(?: [\w.+-]+)?) (?:heading|headed|going|moving)"
            r"(?: to| towards?| next| in (?:the )?future)*\b"
            r"(?! to (?:be|have)\b)",
            re.I,
        ),
        r"what are the future trends of \1",
    ),
    (
        re.compile(r"^what(?: is|'s|s) next for (?=\S)|^what does the future (?:hold|bring|look like) for (?=\S)", re.I),
        "what are the future trends of ",
    ),
    (
        re.compile(
            r"^how (?:will|might|could) ([\w.+-]+(?: [\w.+-]+)?) (?:evolve|change|develop)(?: over time| in (?:the )?future)?\W*$", re.I
        ),
        r"what are the future trends of \1",
    ),
    (re.compile(r"\b(real[- ]life|concrete|actual|true) (?:case|story|scenario)(?! stud)\b", re.I), r"\1 example"),
    (
        re.compile(
            r"^(?:and |so )?what (?:do|does|did) (?:you|we|they|people|one)(?: (?:people|guys|all|folks|here))? mean(?:t)? by (?=\S)", re.I
        ),
        "what is ",
    ),
)
# Other ways to ask for the difference of two or more things.
_MAIN = r"(?P<main>(?:main |key |big |biggest )?)"
_SET_APART = tuple(
    re.compile(p, re.I)
    for p in (
        rf"^(?P<names>[^:?]+?\s(?:or|and|vs\.?|versus|&)\s[^:?]+?)\s*[:?,–—-]+\s*what(?:'?s| is| are) the {_MAIN}differences?\W*$",
        rf"^{_MAIN}what sets (?P<names>[^?]+? apart from [^?]+?)\W*$",
        rf"^{_MAIN}(?:please |can you )?(?:put|show|set) (?P<names>[^?]+? (?:and|&) [^?]+?) (?:next to|beside|against) each other\W*$",
        rf"^{_MAIN}(?:how (?:do|can|to|would) (?:i |you |we |one )?)?(?:tell|keep) (?P<names>[^?]+? (?:and|&|from) [^?]+?) apart\W*$",
        rf"^{_MAIN}(?P<names>[\w.+-]+ against [\w.+-]+)\W*$",
    )
)
_BETWEEN = re.compile(r"\s(?:or|vs\.?|versus|&|apart from|from|against)\s", re.I)
# How long or how simple an answer is wished for: it is as short as it is.
_PLAIN_TERMS = (
    r"in (?:a nutshell|short|brief|essence|plain english|a few words|(?:one|a|two|a single) (?:line|sentence|word|words|lines|sentences)"
    r"|(?:simple|plain|layman'?s) (?:terms|words))"
)
_HEARER = (
    r"(?:five|5|(?:an? |the |my |our )?(?:\w+ )?(?:dumm(?:y|ies)|beginners?|newbies?|newcomers?|noobs?|novices?|interns?|trainees?"
    r"|juniors?|students?|child|children|kids?|(?:five|5|ten|10)[- ]years?[- ]olds?|laym[ae]n|lay(?:person| people)"
    r"|non-?technical (?:person|people)|boss|manager|managers|grandma|grandmother|mum|mom|idiot))"
)
_IN_SHORT = re.compile(
    rf"^(?:{_PLAIN_TERMS}|briefly|long story short|eli5)[,:]?\s+"
    rf"|,?\s+(?:{_PLAIN_TERMS}|in (?:real life|practice)|for (?:dummies|beginners|a beginner|newbies)|eli5"
    rf"|(?:like|as if) i(?:'?m| am| were| was) {_HEARER})(?=\W*$)",
    re.I,
)
# To whom something is explained; elsewhere *for students* may say what is asked.
_EXPLAINED_TO = re.compile(
    rf"^((?:(?:could|can|would|will) (?:you|someone) )?(?:please )?(?:explain|describe|define|summari[sz]e|break down)\b.*?)"
    rf",? (?:for|to) {_HEARER}(?=\W*$)",
    re.I,
)
_SHORTHAND = re.compile(r"(?<!\S)w/o?(?=\s)", re.I)  # *w/* and *w/o*
_SHOUTED = 3  # words all in capitals from which capitals say nothing
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0xFEFF])


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question: as typed, folded, its stem, its place, and whether it only holds the sentence together."""

    surface: str
    word: str
    stem: str
    start: int
    end: int
    function: bool


def clean(text: str) -> str:
    """The question without control and direction characters, blanks run together. Never raises."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).translate(_BIDI)
    return " ".join(text.split())


def plainly(text: str) -> str:
    """The question without markup, greeting, courtesy and closing thanks, and in small letters where all of it is in capitals.

    What is nothing but these is given back as it is.
    """
    text = _BY_DEFAULT.sub(" by default", text)
    for hurried, word in _HURRIED:
        text = hurried.sub(word, text)
    apart = next((m for p in _SET_APART if (m := p.match(text)) is not None), None)
    if apart is not None:
        text = f"what is the {apart['main']}difference between {_BETWEEN.sub(' and ', apart['names'])}?"
    text = _EXPLAINED_TO.sub(r"\1", _IN_SHORT.sub("", text)) or text
    text = _SHORTHAND.sub(lambda m: "without" if "o" in m[0].lower() else "with", text)
    plain = " ".join(_MARKUP.sub(r" \1 ", text).split())
    text = plain if re.search(r"\w", plain) else text
    bare = _THANKS.sub(r"\1", _OPENING.sub("", _GREETING.sub("", _PLEASE.sub("", text))))
    asked = _ASK_TO.sub("", bare)
    bare = asked if len(asked.split()) > 1 else bare
    bare = _WHETHER.sub("is it true that ", bare) if _WHETHER.match(bare) else bare
    tagged = _TAG.sub("", bare)
    if tagged != bare and len(tagged.split()) > 2 and not _ASKS_ITSELF.search(re.split(r"[.?!:]\s+", tagged)[-1]):
        bare = f"is it true that {tagged}"
    bare = bare if re.search(r"\w", bare) else text
    shouted = bare == bare.upper() and len(re.findall(r"[^\W\d_]{2,}", bare)) >= _SHOUTED
    return bare.lower() if shouted else bare


def tokens(text: str) -> list[Token]:
    """Word tokens of a cleaned question, in order."""
    found: list[Token] = []
    known = language().function_words
    for match in _TOKEN.finditer(text):
        folded = fold(match[0])
        for typed in re.findall(r"\d+(?:[.,]\d+)+|[^\W_]+", folded):
            word = re.sub(r",(?=\d{3}\b)", "", typed) if typed[0].isdigit() else typed
            found.append(Token(match[0], word, stem(word), match.start(), match.end(), word in known))
    return [t for i, t in enumerate(found) if not (t.word == "s" and i and text[found[i - 1].end : t.start] in ("'", "’"))]
