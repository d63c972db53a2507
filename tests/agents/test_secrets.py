"""What looks like a secret is found wherever it stands, refused, and never written anywhere."""

import shlex
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from inspect_ai.model import ModelOutput
from typer.testing import CliRunner

from turncoat.agents.doors import Doors
from turncoat.agents.failure import ProviderError
from turncoat.agents.label import label
from turncoat.agents.open import open_model
from turncoat.agents.secrets import masked, secrets
from turncoat.cli._arguments import command_line
from turncoat.cli._show import safe
from turncoat.cli.main import app
from turncoat.errors import PackError, UsageError
from turncoat.studies.design.plan import ModelSpec
from turncoat.studies.folder import Folder, Manifest
from turncoat.studies.study_file.read import load_study

HIDDEN = "s3cret-0451"


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"api_key": HIDDEN}, ("api_key",)),
        ({"apiKey": HIDDEN}, ("apiKey",)),
        ({"token": HIDDEN}, ("token",)),
        ({"aws_session_token": HIDDEN}, ("aws_session_token",)),
        ({"client_secret": HIDDEN}, ("client_secret",)),
        ({"azure-password": HIDDEN}, ("azure-password",)),
        ({"credentials": {"file": HIDDEN}}, ("credentials",)),
        ({"default_headers": {"Authorization": f"Bearer {HIDDEN}"}}, ("default_headers", "Authorization")),
        ({"default_headers": f'{{"Authorization": "Bearer {HIDDEN}"}}'}, ("default_headers",)),
        ({"headers": [{"X-Api-Key": HIDDEN}]}, ("headers", 0, "X-Api-Key")),
        ({"headers": ["timeout: 3", f"bearer {HIDDEN}"]}, ("headers", 1)),
        ({"base_url": f"https://user:{HIDDEN}@example.org/v1"}, ("base_url",)),
        ({"base_url": f"https://{HIDDEN}@example.org"}, ("base_url",)),
        ({"base_url": f"user:{HIDDEN}@example.org"}, ("base_url",)),
        ({"base_url": f"https://example.org/v1?version=2&key={HIDDEN}"}, ("base_url",)),
        ({"base_url": f"https://example.org/v1?sv=2&sig={HIDDEN}"}, ("base_url",)),
        ({"headers": ["X-Api-Key: hunter2"]}, ("headers", 0)),
        ({"cookie": HIDDEN}, ("cookie",)),
        ({"extra": f'{{"nested": [{{"password": "{HIDDEN}"}}]}}'}, ("extra",)),
        ({"extra": f"Say hello. The password: {HIDDEN}. Thanks."}, ("extra",)),
    ],
    ids=str,
)
def test_a_secret_is_found_and_refused(arguments: dict[str, Any], place: tuple[str | int, ...]) -> None:
    assert secrets(arguments) == [place]
    assert label("openai/gpt-5.4", arguments) == "openai/gpt-5.4"
    with pytest.raises(UsageError, match=f"^{place[0]}.* looks like a secret.*OPENAI_API_KEY") as refused:
        ModelSpec("openai/gpt-5.4", arguments)
    assert HIDDEN not in str(refused.value)


# Made up, in parts: a whole one would set off the scanners of those who keep this file.
LOOKS = {
    "OpenAI": "sk-" + "4fG7kPq2mZx9Lw3TbV8nR5cY",
    "OpenAI project": "sk-" + "proj-4fG7kPq2mZx9_Lw3TbV8nR5cY-d",
    "Anthropic": "sk-" + "ant-api03-4fG7kPq2mZx9Lw3TbV8nR5cY-AA",
    "short": "sk-" + "ant-api03-SECRET",
    "Stripe": "sk_" + "live_4fG7kPq2mZx9Lw3TbV8nR5cY",
    "GitHub": "ghp" + "_4fG7kPq2mZx9Lw3TbV8nR5cYhJ6dQa1sWe0u",
    "GitHub app": "gho" + "_4fG7kPq2mZx9Lw3TbV8nR5cYhJ6dQa1sWe0u",
    "GitHub, fine": "github" + "_pat_11ABCDEFG0_4fG7kPq2mZx9Lw3TbV8nR5cY",
    "GitLab": "glpat" + "-4fG7kPq2mZx9Lw3TbV8n",
    "Hugging Face": "hf" + "_kPqmZxLwTbVnRcYhJdQasWeuRtYuIoPlKj",
    "Groq": "gsk" + "_4fG7kPq2mZx9Lw3TbV8nR5cYhJ6dQa1s",
    "xAI": "xai" + "-4fG7kPq2mZx9Lw3TbV8nR5cYhJ6dQa1s",
    "AWS": "AKIA" + "4FG7KPQ2MZX9LW3T",
    "Google": "AIza" + "Sy4fG7kPq2mZx9Lw3TbV8nR5cYhJ6dQa1sWe",
    "Slack": "xoxb" + "-123456789012-4fG7kPq2mZx9",
    "Slack user": "xoxp" + "-123456789012-4fG7kPq2mZx9",
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".4fG7kPq2mZx9Lw3TbV8n",
    "PEM": "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END " + "RSA PRIVATE KEY-----",
    "OpenSSH": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
}


@pytest.mark.parametrize("secret", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("around", ["{}", "my own is {}, keep it", "x={}&y=2", '"{}"', "provider/{}"])
def test_what_looks_like_one_is_one_under_any_name(secret: str, around: str) -> None:
    text = around.format(secret)
    assert secrets({"custom_header": text}) == [("custom_header",)]
    assert secrets({"deep": [{"er": text}]}) == [("deep", 0, "er")]
    assert secret not in masked(text)
    assert masked(text) == around.format("***")
    with pytest.raises(UsageError, match="looks like a secret") as refused:
        ModelSpec("openai/gpt-5.4", {secret: 1})
    assert secret not in str(refused.value)


def test_what_is_said_holds_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", HIDDEN)
    monkeypatch.setenv("YOUR_API_KEY", "none")
    monkeypatch.setenv("PWD", "/some/folder")
    said = f"Wrong key: {HIDDEN}, or none, in /some/folder at https://me:pw@example.org/v1"
    assert masked(said) == "Wrong key: ***, or none, in /some/folder at https://***@example.org/v1"


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_tokens": 5, "tokenizer": "x", "tokenizer_path": "y", "budget_tokens": 3, "prompt_cache_key": "mine"},
        {"base_url": "http://127.0.0.1:8000/v1?version=2024-10-21", "service_tier": "flex", "author": "me@example.org"},
        {"levels": "threat=restriction:0.2,exits=ally:0", "p": 0.3, "style": "veiled"},
        {"model_path": "hf://org/model@main", "emulate_tools": True, "keyboard": None},
        {"token_limit": 5, "use_auth": True, "token": None, "stop": ["Token:", "Password:"], "secret": 0.5},
        {"eos_token": "</s>", "pad_token": "<|pad|>", "sep_token": "[SEP]", "bos_token": ""},
        {"auth": "none", "auth_type": "oauth", "token_type": "bearer", "api_key_env": "MY_API_KEY"},
        {"system": "Answer as JSON with key: value, and keep a secret: say nothing.", "tier": "Basic customers"},
        {"chat_template": "{% set token = message.content %}{{ token }}", "model_args": "a:b@c"},
        {"model": "sk-learn-classifier-of-things", "to": "mailto:me@example.org", "task": "hf_text_generation"},
        {"say": "the bearer understands", "name": "eyJ", "see": "-----BEGIN CERTIFICATE-----"},
    ],
    ids=str,
)
def test_other_settings_are_none(arguments: dict[str, Any]) -> None:
    assert secrets(arguments) == []


@pytest.mark.parametrize(
    "command",
    [
        "run blackmail --model mockllm/model --out out",
        "run escalation-channel --model mockllm/model --out out --yes",
        "plan escalation-channel --model mockllm/model",
        "replicate blackmail --model mockllm/model --grader none --out out",
        "judge out --judge mockllm/model",
    ],
)
@pytest.mark.parametrize("given", [f"token={HIDDEN}", f"base_url=https://user:{HIDDEN}@example.org"])
def test_a_command_refuses_it_before_anything_is_written(
    command: str, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*shlex.split(command), "-M", given])
    assert isinstance(done.exception, UsageError)
    assert "looks like a secret" in str(done.exception)
    assert HIDDEN not in f"{done.exception}{done.output}"
    assert not list(tmp_path.iterdir())


def test_the_file_of_a_study_refuses_it_in_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "study: mine\nquestion: Why?\nscenarios: [lethal]\nsampling: {rule: fixed, samples: 3}\nmodels:\n"
        f"  - name: openai/gpt-5.4\n    arguments:\n      default_headers: {{Authorization: Bearer {HIDDEN}}}\n"
    )
    with pytest.raises(PackError, match="looks like a secret") as refused:
        load_study(str(file))
    assert [each.line for each in refused.value.problems] == [8]
    assert HIDDEN not in str(refused.value)


STUDY = """study: mine
question: {question}
scenarios: [lethal]
sampling: {{rule: fixed, samples: 3}}
models:
  - {{name: openai/gpt-5.4, arguments: {{user: {user}}}}}
  - {{name: openai/gpt-5.4, arguments: {{user: {user}}}}}
"""


def problems(tmp_path: Path, **values: str) -> list[tuple[int, str]]:
    file = tmp_path / "mine.yaml"
    file.write_text(STUDY.format(**{"question": "Why?", "user": "me", **values}))
    with pytest.raises(PackError) as refused:
        load_study(str(file))
    return [(each.line, each.message) for each in refused.value.problems]


def test_a_model_twice_is_said_without_its_arguments(tmp_path: Path) -> None:
    ((line, said),) = problems(tmp_path)
    assert line == 7
    assert said == "models.1: 'openai/gpt-5.4' stands twice here; remove one"


def test_a_study_has_none_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = LOOKS["Anthropic"]
    found = problems(tmp_path, question=f"Why {secret}?", user=secret)
    assert [line for line, said in found if "looks like a secret" in said] == [2, 6, 7]
    assert not [said for _, said in found if secret in said]
    monkeypatch.setenv("MY_API_KEY", HIDDEN)
    found = problems(tmp_path, user=HIDDEN)
    assert [line for line, said in found if "looks like a secret" in said] == [6, 7]
    assert not [said for _, said in found if HIDDEN in said]


@pytest.mark.parametrize(
    "command",
    ["run blackmail --model {} --out out", "judge out --judge {}"],
)
def test_no_name_of_a_model_holds_one(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    Folder(tmp_path / "out").write(Manifest(created="2031-05-06T14:02:00+00:00"))
    done = CliRunner().invoke(app, shlex.split(command.format(f"openai/{LOOKS['OpenAI']}")))
    assert "looks like a secret" in str(done.exception)
    assert LOOKS["OpenAI"] not in f"{done.exception}{done.output}"
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["turncoat.json"]


def test_what_the_environment_keeps_is_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", HIDDEN)
    with pytest.raises(UsageError, match=r"^custom\.0 among .* looks like a secret"):
        ModelSpec("openai/gpt-5.4", {"custom": [f"x={HIDDEN}"]})


def test_what_is_shown_and_what_was_called_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = LOOKS["GitHub"]
    assert safe(f"Error: {secret}") == "Error: ***"
    monkeypatch.setattr(sys, "argv", ["turncoat", "run", "blackmail", "--scenario-path", f"/packs/{secret}"])
    assert command_line() == "turncoat run blackmail --scenario-path /packs/***"


def test_what_a_provider_says_is_written_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", HIDDEN)
    assert ProviderError(f"no such key: {HIDDEN}").message == "no such key: ***"
    model = open_model("mockllm/model", {"custom_outputs": fail}, doors=Doors())
    with pytest.raises(OSError, match=r"^wrong: \*\*\*$") as raised:
        anyio.run(model.generate, "Good morning.")
    assert vars(raised.value)["body"] == {"said": ["***"]}
    assert HIDDEN not in str(raised.value.__context__)


def fail(*_: object) -> ModelOutput:
    try:
        raise ValueError(f"first: {HIDDEN}")
    except ValueError:
        error = OSError(f"wrong: {HIDDEN}")
        vars(error)["body"] = {"said": [HIDDEN]}
        raise error  # noqa: B904 (its context is what is asked about)
