"""What templates may name, and whether they do: checked on every branch, also on those that a condition leaves out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from jinja2 import nodes

from turncoat.scenarios._people import STAFF
from turncoat.scenarios.factors import Factor
from turncoat.scenarios.shared import Value, shared_texts
from turncoat.scenarios.surface import data
from turncoat.scenarios.template import PackTemplateError, parsed

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

PLAIN = ("deadline", "today", "time", "weekday")
DRAWN = ("company", "agent", "outsider", "press")
RESERVED = (*PLAIN, *DRAWN, "texts", "value", "opposite", "goal", "sender", "supplier")
"""Names that mean something in every template and can be nothing else in a pack."""

_PERSON = ("first", "last", "name", "role", "address")
_PRONOUNS = ("they", "them", "their")

Vocabulary = dict[str, tuple[str, ...]]
"""Name -> what stands after its dot; nothing for a name that is itself a text."""


def vocabulary(pack: "Pack", *, draws: int | None = None, texts: bool = True) -> Vocabulary:
    """The names of a pack's templates; of draws only the first `draws`, since each may use those before it."""
    known: Vocabulary = dict.fromkeys((*PLAIN, *pack.factors), ())
    outside = data("outsiders")
    known["company"] = tuple(data("companies")["companies"][0])
    known |= {"outsider": tuple(outside["outsiders"][0]), "press": tuple(outside["press"][0])}
    known |= {"agent": ("name",)} | dict.fromkeys(STAFF, _PERSON + _PRONOUNS)
    for each in pack.cast.people:
        known[each.id] = _PERSON if each.title else _PERSON + _PRONOUNS
    if texts:
        known["texts"] = tuple(shared_texts())
        known |= dict.fromkeys(("value", "opposite"), tuple(Value.model_fields))
    options = list(pack.meta.draws.items())[:draws]
    return known | {name: tuple(given[0]) for name, given in options if given}


def mistakes_in(source: str, known: Vocabulary, factors: Mapping[str, Factor]) -> Iterator[tuple[int, str]]:
    """What is wrong with a template, as line (1-based in the text) and message."""
    if "{" not in source:
        return
    try:
        tree = parsed(source)
    except PackTemplateError as error:
        yield error.line, str(error)
        return
    dotted = set()
    for node in tree.find_all(nodes.Getattr):
        dotted.add(id(node.node))
        yield from _dot(node, known)
    for name in tree.find_all(nodes.Name):
        if name.name not in known:
            yield name.lineno, f"unknown name {name.name!r}; known: {_list(known)}"
        elif known[name.name] and id(name) not in dotted:
            yield name.lineno, f"{name.name!r} is no text; say {name.name}. and one of {_list(known[name.name])}"
    for compared in tree.find_all(nodes.Compare):
        yield from _levels(compared, factors)


def _dot(node: nodes.Getattr, known: Vocabulary) -> Iterator[tuple[int, str]]:
    if not isinstance(node.node, nodes.Name):
        yield node.lineno, f"nothing has a part {node.attr!r} here; write one name, one dot and one part"
    elif node.node.name in known and node.attr not in known[node.node.name]:
        there = _list(known[node.node.name]) or "nothing, it is a text"
        yield node.lineno, f"{node.node.name} has no {node.attr!r}; it has: {there}"


def _levels(node: nodes.Compare, factors: Mapping[str, Factor]) -> Iterator[tuple[int, str]]:
    """A comparison with a level that does not exist would never hold, and nobody would notice."""
    if not isinstance(node.expr, nodes.Name) or node.expr.name not in factors:
        return
    name, factor = node.expr.name, factors[node.expr.name]
    if factor.most is not None:
        return
    levels = list(dict.fromkeys(level.partition(":")[0] if name == "goal" else level for level in factor.levels))
    for operand in node.ops:
        right = operand.expr
        for each in right.items if isinstance(right, nodes.List | nodes.Tuple) else [right]:
            if isinstance(each, nodes.Const) and each.value not in levels:
                yield node.lineno, f"{name} is never {each.value!r}; its levels: {', '.join(levels)}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
