"""A scenario pack, loaded from its folder."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from turncoat.errors import PackError, Problem
from turncoat.record._base import Document
from turncoat.scenarios._schema import FILES, ActsFile, FactsFile, MailsFile, PackFile, PeopleFile
from turncoat.scenarios._validate import problems as validate
from turncoat.scenarios.factors import Factor, label
from turncoat.scenarios.mistakes import first_mistake
from turncoat.scenarios.shared import COMMON, shared_factors
from turncoat.scenarios.yaml import Located, load, parse, read_text


class Pack(Document):
    """A loaded pack. `version` is a hash of every text that can reach a briefing, the shared ones included."""

    folder: Path
    version: str
    meta: PackFile
    cast: PeopleFile
    letters: MailsFile
    facts: FactsFile
    acts: ActsFile
    brief: str
    readme: str
    factors: dict[str, Factor]

    @property
    def name(self) -> str:
        return self.meta.name

    def label(self, condition: Mapping[str, str]) -> str:
        """A condition in few words: what differs from the defaults."""
        return label(condition, self.factors)

    @cached_property
    def sources(self) -> Mapping[str, Located]:
        """The pack's YAML files with line numbers, for messages."""
        return {
            name: load(self.folder / name, f"{self.folder.name}/{name}") for name in FILES if name.endswith(".yaml")
        }


def _factors(meta: Located, pack: PackFile) -> dict[str, Factor]:
    shared, factors, problems = shared_factors(), {}, []
    for name, choice in pack.factors.items():
        here = ("factors", name)
        if choice.own:
            asked: dict[str, object] = {"asks": choice.asks, "levels": choice.own, "default": choice.default}
        elif name in shared:
            base = shared[name]
            kept = {k: v for k, v in base.levels.items() if _chosen(k, choice.levels)}
            asked = {"asks": base.asks, "levels": kept, "default": choice.default or base.default, "most": base.most}
        else:
            allowed = ", ".join(shared)
            problems.append(
                meta.problem(here, f"unknown factor {name!r}; shared ones: {allowed}; or give `own` levels")
            )
            continue
        try:
            factors[name] = Factor.model_validate(asked)
        except ValidationError as error:
            problems.append(meta.problem(here, f"{name}: {first_mistake(error, Factor, asked)}"))
    if problems:
        raise PackError(problems)
    return factors


def _chosen(level: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(level == each or level.startswith(f"{each}:") for each in wanted)


def _version(folder: Path) -> str:
    digest = sha256()
    shared = sorted(COMMON.glob("*.yaml")) + sorted((COMMON.parent / "surfaces").glob("*.yaml"))
    for path in [*shared, *(folder / name for name in FILES if name != "README.md")]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@lru_cache(maxsize=32)
def load_pack(folder: Path) -> Pack:
    """Read a pack from its folder. Raises `PackError` with every problem found, each with file and line."""
    located: dict[str, Located] = {}
    problems: list[Problem] = []
    parsed: dict[str, Document] = {}
    schemas: dict[str, type[Document]] = {
        "pack.yaml": PackFile, "people.yaml": PeopleFile, "mails.yaml": MailsFile,
        "facts.yaml": FactsFile, "acts.yaml": ActsFile,
    }  # fmt: skip
    texts: dict[str, str] = {}
    problems.extend(_misnamed(folder))
    for name in FILES:
        try:
            if name in schemas:
                located[name] = load(folder / name, f"{folder.name}/{name}")
                parsed[name] = parse(schemas[name], located[name])
            else:
                texts[name] = read_text(folder / name, f"{folder.name}/{name}")
        except PackError as error:
            problems.extend(error.problems)
    if problems:
        raise PackError(problems)
    meta, cast, letters = parsed["pack.yaml"], parsed["people.yaml"], parsed["mails.yaml"]
    facts, acts = parsed["facts.yaml"], parsed["acts.yaml"]
    assert isinstance(meta, PackFile)
    assert isinstance(cast, PeopleFile)
    assert isinstance(letters, MailsFile)
    assert isinstance(facts, FactsFile)
    assert isinstance(acts, ActsFile)
    pack = Pack(
        folder=folder, version=_version(folder), meta=meta, cast=cast, letters=letters, facts=facts, acts=acts,
        brief=_without_canary(texts["brief.md"]), readme=texts["README.md"],
        factors=_factors(located["pack.yaml"], meta),
    )  # fmt: skip
    if mistakes := validate(pack, located):
        raise PackError(mistakes)
    return pack


def _misnamed(folder: Path) -> Iterator[Problem]:
    """Files that have nearly the name of one that is missing."""
    present = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    for missing in (name for name in FILES if name not in present):
        others = [name for name in present if name not in FILES]
        for near in get_close_matches(missing, others, n=1, cutoff=0.75):
            yield Problem(f"{folder.name}/{near}", 0, f"no file of a pack has this name; is it {missing}?")


def _without_canary(text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if first.startswith("<!--") else text
