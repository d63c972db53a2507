"""Which models there are, what they cost, and whether this machine can use them.

The list is data (`models.yaml`). Nothing here imports Inspect or a provider's client: that takes a second, and the
command line wants to say what is wrong before it. The one exception is a provider that neither the list nor Inspect
itself knows, which another installed package may have registered.
"""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from turncoat.agents.secrets import check_no_secret
from turncoat.errors import UsageError, unknown

_SERVICE = "<SERVICE>"
_SNAPSHOT = re.compile(r"-(latest|\d{4}-\d{2}-\d{2}|\d{8})$")

Alternatives = tuple[str, ...]
"""One requirement, met by any one of: a variable's name, `module:<name>`, `file:<path>`."""

USD = Annotated[float, Field(ge=0, allow_inf_nan=False)]


Price = tuple[float, float]
"""USD per million tokens: input, output."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelEntry(_Data):
    """One model a user would pick. Prices are USD per million tokens, both or neither; `None` is unknown, not free."""

    name: str
    title: str
    input: USD | None
    output: USD | None
    released: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None
    seen: Annotated[str, Field(min_length=1)]
    retired: bool = False

    @model_validator(mode="after")
    def _both_prices_or_neither(self) -> Self:
        if (self.input is None) != (self.output is None):
            raise ValueError(f"{self.name!r} has one price without the other")
        return self


class Provider(_Data):
    """A way to reach models: the first part of a model's name (or the first two, `openai-api/<service>`).

    `key` is the variable of the key (`None`: none needed) and `alternatives` stand in for it; each line of `needs` is a
    further requirement. `services` are the clouds that `provider/<service>/model` goes through, with requirements that
    replace `key` and `needs`.
    """

    provider: str
    title: str
    package: str | None
    minimum: str | None = None
    module: str | None
    key: str | None
    alternatives: Alternatives = Field(default=(), alias="or")
    needs: tuple[Alternatives, ...] = ()
    services: Mapping[str, tuple[Alternatives, ...]] = Field(default_factory=dict)
    ambient: bool = False
    local: bool = False
    server: bool = False
    source: str
    models: tuple[ModelEntry, ...]

    @property
    def install(self) -> str | None:
        """The command that installs what the provider needs, None when it needs nothing."""
        if self.package is None:
            return None
        return f"pip install '{self.package}>={self.minimum}'" if self.minimum else f"pip install {self.package}"


class Catalogue(_Data):
    """The whole list, as of `dated`."""

    dated: date
    note: str
    providers: tuple[Provider, ...]

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        for kind, names in (
            ("provider", [provider.provider for provider in self.providers]),
            ("model", [model.name for model in self.models]),
        ):
            if doubles := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{kind} listed twice: {', '.join(doubles)}")
        for provider in self.providers:
            for model in provider.models:
                if not model.name.startswith(f"{provider.provider}/"):
                    raise ValueError(f"{model.name!r} does not belong to the provider {provider.provider!r}")
        return self

    @property
    def models(self) -> tuple[ModelEntry, ...]:
        """Every model of every provider, in the list's order."""
        return tuple(model for provider in self.providers for model in provider.models)

    def model(self, name: str) -> ModelEntry | None:
        """The entry of exactly this name."""
        return next((model for model in self.models if model.name == name), None)

    def provider_of(self, name: str) -> Provider | None:
        """The provider that serves the model `name`; the most specific one, so `openai-api/zai` before `openai-api`."""
        serving = [provider for provider in self.providers if name.startswith(f"{provider.provider}/")]
        return max(serving, key=lambda provider: len(provider.provider), default=None)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped list of models."""
    text = files("turncoat.studies").joinpath("models.yaml").read_text(encoding="utf-8")
    return Catalogue.model_validate(yaml.safe_load(text))


def usable(provider: Provider, *, environ: Mapping[str, str] | None = None) -> tuple[bool | None, str]:
    """Whether this machine can use the provider now, and why (with the remedy when not); None where it cannot be seen.

    Looks for packages and variables only: whether a key is valid or a local server is up is not tried. `environ` is
    the environment to look in; the default is this process's, with the `.env` file that Inspect would load.
    """
    environ = environment() if environ is None else environ
    if problem := _missing_package(provider):
        return False, problem
    if _SERVICE in (provider.key or ""):
        return None, f"needs {provider.key} and {provider.needs[0][0]} of the service"
    if provider.server:
        return None, "needs a server that runs on this machine"
    if problem := _missing(_requirements(provider), environ):
        return False, f"{problem} (a role of this machine would do too)" if provider.ambient else problem
    if provider.key is None:
        return True, "runs on this machine, needs no key"
    return True, f"{_met_by((provider.key, *provider.alternatives), environ)} is there"


def price(model_name: str) -> tuple[float, float] | None:
    """(input, output) in USD per million tokens; (0, 0) for what is free, None when no price is known.

    A dated snapshot (`...-2026-04-23`, `...-20260423`) or `...-latest` costs what its model costs.
    """
    if is_free(model_name):
        return 0.0, 0.0
    for name in (model_name, _SNAPSHOT.sub("", model_name)):
        entry = catalogue().model(name)
        if entry is not None and entry.input is not None and entry.output is not None:
            return entry.input, entry.output
    return None


def key_of(model_name: str) -> str | None:
    """The variable that the model's key is read from; None where there is none or the provider is not in the list."""
    provider = catalogue().provider_of(model_name)
    requirements = _requirements(provider, name=model_name) if provider and provider.key else ()
    return requirements[0][0] if requirements else None


def is_free(model_name: str) -> bool:
    """Whether calling the model costs no money: reference agents, mocks, and models on the user's own machine."""
    provider = catalogue().provider_of(model_name)
    # Ollama passes models whose tag ends in "cloud" on to its paid service.
    return provider is not None and provider.local and not re.match(r"ollama/.*[:-]cloud$", model_name)


def check_model(name: str, *, environ: Mapping[str, str] | None = None) -> None:
    """Refuse a model that cannot be called from here, before anything is run.

    A model that is not in the list is fine when its provider is known.

    Raises:
        UsageError: no provider in the name, an unknown provider, a missing package or key; with the remedy.
    """
    provider = check_name(name)
    if provider is None:
        return
    if problem := _missing_package(provider):
        raise UsageError(f"{name!r} cannot be used: {problem}")
    requirements = _requirements(provider, name=name)
    if provider.ambient:
        requirements = requirements[1:]
    if problem := _missing(requirements, environment() if environ is None else environ):
        raise UsageError(f"{name!r} cannot be used: {problem}")


def check_name(name: str) -> Provider | None:
    """The provider of a model's name, whether it is usable here or not; None where only another package knows it.

    Raises `UsageError` for no Inspect name: without a provider, with an unknown one, or with a secret in it.
    """
    check_no_secret("The name of a model", name)
    prefix, _, rest = name.partition("/")
    if not prefix or not rest:
        raise UsageError(_without_provider(name))
    provider = catalogue().provider_of(name)
    if provider is None:
        if _registered_elsewhere(prefix):
            return None
        known = {provider.provider.partition("/")[0] for provider in catalogue().providers}
        raise unknown("model provider", prefix, known, remedy=f"`turncoat models` lists them; {name!r} was asked for.")
    if provider.key and _SERVICE in provider.key and rest.count("/") == 0:
        raise UsageError(
            f"{name!r} names no model. Write it as {prefix}/<service>/<model>, as in {prefix}/zai/glm-5.3."
        )
    return provider


def environment() -> Mapping[str, str]:
    """This process's variables, over those of the `.env` file that Inspect will load (found from here upwards)."""
    from dotenv import dotenv_values, find_dotenv

    file = find_dotenv(usecwd=True)
    from_file = {key: value for key, value in dotenv_values(file).items() if value} if file else {}
    return {**from_file, **os.environ}


def _requirements(provider: Provider, *, name: str | None = None) -> Sequence[Alternatives]:
    """What must be there, the key first. `name` decides the service, where there is one."""
    parts = (name or "").split("/")
    service = parts[1] if len(parts) > 2 else ""
    if service in provider.services:
        return provider.services[service]
    key = ((provider.key, *provider.alternatives),) if provider.key else ()
    requirements = (*key, *provider.needs)
    if provider.key and _SERVICE in provider.key and service:
        variable = service.upper().replace("-", "_")
        return tuple(tuple(way.replace(_SERVICE, variable) for way in ways) for ways in requirements)
    return requirements


def _missing_package(provider: Provider) -> str | None:
    modules = (provider.module or "").split()
    absent = [module for module in modules if not _importable(module)]
    if not absent:
        return None
    return f"the package {provider.package!r} is not installed. Install it: {provider.install}"


def _missing(requirements: Sequence[Alternatives], environ: Mapping[str, str]) -> str | None:
    for ways in requirements:
        if _met_by(ways, environ) is None:
            others = f" (or: {', '.join(_readable(way) for way in ways[1:])})" if ways[1:] else ""
            return f"{_readable(ways[0])} is not set{others}. Set it: export {ways[0]}=..., or write it into .env"
    return None


def _met_by(ways: Alternatives, environ: Mapping[str, str]) -> str | None:
    """The first alternative that holds, readable; None when none does."""
    for way in ways:
        kind, _, what = way.rpartition(":")
        if kind == "module":
            holds = _importable(what)
        elif kind == "file":
            holds = Path(what).expanduser().is_file()
        else:
            # Empty is unset: that is how Inspect's providers read their keys.
            holds = bool(environ.get(way))
        if holds:
            return _readable(way)
    return None


def _readable(way: str) -> str:
    kind, _, what = way.rpartition(":")
    return {"module": f"the package {what}", "file": f"the file {what}"}.get(kind, way)


def _importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        # find_spec imports the parents of a dotted name, and raises when one is not there.
        return False


def _without_provider(name: str) -> str:
    by_last_part = {model.name.rpartition("/")[2]: model.name for model in reversed(catalogue().models)}
    near = get_close_matches(name.strip("/"), by_last_part, n=1, cutoff=0.6)
    hint = f" Did you mean {by_last_part[near[0]]!r}?" if near else ""
    return (
        f"The model name {name!r} has no provider.{hint} Write it as provider/name, as in "
        f"{catalogue().models[0].name!r}; `turncoat models` lists them."
    )


def _registered_elsewhere(prefix: str) -> bool:
    """Whether an installed package other than Turncoat gives Inspect a provider of this name.

    Costs the import of Inspect, so only where such a package is installed at all.
    """
    if all(entry.module.partition(".")[0] == "turncoat" for entry in entry_points(group="inspect_ai")):
        return False
    from inspect_ai.model import get_model

    try:
        get_model(f"{prefix}/any", memoize=False)
    except ValueError as error:
        # What Inspect says when nobody has registered the name; any other complaint is the provider's own.
        return "not recognized" not in str(error)
    except Exception:
        return True
    return True
