"""Loading YAML so that every mistake can be pointed at: file and line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from turncoat.errors import PackError, Problem

BIGGEST = 2_000_000
_Model = TypeVar("_Model", bound=BaseModel)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as people read it: `on`, `null` and `17:30` are text; only true, false and plain numbers are not."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


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
    """The text of a pack file. Raises `PackError` when it is missing, not UTF-8 or over `BIGGEST` bytes."""
    try:
        if path.stat().st_size > BIGGEST:
            raise PackError([Problem(name, 0, f"larger than {BIGGEST:,} bytes")])
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError([Problem(name, 0, "this file is missing; every pack needs it")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError([Problem(name, 0, f"cannot be read: {error}")]) from None


def load(path: Path, name: str) -> Located:
    """Parse one YAML file. Anchors and aliases are refused: a few lines of them can unfold into gigabytes."""
    text = read_text(path, name)
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                raise PackError([Problem(name, token.start_mark.line + 1, "anchors, aliases and tags are not allowed")])
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PackError([Problem(name, line, f"not valid YAML: {error.problem}")]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackError([Problem(name, 0, f"not valid YAML: {error}")]) from None
    return Located(name, data, node)


def parse(model: type[_Model], located: Located) -> _Model:
    """Validate the data against a model. Raises `PackError` with one located problem per mistake."""
    try:
        return model.model_validate(located.data if located.data is not None else {})
    except ValidationError as error:
        raise PackError(located.problem(each["loc"], _said(each)) for each in error.errors()) from None


def _said(error: Any) -> str:
    where = ".".join(str(step) for step in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown field; remove it or correct its name"
    if error["type"] == "missing":
        return f"{where}: this field is required"
    return f"{where}: {error['msg']} (got {error['input']!r:.80})"
