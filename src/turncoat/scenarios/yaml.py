"""Loading YAML so that every mistake can be pointed at: file and line."""

import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from turncoat.errors import PackError, Problem
from turncoat.scenarios.mistakes import mistakes

BIGGEST = 500_000
DEEPEST = 30
MOST_TOKENS = 60_000
_Model = TypeVar("_Model", bound=BaseModel)


# Escapes steer a terminal, and marks of direction make a text read otherwise than it is.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as people read it: `on`, `null` and `17:30` are text; only true, false and plain numbers are not."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


@dataclass(frozen=True, slots=True)
class Located:
    """Plain data with the place of each of its parts. `name` is the file as shown to the user."""

    name: str
    data: Any
    node: yaml.Node | None

    def line(self, path: Sequence[str | int]) -> int:
        """1-based line of the value at `path` (keys and indices from the top), or of the nearest part that exists."""
        node, line = self.node, 1
        for step in path:
            below = _child(node, step)
            if below is None:
                break
            node, line = below
        return line

    def text_line(self, path: Sequence[str | int], within: int) -> int:
        """1-based line of line `within` (1-based) of the text at `path`; of a text on one line always that one."""
        node = self.node
        for step in path:
            below = _child(node, step)
            node = below[0] if below else None
        if not isinstance(node, yaml.ScalarNode):
            return self.line(path)
        return int(node.start_mark.line) + 1 + (within if node.style in ("|", ">") else 0)

    def problem(self, path: Sequence[str | int], message: str) -> Problem:
        return Problem(self.name, self.line(path), message)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        below = node.value[step]
        return below, below.start_mark.line + 1
    return None


def read_text(path: Path, name: str) -> str:
    """The text of a file of a pack or a study.

    Raises `PackError` when it is missing, not a plain file (a link could show the agent any file of this machine, a
    pipe would never end), not UTF-8, or over `BIGGEST` bytes.
    """
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise PackError([Problem(name, 0, "is a link; put the file itself in its place")])
        if not stat.S_ISREG(found.st_mode):
            raise PackError([Problem(name, 0, "is not a plain file")])
        if found.st_size > BIGGEST:
            raise PackError([Problem(name, 0, f"is larger than {BIGGEST:,} bytes ({found.st_size:,})")])
        text = path.read_text(encoding="utf-8")
        if hit := _INVISIBLE.search(text):
            line = text.count("\n", 0, hit.start()) + 1
            raise PackError([Problem(name, line, f"holds the control character {hit.group()!r}")])
        return text
    except FileNotFoundError:
        raise PackError([Problem(name, 0, "this file is missing")]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PackError([Problem(name, line, "is not UTF-8 text")]) from None
    except OSError as error:
        raise PackError([Problem(name, 0, f"cannot be read: {error.strerror}")]) from None


def load(path: Path, name: str) -> Located:
    """Parse one YAML file that a person has written.

    Refused besides what `located` refuses: anchors and aliases (a few lines of them can unfold into gigabytes), tags,
    and more parts or levels than a person writes.
    """
    text = read_text(path, name)
    with _in_our_words(text, name):
        for line, message in _forbidden(text):
            raise PackError([Problem(name, line, message)])
    return located(text, name)


def located(text: str, name: str) -> Located:
    """YAML, or JSON, as data. Raises `PackError` for what is neither, and for keys that stand twice.

    Of such keys all but the last would be lost without a word.
    """
    with _in_our_words(text, name):
        loader = PlainLoader(text)
        node = loader.get_single_node()
        if twice := list(_doubled(node)):
            raise PackError(Problem(name, line, f"{key!r} stands twice here") for key, line in twice)
        data = loader.construct_document(node) if node is not None else None
    return Located(name, data, node)


@contextmanager
def _in_our_words(text: str, name: str) -> Iterator[None]:
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at_tab = mark is not None and _sign(text, mark.line, mark.column) == "\t"
        said = "found a tab character" if at_tab else error.problem or error.context
        raise PackError([Problem(name, mark.line + 1 if mark else 0, f"not valid YAML: {_remedy(said)}")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PackError([Problem(name, line, f"not valid YAML: {error.reason}")]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackError([Problem(name, 0, f"not valid YAML: {error}")]) from None


def _sign(text: str, line: int, column: int) -> str:
    return "".join(text.split("\n")[line : line + 1])[column : column + 1]


_REMEDIES = {
    "mapping values are not": "a colon where none can stand; put a text with a colon in quotes, or mend the indent",
    "found character that cannot start": "a bracket is open, or a text that begins with a sign such as @ lacks quotes",
    "found a tab character": "a tab; indent with spaces",
    "found unexpected end of stream": "the file ends within quotes or brackets that are not closed",
    "did not find expected ',' or": "a bracket is not closed, or a comma is missing",
    "did not find expected key": "this line is indented otherwise than its neighbours",
    "did not find expected '-' indicator": "this line is indented otherwise than its neighbours",
}


def _remedy(said: str | None) -> str:
    return next((words for start, words in _REMEDIES.items() if (said or "").startswith(start)), str(said))


_DEEPER = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken,
           yaml.BlockMappingStartToken)  # fmt: skip
_UP = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def _forbidden(text: str) -> Iterator[tuple[int, str]]:
    """What must not even be parsed, as line and message. The tokens are read one by one: nothing is nested yet."""
    depth = 0
    for count, token in enumerate(yaml.scan(text, Loader=PlainLoader)):
        line = token.start_mark.line + 1
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken | yaml.DirectiveToken):
            yield line, "anchors, aliases, tags and directives are not allowed"
        depth += isinstance(token, _DEEPER) - isinstance(token, _UP)
        if depth > DEEPEST:
            yield line, f"nested more than {DEEPEST} levels deep"
        if isinstance(token, yaml.ScalarToken) and (hit := _INVISIBLE.search(token.value)):
            yield line, f"holds the control character {hit.group()!r}"
        if count > MOST_TOKENS:
            yield line, f"more than {MOST_TOKENS:,} pieces of YAML in one file"


def _doubled(node: yaml.Node | None, looked_at: set[int] | None = None) -> Iterator[tuple[str, int]]:
    looked_at = set() if looked_at is None else looked_at
    if id(node) in looked_at:  # an alias of what stands elsewhere
        return
    looked_at.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be plain text", problem_mark=key.start_mark)
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _doubled(value, looked_at)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _doubled(each, looked_at)


def parse(model: type[_Model], located: Located) -> _Model:
    """Validate the data against a model. Raises `PackError` with one located problem per mistake."""
    data = located.data if located.data is not None else {}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = mistakes(error, model, data)
        raise PackError(located.problem(place, message) for place, message in found.items()) from None
