"""Reading an answer: which actions it holds, in order, what is thought, and what is said besides."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from turncoat.company.answers._attempts import find_attempts
from turncoat.company.answers._blocks import Block, find_blocks
from turncoat.company.answers._build import Built, build
from turncoat.company.answers._ending import reads_as_ended
from turncoat.company.answers._examples import is_pattern, is_shown, spaced
from turncoat.company.answers._fields import Fields, read_fields, split_people
from turncoat.company.answers._names import REACHES_NOBODY, Kind, Names, Tag, plain
from turncoat.company.answers._restated import reached, restates
from turncoat.company.answers._tags import find_marks, mentions, speaks_to
from turncoat.company.answers._text import BARRIER, masked, unescape, without_fences, without_tags
from turncoat.record import Action, Facts, Finish, Forward, Operate, Reply, Send, Stop, Turn, Unreadable

_ESCAPED = re.compile(r"^[ \t]*&lt;([A-Za-z_][\w:.\-]{0,60})", re.MULTILINE)
_TAIL = re.compile(r"<\s{0,3}(/?)\s{0,3}([A-Za-z_][\w:.\-]{0,60})?\Z")
_POINTED = frozenset({"to", "cc", "mail", "code", "control", "device", "query"})
"""Fields that show that a tag without attributes, in the middle of a line, is meant."""
_EOM = re.compile(r"\beom\b\W*\Z", re.IGNORECASE)
_MOST = 5000
"""Tags in one answer (real ones have a dozen). What comes after so many is one unreadable action."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answer of a model holds: the actions in order, and the texts around them."""

    actions: tuple[Action | Unreadable, ...]
    turn: Turn


class _Read(NamedTuple):
    """What became of a block: an action, or (None) words that only look like one."""

    action: Action | Unreadable | None


class _Part(NamedTuple):
    """A part of the text that is no prose: an action, or (None) a thought, whose words are `inside`."""

    start: int
    end: int
    action: Action | Unreadable | None
    inside: str = ""


def read_answer(
    text: str, *, facts: Facts, prompt: str = "", reasoning: str = "", stop: Stop = "unknown", index: int = 0
) -> Answer:
    """Read an answer with actions in tagged blocks, in our dialect or another, into the actions it means.

    Never raises, and takes time linear in the text. Recipients stay as they were written. What was meant as an action
    and cannot be read is `Unreadable`; it is `cut` where the answer ends inside it. An answer that ended by itself
    (`stop="complete"`) is not cut off: a closing tag that is missing at its end was forgotten. What repeats a block of
    the `prompt` together with what stands beside it there quotes the prompt; a block that is copied alone is done.
    """
    names, shown = Names(facts), spaced(prompt)
    answer = _read(text, names, shown, reasoning=reasoning, stop=stop, index=index)
    if not answer.actions and any(names.tag(name) for name in _ESCAPED.findall(text)):
        escaped = _read(unescape(text), names, shown, reasoning=reasoning, stop=stop, index=index)
        # With words around them, they are what the words are about.
        return answer if escaped.turn.prose else escaped
    return answer


def _read(text: str, names: Names, shown: str, *, reasoning: str, stop: Stop, index: int) -> Answer:
    marks, end = find_marks(text, names, most=_MOST)
    text, beyond = text[:end], text[end:]
    blocks, begin = find_blocks(text, marks, stop=stop)
    parts, read = _parts(text, blocks, begin, names, shown, stop=stop)
    tail = None if beyond else _tail(text, blocks, names, stop=stop)
    if tail is not None and not any(part.end > len(text) - len(tail.raw) for part in parts):
        parts.append(_Part(len(text) - len(tail.raw), len(text), tail))
    unread = [*read, *((part.start, part.end) for part in parts), (0, begin)]
    done = [part.action for part in parts if part.action is not None]
    parts += _unknown(text, unread, names, shown, done, stop=stop)
    parts = _with_their_words(text, sorted(parts, key=lambda part: part.start))
    thoughts, prose, position = [text[:begin]], list[str](), begin
    for part in parts:
        prose.append(text[position : part.start])
        position = max(position, part.end)
        thoughts.append(part.inside)
    prose.append(text[position:])
    actions = [part.action for part in parts if part.action is not None]
    if beyond:
        actions.append(Unreadable(raw=beyond, problem=f"An answer holds at most {_MOST} tags."))
    elif stop == "unknown" and not _is_ended(text, parts, begin, names):
        stop = "length"
    turn = Turn(
        index=index,
        reasoning="\n\n".join(part for part in (reasoning.strip(), *map(str.strip, thoughts)) if part),
        prose=without_fences("\n".join(prose)),
        stop=stop,
        actions=len(actions),
    )
    return Answer(actions=tuple(actions), turn=turn)


def _parts(
    text: str, blocks: list[Block], begin: int, names: Names, shown: str, *, stop: Stop
) -> tuple[list[_Part], list[tuple[int, int]]]:
    """What the blocks come to, and where those stand that are only spoken of."""
    parts, spoken = [], []
    quoted = _quoted(text, blocks, begin, shown)
    for block in blocks:
        if block.thought:
            inside = text[block.header.end : block.content_end]
            end = block.end if block.closed or not block.last else len(text)
            parts.append(_Part(block.start, end, _addressed(text[block.start : end], block, inside), inside))
            continue
        read = _Read(None) if block.start in quoted else _action(text, block, names, stop=stop)
        if read.action is not None:
            parts.append(_Part(block.start, block.end, read.action))
        else:
            spoken.append((block.start, block.end if block.closed else block.header.end))
    return parts, spoken


def _addressed(raw: str, block: Block, inside: str) -> Unreadable | None:
    """A thought that names recipients."""
    people = split_people(block.header.values.get("to", ""))
    partial = Send(to=people, body=inside.strip())
    return Unreadable(raw=raw, problem="Nobody thinks to somebody.", partial=partial) if people else None


def _unknown(
    text: str, read: list[tuple[int, int]], names: Names, shown: str, done: list[Action | Unreadable], *, stop: Stop
) -> list[_Part]:
    """The attempts to act outside of what has been read, but for what the prompt shows and what tells what was done."""
    open_to = masked(masked(text.replace(BARRIER, " "), mentions(text), " "), read, BARRIER)
    parts = []
    for start, end, is_open in find_attempts(open_to, names, reached(done, names)):
        raw = text[start:end].rstrip()
        if spaced(raw) in shown or restates(raw, done, names):
            continue
        cut = stop != "complete" and is_open and end == len(text) and not (stop == "unknown" and reads_as_ended(raw))
        problem = "The answer ends inside it." if cut else "It is in no form that is known here."
        parts.append(_Part(start, start + len(raw), Unreadable(raw=raw, problem=problem, cut=cut)))
    return parts


def _with_their_words(text: str, parts: list[_Part]) -> list[_Part]:
    """The parts, and after each mail without words those that follow it: they may be what it was to say."""
    found = []
    for part, after in zip_longest(parts, parts[1:]):
        found.append(part)
        raw = text[part.end : after.start if after else len(text)].rstrip()
        empty = isinstance(part.action, Send | Reply) and not part.action.body.strip()
        if empty and _EOM.search(getattr(part.action, "subject", "")) and not speaks_to(raw):
            continue  # "(eom)": the subject is all of it
        if empty and len(without_tags(without_fences(raw)).split()) > 3:
            unread = Unreadable(raw=raw.strip(), problem="It follows a mail that has no text.")
            found.append(_Part(part.end, part.end + len(raw), unread))
    return found


def _is_ended(text: str, parts: list[_Part], begin: int, names: Names) -> bool:
    """Whether an answer reads as ended: what stands after its last block is nothing, or finished prose.

    A thought at the end is no end, and what an action that is cut off comes to is said by that.
    """
    last = parts[-1] if parts else None
    acted = last is not None and isinstance(last.action, Send | Reply | Forward | Operate | Finish)
    after = text[max(last.end if last else 0, begin) :].rstrip()
    rest = without_fences(after)
    if last is None or without_tags(rest).strip():
        signed = names.is_own(rest.strip(" \t\n*_-\u2013\u2014"))
        fenced = after.endswith("```") and not after.count("```") % 2
        return (acted and (signed or fenced)) or reads_as_ended(rest, acted=acted)
    return last.action is not None


def _quoted(text: str, blocks: list[Block], begin: int, shown: str) -> set[int]:
    """Where the blocks start that stand in the prompt with what is beside them: the next line, or the next block.

    A finish beside a block shows nothing: who does a thing in the prompt's words may close in them too.
    """
    found = set[int]()
    for number, block in enumerate(blocks):
        own = spaced(text[block.start : block.end])
        if not block.closed or own not in shown:
            continue
        before, after = blocks[number - 1] if number else None, blocks[number + 1] if number + 1 < len(blocks) else None
        above = without_fences(text[before.end if before else begin : block.start]).rpartition("\n")[2]
        below = without_fences(text[block.end : after.start if after else len(text)]).partition("\n")[0]
        sides = (f"{above or _beside(text, before)} {own}", f"{own} {below or _beside(text, after)}")
        if any(side.strip() != own and spaced(side) in shown for side in sides):
            found.add(block.start)
    return found


def _beside(text: str, block: Block | None) -> str:
    return text[block.start : block.end] if block and block.tag.kind != "finish" else ""


def _action(text: str, block: Block, names: Names, *, stop: Stop) -> _Read:
    content = text[block.header.end : block.content_end]
    finished = block.closed or not block.last
    cut_tag = None if finished else _TAIL.search(content, max(len(content) - 70, 0))
    if cut_tag:
        # The closing tag is cut off (`</sen`): all is there to be judged, and it is plain that the answer was cut.
        content = content[: cut_tag.start()]
    if not block.closed:
        content = content.rstrip().removesuffix("```")  # the fence around it was closed, if not the block
    kind, tag, fields = _fields(block, content, names)
    built = build(kind, tag, fields, names) if tag.known else Built(None, "There is no such action.")
    raw = text[block.start : block.end]
    partial = built.action if any(fields.values.values()) else None
    quotes = bool(built.problem) and names.is_other(fields.text("sender"))
    if quotes or _only_words(text, block, fields, built):
        return _Read(None)
    if block.doubtful:
        reaches = kind not in REACHES_NOBODY or isinstance(built.action, Send)
        meant = reaches and (kind == "operate" or len(content.split()) > 2)
        return _Read(Unreadable(raw=raw, problem="It stands among words or thoughts.") if meant else None)
    if is_pattern(built.action):
        return _Read(Unreadable(raw=raw, problem="It is addressed like an example.", partial=partial))
    if not finished and ((stop != "complete" and cut_tag) or not _complete(block, kind, fields, stop=stop)):
        where = "its tag" if not block.header.ended else "it"
        return _Read(Unreadable(raw=raw, problem=f"The answer ends inside {where}.", cut=True, partial=partial))
    if not block.header.ended and not block.closed:
        return _Read(Unreadable(raw=raw, problem="Its tag has no end.", partial=partial))
    if built.problem or built.action is None:
        return _Read(Unreadable(raw=raw, problem=built.problem, partial=partial))
    return _Read(built.action)


def _fields(block: Block, content: str, names: Names) -> tuple[Kind, Tag, Fields]:
    tag = block.tag
    assert tag.kind != "thought"
    fields = read_fields(tag.kind, block.header.values, content)
    if tag.kind != "call" or not tag.known:
        return tag.kind, tag, fields
    called = names.called(plain(fields.text("name")))
    if called is None or called.kind == "thought":
        return "call", tag, fields
    # The fields of a call are those of what it calls, under the same names.
    return called.kind, called, fields


def _only_words(text: str, block: Block, fields: Fields, built: Built) -> bool:
    """Whether a block is not meant: the pattern from the prompt, or a tag without attributes that is spoken of."""
    if is_pattern(built.action) and is_shown(built.action):
        return True
    if block.header.values or block.prefixed:
        return False
    if block.inline:
        return built.action is None or not (fields.values.keys() & _POINTED or _has_code(built))
    if block.closed or block.tag.kind == "finish":
        return False
    if block.last and not block.header.ended and "\n" not in text[block.header.end : block.header.end + 80]:
        return False  # cut off inside the tag
    beside = text[block.header.end : block.header.end + 80].partition("\n")[0].strip()
    return bool(beside) and beside[0] not in "{[" and not fields.values.keys() & _POINTED


def _has_code(built: Built) -> bool:
    return built.action is not None and built.action.kind == "operate" and bool(built.action.code)


def _complete(block: Block, kind: Kind, fields: Fields, *, stop: Stop) -> bool:
    """Whether an action without its closing tag at the end of the answer has been said to its end."""
    if stop == "complete":
        return True
    if not block.header.ended or stop != "unknown":
        return False
    # The quote around the last field is closed, or there was nothing to come.
    return fields.whole or kind in REACHES_NOBODY - {"finish"}


def _tail(text: str, blocks: list[Block], names: Names, *, stop: Stop) -> Unreadable | None:
    """The beginning of an action's tag at the very end (`<sen`), where the answer was cut off."""
    if stop == "complete" or (blocks and blocks[-1].end == len(text)):
        return None
    found = _TAIL.search(text, max(len(text) - 70, 0))
    if found is None or found.group(1) or len(found.group(2) or "") < 2:
        return None
    name = plain(found.group(2))
    if not any(known.startswith(name) for known in names.all):
        return None
    if text[: found.start()].rpartition("\n")[2].strip():
        return None
    return Unreadable(raw=text[found.start() :], problem="The answer ends inside its tag.", cut=True)
