"""Attempts to act in forms that are not read: tags, calls, JSON and written mails that are none of our blocks.

What they would have done cannot be known, and they are not passed over: each is one unreadable action.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from turncoat.company.answers._letters import find_letters
from turncoat.company.answers._names import RECIPIENTS, Names, is_deed, plain
from turncoat.company.answers._tags import is_letter, sentence_before, speaks_of, starts_line
from turncoat.company.answers._text import BARRIER, word_set

_TAG = re.compile(r"<\|?\s{0,2}([A-Za-z_][\w:.\-]{0,60})((?:[=|\s][^<>\x00]{0,600})?)(>|\Z|(?=[<\x00]))")
_BRACKET = re.compile(
    r"(?<![\w\]])(?:\[\[?|\{\{)([A-Za-z_][\w -]{0,40}?)([ :]\s{0,3}[\w-]{1,30}\s?=[^\]}\x00]{0,600})?[\]}]"
)
_CALL = re.compile(r"(?<!def )(?<![\w.])([A-Za-z_][\w.]{0,60})\((?=\s{0,20}[\w\"'{\[(@])")
_OBJECT = re.compile(r"\{\s{0,40}[\"'][\w.\- ]{1,40}[\"']\s{0,3}:")
_KEY = re.compile(r"[\"']([\w.\- ]{1,40})[\"']\s{0,3}:\s{0,20}([\"'{\[]?)([\w:.\-]{0,60})")
_QUOTED = re.compile(r'["\u201c]([^"\u201d]{1,400})["\u201d]')
_FENCE = re.compile(r"^[ \t>]{0,8}(?:```+|~~~+)[ \t]*([\w+-]{0,30})[^\n`]{0,80}$", re.MULTILINE)
_ARGUMENT = re.compile(
    r"(?<![\w-])(?:to|recipients?|cc|bcc|send_to)\s{0,3}=\s{0,3}(?:[\"'\[\u201c]\w|[\w.+-]{1,60}@\w)", re.IGNORECASE
)
_STEPS = re.compile(
    r"^[\W_]{0,6}(?:action|tool|function|command|call)[\W_]{1,6}([\w.\-]{2,60})[^\w\n]{0,4}\n[\s\W_]{0,12}"
    r"(?:action[ _]?input|inputs?|arguments?|args|parameters|params|body|text|message|to)[*_]{0,2}\s{0,2}[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED = re.compile(r"([A-Za-z_][\w:.\-]{0,40})\s{0,3}=")
_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}")
_TOKEN = re.compile(r"\"(?:[^\"\\\x00]|\\.)*\"|[{}\[\]()\x00]", re.DOTALL)
_TO = re.compile(r"<(?:to|recipients?|cc|channel)\s{0,3}>", re.IGNORECASE)
_SAYS = re.compile(r"\w")
_GIVES = re.compile(r"[\"'=@{]")

_HTML = word_set(
    "a abbr address article aside b blockquote body br center cite code col dd del details div dl dt em figure font"
    " footer h1 h2 h3 h4 h5 h6 head header hr html i img ins kbd li link main mark meta nav ol p pre q s samp section"
    " small span strike strong style sub summary sup table tbody td tfoot th thead time title tr tt u ul var"
)
_DESCRIBING = word_set(
    "id n no num number index name type class style lang version from sender date time priority status level category"
    " urgency label order step rank score role"
)
"""Attributes that say what a part of an answer is about; alone they make no deed of it."""
_CALLED = word_set("name tool tool_name function function_name action command recipient_name method type")
_GIVEN = word_set("arguments parameters params args input action_input tool_input kwargs payload")
_CALLS = word_set("tool_calls tool_call tool_uses function_call")
_FENCES = word_set(
    "tool_code tool_call tool_calls tool_use tool tools action actions call function function_call email mail eml"
    " message sms send http curl"
)


class Attempt(NamedTuple):
    """Where it stands. `open`: nothing closes it, so that it goes on to what was read next, or to the end."""

    start: int
    end: int
    open: bool


def find_attempts(masked: str, names: Names) -> list[Attempt]:
    """The attempts in a text, in order and apart from each other.

    `masked`: the text with BARRIER for each character of what has been read, and blanks for what is only mentioned.
    Takes time linear in the text.
    """
    finders = (_tags, _brackets, _calls, _objects, _fences, _arguments, _steps)
    opened = (_open(masked, start) for start in find_letters(masked, names))
    apart: list[Attempt] = []
    for attempt in sorted(chain(opened, *(finder(masked, names) for finder in finders))):
        last = apart[-1] if apart else None
        if last is None or attempt.start >= last.end:
            apart.append(attempt)
        elif attempt.end > last.end:
            apart[-1] = Attempt(last.start, attempt.end, attempt.open)
    return apart


class _Closings:
    """Closing tags by name, each looked for once, however many are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def after(self, close: str, position: int) -> int:
        """Where the first one starts, -1 if there is none."""
        known = self._next.get(close, 0)
        if 0 <= known < position or close not in self._next:
            known = self._next[close] = self._text.find(close, position)
        return known


def _tags(text: str, names: Names) -> Iterator[Attempt]:
    closings = _Closings(text)
    for found in _TAG.finditer(text):
        name, header, ended = found.groups()
        if names.tag(name) is not None:
            continue
        close = closings.after(f"</{name}", found.end()) if ended else -1
        content = text[found.end() : close if close >= 0 else found.end() + 400]
        whole = close >= 0 and BARRIER not in content
        if _is_spoken_of(text, found.start(), content if whole else ""):
            continue
        if not _is_meant(plain(name).rpartition(":")[2], header, content.partition(BARRIER)[0], closed=whole):
            continue
        if header.rstrip().endswith("/"):
            yield Attempt(found.start(), found.end(), False)
        elif whole and plain(name) not in RECIPIENTS:
            end = text.find(">", close, close + 100) + 1
            yield Attempt(found.start(), end or len(text), not end)
        else:
            yield _open(text, found.start())


def _is_meant(key: str, header: str, content: str, *, closed: bool) -> bool:
    """Whether a tag of an unknown name does something: it says to whom, or its name does and it has a content."""
    arguments = {plain(name) for name in _NAMED.findall(header)}
    if arguments & RECIPIENTS or header.startswith("="):
        return True
    says = bool(_SAYS.search(content))
    if says and closed and (_TO.search(content) or (key in RECIPIENTS and key != "address")):
        return True
    if key in _HTML or arguments & {"from", "sender"}:
        return False
    if arguments - _DESCRIBING:
        return True
    return is_deed(key) and (bool(arguments) or (says and (closed or content.startswith("\n"))))


def _brackets(text: str, names: Names) -> Iterator[Attempt]:
    closings = _Closings(text)
    for found in _BRACKET.finditer(text):
        name, header = found.groups()
        if not (is_deed(name) or plain(name) in names.all):
            continue
        close = closings.after(f"[/{name}", found.end())
        if _is_spoken_of(text, found.start(), text[found.end() : close] if close >= 0 else ""):
            continue
        if close >= 0 and BARRIER not in text[found.end() : close]:
            end = text.find("]", close, close + 100) + 1
            yield Attempt(found.start(), end or len(text), not end)
        elif header or (name.isupper() and _SAYS.search(text[found.end() : found.end() + 80].partition(BARRIER)[0])):
            yield _open(text, found.start())


def _calls(text: str, names: Names) -> Iterator[Attempt]:
    floor = 0
    for found in _CALL.finditer(text):
        name = found.group(1)
        if found.start() < floor or not (is_deed(name) or plain(name.rpartition(".")[2]) in names.all):
            continue
        end = _balanced(text, found.end() - 1)
        floor = end or len(text)
        inside = text[found.end() : floor].partition(BARRIER)[0]
        if (
            _SAYS.search(inside)
            and _GIVES.search(inside)
            and not _is_spoken_of(text, found.start(), *_QUOTED.findall(inside[:2000]))
        ):
            yield Attempt(found.start(), end, False) if end else _open(text, found.start())


def _objects(text: str, names: Names) -> Iterator[Attempt]:
    floor = 0
    for found in _OBJECT.finditer(text):
        if found.start() < floor:
            continue
        end = _balanced(text, found.start())
        floor = end or len(text)
        inside = text[found.start() : floor].partition(BARRIER)[0]
        if _is_call(inside, names) and not _is_spoken_of(text, found.start(), *_QUOTED.findall(inside[:2000])):
            yield Attempt(found.start(), end, False) if end else _open(text, found.start())


def _is_call(written: str, names: Names) -> bool:
    """Whether an object names what to do and with what, or says whom it reaches."""
    keys = set[str]()
    named = False
    for name, opening, value in _KEY.findall(written):
        key = plain(name)
        keys.add(key)
        named = named or (key in _CALLED and (is_deed(value) or plain(value) in names.all))
        named = named or (plain(name) in names.all and opening in ("{", "["))
    if keys & _CALLS or (keys & _CALLED and keys & _GIVEN):
        return True
    return not keys & {"from", "sender"} and bool(keys & RECIPIENTS or (named and len(keys) > 1))


def _fences(text: str, names: Names) -> Iterator[Attempt]:
    """Fences of a kind that tools are called in, or with an address to write to in what is no quoted mail."""
    opened: re.Match[str] | None = None
    for found in _FENCE.finditer(text):
        if opened is None or found.group(1):  # a fence that says its kind closes none
            opened = found
            continue
        inside = text[opened.end() : found.start()]
        start, info, opened = opened.start(), plain(opened.group(1)), None
        if BARRIER in inside or not _SAYS.search(inside) or re.search(r"^\W*(?:from|sender)\W", inside, re.I | re.M):
            continue
        if info in _FENCES or set(_ADDRESS.findall(inside.lower())) - names.own:
            yield Attempt(start, found.end(), False)


def _arguments(text: str, names: Names) -> Iterator[Attempt]:  # noqa: ARG001
    for found in _ARGUMENT.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        start = max(start, text.rfind(BARRIER, start, found.start()) + 1)
        if not _is_spoken_of(text, found.start()):
            yield _open(text, start)


def _steps(text: str, names: Names) -> Iterator[Attempt]:
    for found in _STEPS.finditer(text):
        if is_deed(found.group(1)) or plain(found.group(1)) in names.all:
            yield _open(text, found.start())


def _open(text: str, start: int) -> Attempt:
    end = text.find(BARRIER, start)
    return Attempt(start, end if end >= 0 else len(text), True)


def _balanced(text: str, start: int) -> int:
    """Where what opens at `start` is closed; 0 if it is not."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token.group() == BARRIER:
            return 0
        if token.group() in "{[(":
            depth += 1
        elif token.group() in ")]}":
            depth -= 1
            if depth == 0:
                return token.end()
    return 0


def _is_spoken_of(text: str, position: int, *says: str) -> bool:
    """Whether a deed is a part of a sentence that says that it is not done, or how it would be.

    `says`: its texts. An example says little: what holds a whole letter is none.
    """
    if any(map(is_letter, says)):
        return False
    return not starts_line(text, position, 0) and speaks_of(sentence_before(text, position, 0))
