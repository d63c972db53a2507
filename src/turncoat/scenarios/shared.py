"""What all packs share: factors, values, the wording of levels."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from turncoat.record._base import Document
from turncoat.scenarios.factors import Factor, Level
from turncoat.scenarios.yaml import load, parse

COMMON = Path(__file__).parent / "common"


class _FactorsFile(Document):
    factors: dict[str, "_SharedFactor"]


class _SharedLevel(Level):
    per_value: bool = False


class _SharedFactor(Document):
    asks: str
    default: str
    levels: dict[str, _SharedLevel] = Field(default_factory=dict)
    most: int | None = None


class Value(Document):
    """Something that an agent can be given to care about; see values.yaml for how each part reads."""

    opposite: str
    noun: str
    aim: str
    hint: str
    turn: str


class _ValuesFile(Document):
    values: dict[str, Value]


@lru_cache(maxsize=1)
def values() -> Mapping[str, Value]:
    """The values that goals can be about, by name."""
    return parse(_ValuesFile, load(COMMON / "values.yaml", "values.yaml")).values


@lru_cache(maxsize=1)
def shared_texts() -> Mapping[str, Mapping[str, str | Mapping[str, str]]]:
    """The wording of shared factor levels: factor -> level -> template (or goal kind -> template)."""
    texts: Mapping[str, Mapping[str, str | Mapping[str, str]]] = load(COMMON / "texts.yaml", "texts.yaml").data["texts"]
    return texts


class Act(Document):
    """Something that reference agents can say; see acts.yaml."""

    words: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


class _ActsFile(Document):
    always: tuple[str, ...]
    acts: dict[str, Act]


@lru_cache(maxsize=1)
def shared_acts() -> Mapping[str, tuple[str, ...]]:
    """Every name that `say` may have, styles included, and the words that it needs of a pack."""
    found = parse(_ActsFile, load(COMMON / "acts.yaml", "acts.yaml"))
    return {
        full: (*found.always, *act.words)
        for name, act in found.acts.items()
        for full in (name, *(f"{name}-{style}" for style in act.styles))
    }


@lru_cache(maxsize=1)
def shared_factors() -> Mapping[str, Factor]:
    """The factors of the design, with goals multiplied by the values."""
    shared = parse(_FactorsFile, load(COMMON / "factors.yaml", "factors.yaml")).factors
    return {
        name: Factor(
            asks=factor.asks,
            default=factor.default,
            most=factor.most,
            levels={
                full: Level(says=level.says, motive=level.motive, means=level.means)
                for plain, level in factor.levels.items()
                for full in ([f"{plain}:{value}" for value in values()] if level.per_value else [plain])
            },
        )
        for name, factor in shared.items()
    }
