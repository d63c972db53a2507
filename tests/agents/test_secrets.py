"""What looks like a secret is found wherever it stands, refused, and never written anywhere."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from turncoat.agents.label import label
from turncoat.agents.secrets import masked, secrets
from turncoat.cli.main import app
from turncoat.errors import PackError, UsageError
from turncoat.studies.design.plan import ModelSpec
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
