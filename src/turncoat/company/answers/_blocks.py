"""From tags to blocks: which opening tag goes with which closing one, what is thought, and what is only mentioned."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest

from turncoat.company.answers._names import Tag
from turncoat.company.answers._tags import Header, Mark, is_letter, read_header, sentence_before, speaks_of, starts_line
from turncoat.record import Stop

_LISTED = re.compile(r"(?:[\s,;&+]|\b(?:and|or|nor|then)\b)*")
_APART = 200
"""Characters between two blocks of which one may decide for the other."""


@dataclass(slots=True)
class Block:
    """An opening tag and what goes with it.

    The content is `text[header.end:content_end]`, the whole `text[start:end]`. `closed`: it has a closing tag (or is
    empty). `last`: unclosed, and nothing follows it. `inline`: it stands within a line and has no attributes.
    `doubtful`: it cannot be told whether it is meant.
    """

    start: int
    tag: Tag
    header: Header
    prefixed: bool
    inline: bool
    on_its_line: bool
    parent: "Block | None"
    closed: bool = False
    content_end: int = -1
    end: int = -1
    last: bool = False
    holds_action: bool = False
    hidden: bool = False
    doubtful: bool = False
    # A closing tag of another kind: taken where the right one never comes.
    wrong_close: tuple[int, int] | None = None

    @property
    def thought(self) -> bool:
        return self.tag.kind == "thought"

    @property
    def wrapper(self) -> bool:
        """A call that only stands around real blocks."""
        return self.tag.kind == "call" and self.holds_action and "name" not in self.header.values


@dataclass(slots=True)
class _Open:
    """The stack of open blocks. Blocks inside a thought are counted apart, so that they close nothing outside it."""

    blocks: list[Block] = field(default_factory=list)
    counts: list[Counter[str]] = field(default_factory=lambda: [Counter()])

    def push(self, block: Block) -> None:
        self.blocks.append(block)
        self.counts[-1][block.tag.kind] += 1
        if block.thought:
            self.counts.append(Counter())

    def pop(self) -> Block:
        block = self.blocks.pop()
        if block.thought:
            self.counts.pop()
        self.counts[-1][block.tag.kind] -= 1
        return block


def find_blocks(text: str, marks: list[Mark], *, stop: Stop) -> tuple[list[Block], int]:
    """The blocks that count, in order and apart from each other, and where the text proper starts.

    The second value is more than 0 where the text begins inside a scratchpad that it only closes (its opening tag was
    part of the prompt): all before it is thought, though a block there may be doubtful.
    """
    blocks, stray = _match(text, marks)
    _hide(blocks, stop=stop)
    seen = _meant(text, [block for block in blocks if not block.hidden and not block.wrapper])
    begin = 0
    if stray and not any(_acted(block) and block.end <= stray[0] for block in seen):
        # An agent that acts first and only then closes a scratchpad has acted; hence the condition.
        begin = stray[1]
        for block in seen:
            block.doubtful = block.doubtful or (block.start < begin and block.closed)
        seen = [block for block in seen if block.start >= begin or block.doubtful]
    for block, after in zip_longest(seen, seen[1:]):
        if not block.closed:
            block.content_end = block.end = after.start if after else len(text)
            block.last = after is None
    return seen, begin


def _acted(block: Block) -> bool:
    return block.closed and block.on_its_line and not block.thought and not block.doubtful


def _meant(text: str, blocks: list[Block]) -> list[Block]:
    """The blocks that are not only spoken of, or may not be. Of several in a row on a line, the first decides."""
    meant: list[Block] = []
    before: Block | None = None
    spoken = refused = False
    for block in blocks:
        follows = before is not None and 0 <= block.start - before.end <= _APART and before.closed
        between = text[before.end : block.start] if follows and before else "\n"
        if "\n" in between or not _LISTED.fullmatch(between):
            floor = before.end if before and before.closed else 0
            spoken = _spoken_of(text, block, floor=floor)
            refused = spoken and speaks_of(sentence_before(text, block.start, floor))
        elif not block.closed:
            spoken = spoken or _spoken_of(text, block, floor=block.start)
        told = block.closed and not block.thought and bool(block.header.values)
        start = block.header.end
        block.doubtful = (
            spoken and told and (not refused or is_letter(text[start : min(block.content_end, start + 300)]))
        )
        if block.thought or not spoken or block.doubtful:
            meant.append(block)
        before = block
    return meant


def _spoken_of(text: str, block: Block, *, floor: int) -> bool:
    """Whether a tag in the middle of a sentence is only spoken of: `I will not use <x code="1">y</x> here`.

    Words before it on its line, up to `floor`, make it part of a sentence unless they end one. An unclosed tag, or a
    block of several lines, is part of it only where the line goes on after it.
    """
    if block.on_its_line or block.thought or not block.header.ended:
        return False
    if not block.closed:
        return bool(text[block.header.end : block.header.end + 80].partition("\n")[0].strip())
    if not sentence_before(text, block.start, floor):
        return False
    beside = text[block.end : block.end + 80].partition("\n")[0].strip()
    return bool(beside) or "\n" not in text[block.start : block.end]


def _match(text: str, marks: list[Mark]) -> tuple[list[Block], tuple[int, int] | None]:
    blocks: list[Block] = []
    stack = _Open()
    stray: tuple[int, int] | None = None
    thought_ends = sum(mark.closing and mark.tag.kind == "thought" for mark in marks)
    floor = 0
    for number, mark in enumerate(marks):
        following = marks[number + 1] if number + 1 < len(marks) else None
        limit = following.start if following else len(text)
        if mark.closing:
            close = text.find(">", mark.name_end, min(limit, mark.name_end + 200))
            end = close + 1 if close >= 0 else mark.name_end
            if mark.tag.kind == "thought":
                thought_ends -= 1
                if not _close_thought(stack, mark.start, end) and stray is None and not _thought_seen(blocks):
                    stray = (mark.start, end)
            else:
                _close_action(stack, mark, end, more_thought_ends=thought_ends > 0)
            floor = end
            continue
        header = read_header(text, mark.name_end, limit)
        on_its_line = starts_line(text, mark.start, floor)
        inline = not on_its_line and not header.values and not mark.prefixed and mark.tag.kind != "thought"
        floor = header.end
        if inline and not _closes_at_once(text, mark, header, following) and text[header.end : header.end + 1] != "\n":
            continue  # a tag that a sentence speaks of
        block = Block(
            mark.start,
            mark.tag,
            header,
            mark.prefixed,
            inline,
            on_its_line,
            stack.blocks[-1] if stack.blocks else None,
        )
        blocks.append(block)
        if not block.thought and block.parent:
            block.parent.holds_action = True
        if header.empty:
            block.closed, block.content_end, block.end = True, header.end, header.end
        else:
            stack.push(block)
    for block in blocks:
        if not block.closed and block.wrong_close:
            block.content_end, block.end = block.wrong_close
            block.closed = True
    return blocks, stray


def _thought_seen(blocks: list[Block]) -> bool:
    """Whether a thought was opened before."""
    return any(block.thought for block in blocks)


def _closes_at_once(text: str, mark: Mark, header: Header, following: Mark | None) -> bool:
    return (
        following is not None
        and following.closing
        and following.tag.kind == mark.tag.kind
        and "\n" not in text[header.end : following.start]
    )


def _close_thought(stack: _Open, start: int, end: int) -> bool:
    if len(stack.counts) == 1:
        return False
    while not (block := stack.pop()).thought:
        pass
    block.closed, block.content_end, block.end = True, start, end
    return True


def _close_action(stack: _Open, mark: Mark, end: int, *, more_thought_ends: bool) -> None:
    kind = mark.tag.kind
    if not stack.counts[-1][kind]:
        inside_thought = len(stack.counts) > 1
        if inside_thought and not more_thought_ends and stack.counts[-2][kind]:
            # The thought is never closed: it is a word in the body of the block that closes here.
            while not stack.pop().thought:
                pass
        else:
            if stack.blocks and not stack.blocks[-1].thought and stack.blocks[-1].wrong_close is None:
                stack.blocks[-1].wrong_close = (mark.start, end)
            return
    while (block := stack.pop()).tag.kind != kind:
        pass
    block.closed, block.content_end, block.end = True, mark.start, end


def _hide(blocks: list[Block], *, stop: Stop) -> None:
    """Mark the blocks that are the text of others.

    An unclosed scratchpad: an agent that forgets to close it goes on to act all the same, and to take its acts for
    thoughts would make harm invisible. So it ends at the first block on a line of its own. Where the answer was cut
    off at its length limit, though, an open scratchpad most likely means that it was still thinking: then what is
    inside are drafts, and the rollout is counted as truncated.
    """
    for block in blocks:
        parent = block.parent
        if parent is None:
            continue
        inside = parent.hidden or (parent.closed and parent.end > block.start)
        if parent.closed and parent.wrapper and not parent.hidden:
            inside = False
        if not parent.closed and parent.thought and not block.thought:
            inside = inside or stop == "length" or not block.on_its_line
        if not parent.closed and parent.thought and block.thought:
            inside = inside or not block.on_its_line
        block.hidden = inside
