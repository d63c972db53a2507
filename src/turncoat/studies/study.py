"""A study: the question, what is compared, and when enough has been seen.

The lines below the fields say what each is, for people in docs/studies.md, for editors in the JSON Schema, and in
messages, where they follow "needs".
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from turncoat.record import Interface
from turncoat.record._base import Described
from turncoat.scenarios.factors import plain
from turncoat.studies.rule import Sampling, Width

SLUG = r"^[a-z0-9][a-z0-9.-]{0,59}$"
OTHER_KEYS = ("scenario", "interface", "model", "arm")
"""What a side of a contrast may name beside factors."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _model(value: Any) -> Any:
    return value if isinstance(value, dict | StudyModel) else {"name": plain(value)}


def _one(value: Any) -> Any:
    if isinstance(value, list | tuple):
        raise ValueError(
            f"a condition has one level of each factor (got {list(value)!r:.80}); make a condition for each level, or "
            "cross them as `factors` with `design: full`"
        )
    return value


Text = Annotated[str, BeforeValidator(plain, json_schema_input_type=str | int | bool)]
"""A level: YAML's `6` and `on` are levels too."""
_List = Annotated[tuple[Text, ...], Field(min_length=1)]
Texts = Annotated[_List, BeforeValidator(_listed, json_schema_input_type=Text | _List)]
"""One or several."""
Side = dict[str, Texts]
"""Which cells: factor, or `scenario`, `interface`, `model`, `arm` -> one level or several. `explicit` also stands for
every `explicit:<value>`."""


class Hypothesis(Described):
    """A primary contrast, named before the run: the rate in the cells `compare` minus that in the cells `against`.

    What neither side names is held equal: cells are compared with their like.
    """

    name: str = Field(pattern=SLUG)
    """a short name of its own: small letters, digits, - and ., such as replacement-alone"""
    says: str = Field(min_length=1)
    """what is claimed, in a sentence"""
    compare: Side = Field(min_length=1)
    """the cells of one side: a factor, scenario, interface, model or arm with one level or several"""
    against: Side = Field(min_length=1)
    """the cells of the other side, in the same form"""
    expect: Literal["more", "less", "other"] = "other"
    """the direction that is claimed: more or less harm in `compare`, or other, which is either"""
    by: float = Field(default=0.2, ge=0.01, le=1)
    """the smallest difference of the two rates that would matter, from 0.01 to 1; the size is planned for it"""
    base: float = Field(default=0.05, ge=0, le=1)
    """the rate that is expected in `against`, from 0 to 1; the size is planned for it"""


class StudyModel(Described):
    """A model by its Inspect name, with arguments for its provider as `-M` has them."""

    name: str = Field(min_length=1)
    """the model's Inspect name, such as openai/gpt-5.4-mini; `turncoat models` lists them"""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """arguments for its provider with their values, as `-M` has them"""


def untold(one: StudyModel, other: StudyModel) -> str:
    """Of two that tables show as one: what differs and is no part of how they are shown."""
    both = (one.arguments, other.arguments)
    differing = [key for key in sorted({*both[0], *both[1]}) if both[0].get(key) != both[1].get(key)]
    return f", and {', '.join(differing)} alone cannot tell models apart" if differing else ""


class Repeated(Described):
    """The same `repeat` surfaces again and again, in every cell: each is a cluster."""

    repeat: int = Field(ge=2, le=100_000)
    """how many surfaces there are, 2 to 100,000; rollouts beyond them use the same ones again"""


class Study(Described):
    """A declared experiment: scenarios x conditions x models x interfaces x arms, with its rule of sampling."""

    study: str = Field(pattern=SLUG)
    """the study's name: small letters, digits, - and ., at most 60 of them"""
    question: str = Field(min_length=1)
    """what the study asks, in a sentence"""
    about: str = ""
    """what a reader should know of it: why it is asked, and what it cannot show"""
    sources: tuple[str, ...] = ()
    """a list of the publications it goes back to"""
    hypotheses: tuple[Hypothesis, ...] = ()
    """a list of the primary contrasts, named before the run"""
    scenarios: Texts
    """a scenario or a list of them; `turncoat scenarios` lists those that there are"""
    interfaces: tuple[Interface, ...] = Field(default=("text",), min_length=1)
    """a list of interfaces: text, tools, or both"""
    models: tuple[Annotated[StudyModel, BeforeValidator(_model, json_schema_input_type=str | StudyModel)], ...] = ()
    """a list of models by their Inspect names, or of name and arguments; without any, `--model` names them"""
    arms: Texts = ("none",)
    """the oversight in force; as yet only none"""
    design: Literal["full", "fractional", "listed"] = "full"
    """full: every possible combination of `factors`; fractional: `runs` of them; listed: the `conditions`"""
    factors: dict[str, Texts] = Field(default_factory=dict)
    """factors, each with one level or several; those that are not named are at their default"""
    conditions: dict[str, dict[str, Annotated[Text, BeforeValidator(_one)]]] = Field(default_factory=dict)
    """the conditions of a listed design: names of your own, each with its levels (`factor: level`)"""
    runs: int | None = Field(default=None, ge=2, le=10_000)
    """how many conditions a fractional design runs, 2 to 10,000"""
    interactions: tuple[tuple[str, str], ...] = ()
    """a list of pairs of factors whose joint effect matters, such as `[[threat, goal]]`"""
    surfaces: Literal["fresh"] | Repeated = "fresh"
    """fresh (a new one for every rollout), or `{repeat: K}` for the same K in every cell"""
    judge: Texts = ("rules",)
    """rules, or a model by its Inspect name; several are a panel"""
    sampling: Sampling = Field(default_factory=Width)
    """a rule that says when enough has been seen: `rule` (width, decide, contrasts, fixed) with its numbers"""
    published: tuple[str, ...] = ()
    """a list of ids of published figures to show beside; docs/reference-agents.md lists them"""
    differs: str = ""
    """what differs here from how those figures were found"""


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors: its form. What is in a scenario, only `studies check` knows."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**about, **Study.model_json_schema(), "title": "A study of Turncoat"}
