"""Templates in packs: a language so small that a hostile pack can neither run code, read files, nor hang the program.

Only output, `if`, comparisons and a handful of filters are let through, checked on the syntax tree. Without loops,
calls, arithmetic and assignment, rendering is linear in the length of the text; without attribute access to Python
objects nothing can be reached.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import SandboxedEnvironment

FILTERS = ("capitalize", "lower", "upper", "title")
LONGEST = 50_000
MOST_NODES = 2_000
DEEPEST = 40
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)


class PackTemplateError(Exception):
    """A template that is forbidden, not well formed, or names something unknown. `line` is 1-based in the text."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _DataOnly(SandboxedEnvironment):
    """Dots look into mappings and nowhere else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, Undefined):
            return obj
        known = ", ".join(sorted(obj)) if isinstance(obj, dict) else "nothing"
        return self.undefined(f"there is no {attribute!r} here; known: {known}")


_ENVIRONMENT = _DataOnly(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.globals.clear()
_INTERNAL = ("self", "super", "loop", "caller", "varargs", "kwargs")


@lru_cache(maxsize=2048)
def parsed(source: str) -> nodes.Template:
    """The syntax tree of a template in the allowed language, to be read only. Raises `PackTemplateError`."""
    return _parse(source)


def _parse(source: str) -> nodes.Template:
    if len(source) > LONGEST:
        raise PackTemplateError(f"a template may hold at most {LONGEST:,} characters", _crowded(source))
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise PackTemplateError(_in_words(error.message or ""), error.lineno) from None
    except RecursionError:
        raise PackTemplateError("nested too deeply", _crowded(source)) from None
    except ValueError as error:
        raise PackTemplateError(f"cannot be read: {error}", _crowded(source)) from None
    _measure(tree, source)
    _refuse(tree)
    return tree


_WORDS = (
    (r"Encountered unknown tag '(elif|else|endif)'.*", r"{% \1 %} has no {% if ... %} before it"),
    (r"Encountered unknown tag '(.*?)'.*", r"there is no {% \1 %}; allowed: if, elif, else, endif"),
    (r"Unexpected end of template.*", "an {% if ... %} is not closed; end it with {% endif %}"),
    (r"Missing end of comment tag", "{# is not closed; end it with #}"),
    (r"Missing end of raw directive", "there is no {% raw %}; allowed: if, elif, else, endif"),
    (r"Expected an expression, got .*", 'a name is missing, as in {{ company.name }} or {% if goal == "none" %}'),
    (r"expected token 'end of (?:print statement|statement block)', got '='", "= compares nothing; write =="),
    (r"expected token 'end of print statement', got '(.*)'", r"{{ is closed by }} after one name; here follows '\1'"),
    (r"expected token 'end of statement block', got '(.*)'", r"{% is not closed by %} where '\1' stands"),
    (r"unexpected char (['\"].*) at \d+", r"\1 cannot stand in a template here, or is not closed"),
)
"""What the parser says, and what it means to somebody who writes a pack."""


def _in_words(message: str) -> str:
    for pattern, words in _WORDS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(words)
    return f"not well formed: {message}"


def _crowded(source: str) -> int:
    """The longest line: where to look first, when all that is known is that there is too much of something."""
    lines = source.split("\n")
    return lines.index(max(lines, key=len)) + 1


def _measure(tree: nodes.Template, source: str) -> None:
    """Refuse what would take long to compile, without recursion."""
    count = 0
    level: list[nodes.Node] = [tree]
    for depth in range(DEEPEST + 1):
        count += len(level)
        if count > MOST_NODES:
            raise PackTemplateError(f"more than {MOST_NODES:,} parts in one template", _crowded(source))
        below = [child for node in level for child in node.iter_child_nodes()]
        if not below:
            return
        if depth == DEEPEST:
            raise PackTemplateError("nested too deeply", below[0].lineno)
        level = below


def _refuse(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        allowed = "output {{ a.b }}, if/elif/else, comparisons, and/or/not"
        raise PackTemplateError(
            f"templates may not use {type(node).__name__.lower()!r}; allowed: {allowed}", node.lineno
        )
    if isinstance(node, nodes.Filter) and node.name in FILTERS and (node.args or node.kwargs):
        raise PackTemplateError(f"the filter {node.name!r} takes nothing in brackets", node.lineno)
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise PackTemplateError(f"unknown filter {node.name!r}; allowed: {', '.join(FILTERS)}", node.lineno)
    if isinstance(node, nodes.Name) and (node.name in _INTERNAL or node.name.startswith("_")):
        raise PackTemplateError(f"{node.name!r} is no name of a pack", node.lineno)
    if isinstance(node, nodes.Const) and not (isinstance(node.value, str) and node.value.isprintable()):
        raise PackTemplateError(f'{node.value!r:.40} is not text in quotes, such as "on" or "4"', node.lineno)
    for child in node.iter_child_nodes():
        _refuse(child)


@lru_cache(maxsize=8192)
def _compiled(source: str) -> Template:
    tree = _parse(source)  # afresh: compiling changes it
    try:
        return _ENVIRONMENT.from_string(tree)
    except (SyntaxError, RecursionError, MemoryError):
        raise PackTemplateError("nested too deeply", _crowded(source)) from None


def check(source: str) -> None:
    """Raise `PackTemplateError` unless the template is in the allowed language."""
    if "{" in source:
        _compiled(source)


def render(source: str, variables: Mapping[str, object]) -> str:
    """The text with its variables filled in, without white space around it.

    Raises `PackTemplateError` for a forbidden construct, a syntax error or an unknown name.
    """
    if "{" not in source:
        return source.strip()
    template = _compiled(source)
    try:
        # `new_context` goes through the globals, which are none, for each of the sixty texts of a briefing.
        context = _ENVIRONMENT.context_class(_ENVIRONMENT, variables, None, template.blocks)  # type: ignore[arg-type]
        return "".join(template.root_render_func(context)).strip()
    except TemplateError:
        return _explained(template, variables)


def _explained(template: Template, variables: Mapping[str, object]) -> str:
    """Render in the way that gives the lines of the template in the error's traceback."""
    try:
        return template.render(variables).strip()
    except TemplateError as error:
        raise PackTemplateError(error.message or str(error), _line_of(error)) from None


def _line_of(error: BaseException) -> int:
    trace = error.__traceback__
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
