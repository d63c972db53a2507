"""What looks like a secret is found wherever it stands, refused, and never written anywhere."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from turncoat.agents.label import label
from turncoat.agents.secrets import secrets
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
    ],
    ids=str,
)
def test_a_secret_is_found_and_refused(arguments: dict[str, Any], place: tuple[str | int, ...]) -> None:
    assert secrets(arguments) == [place]
    assert label("openai/gpt-5.4", arguments) == "openai/gpt-5.4"
    with pytest.raises(UsageError, match=f"^{place[0]}.* looks like a secret.*OPENAI_API_KEY") as refused:
        ModelSpec("openai/gpt-5.4", arguments)
    assert HIDDEN not in str(refused.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_tokens": 5, "tokenizer": "x", "tokenizer_path": "y", "budget_tokens": 3, "prompt_cache_key": "mine"},
        {"base_url": "http://127.0.0.1:8000/v1?version=2024-10-21", "service_tier": "flex", "author": "me@example.org"},
        {"levels": "threat=restriction:0.2,exits=ally:0", "p": 0.3, "style": "veiled"},
        {"model_path": "hf://org/model@main", "emulate_tools": True, "keyboard": None},
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
