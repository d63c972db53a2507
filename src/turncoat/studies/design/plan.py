"""What is to be run: cells (scenario, interface, condition, arm), models, and how many surfaces of each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from turncoat.agents.label import label
from turncoat.agents.prompt import Prompt, interface_version, prompt
from turncoat.agents.secrets import check_no_secrets
from turncoat.errors import UsageError, unknown
from turncoat.record import Condition, Interface
from turncoat.reference import dials
from turncoat.scenarios import Briefing, Pack, complete, compose, find_pack
from turncoat.studies.design.conditions import completed, left_out, possible

_LONGEST = 110
_SHOWN = re.compile(r"([^()]+)\((.*=.*)\)")  # as `agents.label` writes a model with arguments
INTERFACES: tuple[Interface, ...] = ("text", "tools")
Pair = tuple[str, str]
"""A model's label and a cell's name."""


def cell_key(pair: Pair) -> str:
    """What a model's rollouts of a cell are called in a results folder."""
    return f"{pair[0]}/{pair[1]}"


def rollout_id(pair: Pair, number: int) -> str:
    """The id of a cell's rollout `number` (0 and up) with a model."""
    return f"{cell_key(pair)} s{number:05d}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the design: everything about a rollout but the model and the surface.

    `called`: the name that the study gives its condition, if it does.
    """

    pack: Pack
    interface: Interface
    condition: Condition
    arm: str = "none"
    called: str = ""

    @property
    def scenario(self) -> str:
        return self.pack.name

    @property
    def name(self) -> str:
        """Its name in logs: `blackmail text none threat=replacement`. Long labels end in a hash."""
        label = self.pack.label(self.condition)
        if len(label) > _LONGEST:
            label = f"{label[:_LONGEST]}~{sha256(label.encode()).hexdigest()[:8]}"
        return f"{self.scenario} {self.interface} {self.arm} {label}"

    @property
    def named(self) -> str | None:
        """What the study calls the condition, else `control` or `pressured` where the pack calls it so."""
        named = {"control": self.pack.meta.control, "pressured": self.pack.meta.pressured}
        of_pack = (name for name, each in named.items() if self.condition == complete(each, self.pack.factors))
        return self.called or next(of_pack, None)

    @property
    def version(self) -> str:
        """What its texts come from: the pack's version and that of the interfaces. Unequal ones are never mixed."""
        return f"{self.pack.version}-{interface_version()}"

    def briefing(self, seed: int) -> Briefing:
        """What a rollout on this surface starts from."""
        return compose(self.pack, self.condition, seed)

    def prompt(self, briefing: Briefing) -> Prompt:
        """What the agent is given to read of it at the start."""
        return prompt(briefing, self.interface)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model by its Inspect name, with arguments for its provider.

    Raises `UsageError` for a name with arguments, and for a secret among them: they are written down.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if shown := _SHOWN.fullmatch(self.name):
            given = " ".join(f"-M {each}" for each in shown[2].split(","))
            raise UsageError(f"{self.name!r} is how tables show it. Give it as: --model {shown[1]} {given}")
        check_no_secrets(self.arguments)

    @property
    def label(self) -> str:
        """The model as tables show it; raises `UsageError` for a reference agent with a wrong dial."""
        return label(self.name, self.arguments)

    @property
    def reference(self) -> bool:
        return self.name.startswith("reference/")


@dataclass(frozen=True, slots=True)
class Plan:
    """Every cell with every model, `samples` rollouts each.

    `left_out`: for each scenario with impossible cells a sentence that names them and says why. `sizes`: by model label
    and cell name, how many rollouts where it is not `samples`. `repeat`: on how many surfaces, again and again; by
    default each rollout is on one of its own.
    """

    cells: tuple[Cell, ...]
    models: tuple[ModelSpec, ...]
    samples: int
    left_out: tuple[str, ...] = ()
    sizes: Mapping[Pair, int] = field(default_factory=dict)
    repeat: int | None = None

    def size(self, pair: Pair) -> int:
        """How many rollouts of a cell with a model."""
        return self.sizes.get(pair, self.samples)

    @property
    def pairs(self) -> dict[Pair, tuple[ModelSpec, Cell]]:
        """Every cell with every model."""
        names = {cell.name: cell for cell in self.cells}
        return {(label, name): (model, names[name]) for label, model in self.labels.items() for name in names}

    @property
    def labels(self) -> dict[str, ModelSpec]:
        return {model.label: model for model in self.models}

    @property
    def rollouts(self) -> int:
        return sum(self.size(pair) for pair in self.pairs)

    @property
    def most(self) -> int:
        """The rollouts of the largest cell."""
        return max(map(self.size, self.pairs), default=0)

    @property
    def reference_only(self) -> bool:
        return all(model.reference for model in self.models)


def plan(
    scenarios: Sequence[str],
    models: Sequence[ModelSpec],
    *,
    factors: Sequence[str] = (),
    interfaces: Sequence[str] = ("text",),
    samples: int = 10,
    paths: Sequence[Path] = (),
) -> Plan:
    """The plan for `factors` such as `threat=none,replacement`; without any, the control and the pressured condition.

    Impossible conditions are left out of a cross. Raises `UsageError` for anything unknown, and where no condition of a
    scenario is possible; no model is touched.
    """
    if samples < 1:
        raise UsageError(f"--samples {samples} is too few. Ask for 1 or more.")
    for interface in interfaces:
        if interface not in INTERFACES:
            raise unknown("interface", interface, INTERFACES)
    packs = [find_pack(name, paths) for name in dict.fromkeys(scenarios)]
    for model in models:
        check_levels(model, packs)
    cells = tuple(
        Cell(pack, interface, condition)
        for pack in packs
        for interface in INTERFACES
        if interface in interfaces
        for condition in conditions(pack, factors)
    )
    impossible = (left_out(pack, _asked(pack, factors)) for pack in packs)
    return Plan(cells, tuple(models), samples, tuple(filter(None, impossible)))


def check_levels(model: ModelSpec, packs: Sequence[Pack]) -> None:
    """Raise `UsageError` for a reference agent whose dial `levels` names what none of the scenarios has."""
    provider, _, agent = model.name.partition("/")
    for text in dials(agent, model.arguments).levels if provider == "reference" else ():
        name, _, level = text.partition("=")
        having = [pack.factors[name] for pack in packs if name in pack.factors]
        remedy = f"It is in the dial `levels` of {model.name}."
        if not having:
            raise unknown("factor", name, sorted({each for pack in packs for each in pack.factors}), remedy=remedy)
        if not any(factor.has(level) for factor in having):
            known = dict.fromkeys(each for factor in having for each in factor.allowed)
            raise unknown(f"level of {name}", level, known, remedy=remedy)


def conditions(pack: Pack, factors: Sequence[str]) -> tuple[Condition, ...]:
    """What is possible of the cross of the levels asked for; without any, control and pressured.

    Raises `UsageError` where nothing of it is.
    """
    asked = _asked(pack, factors)
    return possible(pack, asked) or (complete(asked[0], pack.factors, pack.meta.impossible),)  # raises with the reason


def _asked(pack: Pack, factors: Sequence[str]) -> tuple[Condition, ...]:
    """The full cross, each condition once, whether it is possible or not."""
    if not factors:
        return completed(pack, [pack.meta.control, pack.meta.pressured])
    crossed = levels(factors)
    return completed(pack, [dict(zip(crossed, each, strict=True)) for each in product(*crossed.values())])


def levels(factors: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What `--set` asks for: factor -> levels. Raises `UsageError` where the form is wrong."""
    asked: dict[str, tuple[str, ...]] = {}
    for text in factors:
        name, equals, listed = text.partition("=")
        values = tuple(each.strip() for each in listed.split(",") if each.strip())
        if not equals or not values:
            raise UsageError(f"--set {text!r} is not of the form factor=level or factor=level,level.")
        if name.strip() in asked:
            raise UsageError(f"--set {name.strip()!r} is given twice. Join the levels: {name.strip()}=level,level.")
        asked[name.strip()] = values
    return asked
