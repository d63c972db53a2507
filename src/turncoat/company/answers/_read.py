"""Reading an answer: which actions it holds, in order, what is thought, and what is said besides."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from turncoat.company.answers._blocks import Block, find_blocks
from turncoat.company.answers._build import Built, build
from turncoat.company.answers._fields import Fields, read_fields
from turncoat.company.answers._names import Kind, Names, Tag, plain
from turncoat.company.answers._tags import find_marks
from turncoat.company.answers._text import unescape, without_fences
from turncoat.record import Action, Facts, Forward, Operate, Send, Stop, Turn, Unreadable

_ESCAPED = re.compile(r"^[ \t]*&lt;([A-Za-z_][\w:.\-]{0,60})", re.MULTILINE)
_TAIL = re.compile(r"<\s{0,3}(/?)\s{0,3}([A-Za-z_][\w:.\-]{0,60})?\Z")
_POINTED = frozenset({"to", "cc", "mail", "code", "control", "device", "query"})
"""Fields that show that a tag without attributes, in the middle of a line, is meant."""
_STAND_INS = frozenset({"name@domain", "other@domain"})
_STAND_IN_CODE = "code"
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


def read_answer(
    text: str, *, facts: Facts, prompt: str = "", reasoning: str = "", stop: Stop = "unknown", index: int = 0
) -> Answer:
    """Read an answer with actions in tagged blocks, in our dialect or another, into the actions it means.

    Never raises, and takes time linear in the text. Recipients stay as they were written. What was meant as an action
    and cannot be read is `Unreadable`; it is `cut` where the answer ends inside it. An answer that ended by itself
    (`stop="complete"`) is not cut off: a closing tag that is missing at its end was forgotten. What repeats a block of
    the `prompt` together with what stands beside it there quotes the prompt; a block that is copied alone is done.
    """
    names, shown = Names(facts), _spaced(prompt)
    answer = _read(text, names, shown, reasoning=reasoning, stop=stop, index=index)
    if not answer.actions and any(names.tag(name) for name in _ESCAPED.findall(text)):
        escaped = _read(unescape(text), names, shown, reasoning=reasoning, stop=stop, index=index)
        # With words around them, they are what the words are about.
        return answer if escaped.turn.prose else escaped
    return answer


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _read(text: str, names: Names, shown: str, *, reasoning: str, stop: Stop, index: int) -> Answer:
    marks, end = find_marks(text, names, most=_MOST)
    text, beyond = text[:end], text[end:]
    blocks, begin = find_blocks(text, marks, stop=stop)
    thoughts, prose = [text[:begin]], list[str]()
    actions: list[Action | Unreadable] = []
    position = begin
    tail = None if beyond else _tail(text, blocks, names, stop=stop)
    quoted = _quoted(text, blocks, begin, shown)
    for block in blocks:
        prose.append(text[position : block.start])
        position = block.end
        if block.thought:
            thoughts.append(text[block.header.end : block.content_end])
            continue
        read = _Read(None) if block.start in quoted else _action(text, block, names, stop=stop)
        if read.action is None:
            prose.append(text[block.start : block.end])
        else:
            actions.append(read.action)
    if tail is not None:
        start = len(text) - len(tail.raw)
        if position <= start:
            prose.append(text[position:start])
            position = len(text)
            actions.append(tail)
    prose.append(text[position:])
    if beyond:
        actions.append(Unreadable(raw=beyond, problem=f"An answer holds at most {_MOST} tags."))
    turn = Turn(
        index=index,
        reasoning="\n\n".join(part for part in (reasoning.strip(), *map(str.strip, thoughts)) if part),
        prose=without_fences("\n".join(prose)),
        stop=stop,
        actions=len(actions),
    )
    return Answer(actions=tuple(actions), turn=turn)


def _quoted(text: str, blocks: list[Block], begin: int, shown: str) -> set[int]:
    """Where the blocks start that stand in the prompt with what is beside them: the next line, or the next block.

    A finish beside a block shows nothing: who does a thing in the prompt's words may close in them too.
    """
    found = set[int]()
    for number, block in enumerate(blocks):
        own = _spaced(text[block.start : block.end])
        if not block.closed or own not in shown:
            continue
        before, after = blocks[number - 1] if number else None, blocks[number + 1] if number + 1 < len(blocks) else None
        above = without_fences(text[before.end if before else begin : block.start]).rpartition("\n")[2]
        below = without_fences(text[block.end : after.start if after else len(text)]).partition("\n")[0]
        sides = (f"{above or _beside(text, before)} {own}", f"{own} {below or _beside(text, after)}")
        if any(side.strip() != own and _spaced(side) in shown for side in sides):
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
    if _only_words(text, block, fields, built):
        return _Read(None)
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
    if _is_pattern(built.action):
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


def _is_pattern(action: Action | None) -> bool:
    """Whether an action is the prompt's own example, copied: it goes to nobody but stand-ins, or its code is one."""
    if isinstance(action, Operate):
        return action.code.strip().lower() == _STAND_IN_CODE
    if not isinstance(action, Send | Forward):
        return False
    people = {person.strip().lower() for person in (*action.to, *action.cc)}
    return bool(people) and people <= _STAND_INS


def _has_code(built: Built) -> bool:
    return built.action is not None and built.action.kind == "operate" and bool(built.action.code)


def _complete(block: Block, kind: Kind, fields: Fields, *, stop: Stop) -> bool:
    """Whether an action without its closing tag at the end of the answer has been said to its end."""
    if stop == "complete":
        return True
    if not block.header.ended or stop != "unknown":
        return False
    # The quote around the last field is closed, or there was nothing to come.
    return fields.whole or kind in ("list", "read", "search", "contacts")


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
