"""The list of models is sound, Inspect can construct each of them, and what is missing is said with its remedy."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from turncoat.errors import UsageError
from turncoat.studies import models
from turncoat.studies.models import Catalogue, ModelEntry, Provider, catalogue, check_model, is_free, price, usable

NAMES = [model.name for model in catalogue().models]
# These providers load a model's weights when it is constructed: not in a test.
WEIGHTS = {"hf": "loads the weights when constructed", "transformer_lens": "as hf", "nnterp": "as hf"}
BY_NAME = {provider.provider: provider for provider in catalogue().providers}


@pytest.fixture(autouse=True)
def _no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"a constructor reached for the network: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def dummies(provider: Provider) -> dict[str, str]:
    """A value for every variable that the provider requires, the first of each set of alternatives."""
    keys = ((provider.key,),) if provider.key else ()
    variables = [ways[0] for ways in (*keys, *provider.needs)]
    return {name: "http://127.0.0.1:9/v1" if name.endswith("_BASE_URL") else "dummy" for name in variables}


# ---- the list ----


def test_the_list_is_long_enough_and_dated() -> None:
    assert len(NAMES) >= 40
    assert len(set(NAMES)) == len(NAMES)
    assert catalogue().dated.isoformat() == "2026-11-20"
    assert catalogue().note


@pytest.mark.parametrize(
    "wanted",
    [
        *("openai", "anthropic", "google", "grok", "mistral", "deepseek", "together", "groq", "fireworks"),
        *("openrouter", "bedrock", "azureai", "ollama", "vllm", "hf"),
    ],
)
def test_the_providers_that_were_asked_for_have_models(wanted: str) -> None:
    assert BY_NAME[wanted].models


@pytest.mark.parametrize("family", ["qwen", "kimi", "glm", "llama"])
def test_the_open_families_are_there(family: str) -> None:
    assert any(family in name.lower() for name in NAMES)


def test_every_provider_is_one_of_inspects() -> None:
    import inspect_ai.model  # noqa: F401  (registers the providers)
    from inspect_ai._util.registry import registry_find, registry_info

    names = [registry_info(found).name for found in registry_find(lambda info: info.type == "modelapi")]
    registered = {name.removeprefix("inspect_ai/") for name in names if name.startswith("inspect_ai/")}
    ours = {name.partition("/")[0] for name in BY_NAME} - {"reference"}
    assert registered - ours == {"none"}
    assert ours <= registered


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"output": None}, "one price without the other"),
        ({"input": -1, "output": 1}, "greater than or equal to 0"),
        ({"released": "2026-13"}, "pattern"),
        ({"seen": ""}, "at least 1 character"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_bad_entry_is_refused(change: dict[str, object], says: str) -> None:
    good: dict[str, object] = {
        "name": "openai/x", "title": "X", "input": 1, "output": 2, "released": "2026-01", "seen": "a source"
    }  # fmt: skip
    ModelEntry.model_validate(good)
    with pytest.raises(ValidationError, match=says):
        ModelEntry.model_validate(good | change)


@pytest.mark.parametrize(
    ("names", "says"), [(["a/x", "a/x"], "model listed twice: a/x"), (["b/x"], "does not belong to the provider 'a'")]
)
def test_a_contradictory_list_is_refused(names: list[str], says: str) -> None:
    entries = [
        {"name": name, "title": "", "input": None, "output": None, "released": None, "seen": "s"} for name in names
    ]
    one = {"provider": "a", "title": "A", "package": None, "module": None, "key": None, "source": "", "models": entries}
    with pytest.raises(ValidationError, match=says):
        Catalogue.model_validate({"dated": "2026-01-01", "note": "", "providers": [one]})


# ---- Inspect constructs each ----


@pytest.mark.parametrize("name", [name for name in NAMES if name.partition("/")[0] not in WEIGHTS])
def test_inspect_constructs_the_model(name: str, monkeypatch: pytest.MonkeyPatch, no_network: None) -> None:
    provider = catalogue().provider_of(name)
    assert provider is not None
    for module in (provider.module or "").split():
        if not models._importable(module):
            pytest.skip(f"needs: {provider.install}")
    for variable, value in dummies(provider).items():
        monkeypatch.setenv(variable, value)

    from inspect_ai.model import get_model

    check_model(name)
    model = get_model(name, memoize=False)
    assert str(model) == name


# ---- what it costs ----


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-6.1-sol", (2, 10)),
        ("openai/gpt-6.1-sol-2026-09-29", (2, 10)),
        ("anthropic/claude-opus-5-5-20260922", (4, 20)),
        ("anthropic/claude-opus-5-5-latest", (4, 20)),
        ("anthropic/claude-opus-5-5-fast", None),
        ("mistral/mistral-small-2603", None),
        ("openai/gpt-99", None),
        ("gpt-6.1-sol", None),
        ("reference/insider", (0, 0)),
        ("ollama/anything:7b", (0, 0)),
        ("ollama/gpt-oss:120b-cloud", None),
    ],
)
def test_price(name: str, expected: tuple[float, float] | None) -> None:
    assert price(name) == expected


def test_price_agrees_with_every_entry() -> None:
    for model in catalogue().models:
        if is_free(model.name):
            assert model.input is None, f"{model.name} is local and has a price"
            assert price(model.name) == (0, 0)
        else:
            assert price(model.name) == (None if model.input is None else (model.input, model.output))


@pytest.mark.parametrize(
    ("name", "free"),
    [
        ("reference/loyal", True),
        ("mockllm/model", True),
        ("vllm/any/thing", True),
        ("hf/any/thing", True),
        ("sglang/any/thing", True),
        ("hf-inference-providers/openai/gpt-oss-20b", False),
        ("ollama/glm-5.3:cloud", False),
        ("ollama/cloudy:7b", True),
        ("openai/gpt-6-luna", False),
        ("openai-api/zai/glm-5.3", False),
        ("bedrock/amazon.nova-2-lite-v1:0", False),
        ("unheard-of/model", False),
        ("reference", False),
    ],
)
def test_is_free(name: str, free: bool) -> None:
    assert is_free(name) is free


# ---- what is missing ----


@pytest.mark.parametrize(
    ("name", "environ", "says"),
    [
        ("gpt-6.1-sol", {}, r"'gpt-6.1-sol' has no provider\. Did you mean 'openai/gpt-6.1-sol'\?"),
        ("claude-opus-55", {}, r"Did you mean 'anthropic/claude-opus-5-5'\?"),
        ("", {}, "'' has no provider"),
        ("openai/", {}, "'openai/' has no provider"),
        ("/gpt-6-sol", {}, "'/gpt-6-sol' has no provider"),
        ("opnai/gpt-6-sol", {}, r"Unknown model provider 'opnai'\. Did you mean 'openai'\? Allowed: .*anthropic"),
        ("openai/gpt-6-sol", {}, "OPENAI_API_KEY is not set.*export OPENAI_API_KEY="),
        ("openai/gpt-6-sol", {"OPENAI_API_KEY": ""}, "OPENAI_API_KEY is not set"),
        ("google/gemini-2.5-pro", {}, r"GOOGLE_API_KEY is not set \(or: GEMINI_API_KEY"),
        ("openai/azure/mine", {"OPENAI_API_KEY": "k"}, "AZUREAI_OPENAI_API_KEY is not set"),
        ("openai/azure/mine", {"AZURE_OPENAI_API_KEY": "k"}, "AZUREAI_OPENAI_BASE_URL is not set"),
        ("openai-api/zai/glm-5.3", {"ZAI_API_KEY": "k"}, "ZAI_BASE_URL is not set"),
        ("openai-api/my-own/m", {"MY_OWN_BASE_URL": "u"}, "MY_OWN_API_KEY is not set"),
        ("openai-api/my-own/m", {"MY_OWN_API_KEY": "k"}, "MY_OWN_BASE_URL is not set"),
        ("openai-api/my-own", {}, "names no model"),
    ],
)
def test_check_model_refuses(name: str, environ: dict[str, str], says: str) -> None:
    pytest.importorskip("openai")
    pytest.importorskip("google.genai")
    with pytest.raises(UsageError, match=says):
        check_model(name, environ=environ)


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("openai/gpt-99-not-listed", {"OPENAI_API_KEY": "k"}),
        ("google/gemini-2.5-pro", {"GEMINI_API_KEY": "k"}),
        ("openai/azure/mine", {"AZURE_OPENAI_API_KEY": "k", "AZUREAI_OPENAI_BASE_URL": "u"}),
        ("openai/bedrock/theirs", {}),
        ("openai-api/my-own/m", {"MY_OWN_API_KEY": "k", "MY_OWN_BASE_URL": "u"}),
        ("ollama/gemma4:e4b", {}),
        ("vllm/a/b", {"VLLM_BASE_URL": "u"}),
        ("mockllm/model", {}),
        ("reference/insider", {}),
    ],
)
def test_check_model_lets_pass(name: str, environ: dict[str, str]) -> None:
    pytest.importorskip("openai")
    pytest.importorskip("google.genai")
    check_model(name, environ=environ)


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=re.escape("'groq' is not installed. Install it: pip install 'groq>=0.28.0'")):
        check_model("groq/openai/gpt-oss-120b", environ={"GROQ_API_KEY": "k"})
    assert usable(BY_NAME["hf"], environ={}) == (
        False,
        "the package 'torch transformers accelerate' is not installed. "
        "Install it: pip install torch transformers accelerate",
    )
    check_model("reference/loyal", environ={})


def test_bedrock_without_variables_is_not_usable_but_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    provider = BY_NAME["bedrock"].model_copy(update={"module": "json"})
    fine, reason = usable(provider, environ={})
    assert not fine
    assert "AWS_ACCESS_KEY_ID is not set" in reason
    assert "a role of this machine would do too" in reason
    assert usable(provider, environ={"AWS_PROFILE": "me"}) == (True, "AWS_PROFILE is there")
    check_model("bedrock/amazon.nova-2-lite-v1:0", environ={})


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("openai", {"OPENAI_API_KEY": "k"}, (True, "OPENAI_API_KEY is there")),
        ("meta", {"MODEL_API_KEY": "k"}, (True, "MODEL_API_KEY is there")),
        ("ollama", {}, (None, "needs a server that runs on this machine")),
        ("openai-api", {}, (None, "needs <SERVICE>_API_KEY and <SERVICE>_BASE_URL of the service")),
        ("reference", {}, (True, "runs on this machine, needs no key")),
    ],
)
def test_usable(name: str, environ: dict[str, str], expected: tuple[bool | None, str]) -> None:
    pytest.importorskip("openai")
    assert usable(BY_NAME[name], environ=environ) == expected


@pytest.mark.parametrize("provider", catalogue().providers, ids=lambda provider: provider.provider)
def test_usable_and_check_model_agree(provider: Provider) -> None:
    """With nothing set, a provider is refused exactly when it is not usable (credentials out of sight excepted)."""
    name = provider.models[0].name if provider.models else f"{provider.provider}/service/model"
    for environ in ({}, dummies(provider)):
        fine, reason = usable(provider, environ=environ)
        assert reason
        if provider.ambient or "<SERVICE>" in (provider.key or ""):
            continue
        if fine is not False:
            check_model(name, environ=environ)
        else:
            with pytest.raises(UsageError, match=re.escape(reason)):
                check_model(name, environ=environ)


def test_a_key_in_dotenv_counts_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GROQ_API_KEY=from-file\nXAI_API_KEY=from-file\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("XAI_API_KEY", "from-environment")
    assert models.environment()["GROQ_API_KEY"] == "from-file"
    assert models.environment()["XAI_API_KEY"] == "from-environment"


def test_a_provider_of_another_package_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from inspect_ai.model import ModelAPI, modelapi

    @modelapi(name="theirs")
    def theirs() -> type[ModelAPI]:
        return ModelAPI

    class Entry:
        module = "their_package._registry"

    monkeypatch.setattr(models, "entry_points", lambda **_: [Entry()])
    check_model("theirs/model", environ={})
    with pytest.raises(UsageError, match="Unknown model provider 'nobodys'"):
        check_model("nobodys/model", environ={})


@given(st.text(max_size=30).filter(lambda name: catalogue().provider_of(name) is None))
def test_any_other_text_is_refused_with_the_name(name: str) -> None:
    assert price(name) is None
    assert not is_free(name)
    with pytest.raises(UsageError, match=re.escape(repr(name))):
        check_model(name, environ={})


def test_importing_the_list_does_not_import_inspect() -> None:
    code = "import sys; from turncoat.studies import models; models.catalogue(); print('inspect_ai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
