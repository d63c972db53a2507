"""What `turncoat models` and `turncoat scenarios show` say about what they list."""

import pytest
from typer.testing import CliRunner

from turncoat.cli.main import app


def turncoat(*arguments: str) -> str:
    ended = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.output


def test_a_server_and_a_service_are_not_called_usable_unseen() -> None:
    pytest.importorskip("openai")
    heads = [line for line in turncoat("models", "--usable").splitlines() if ": " in line]
    said = {head.partition(" (")[0].partition(",")[0]: head for head in heads}
    assert "not checked: needs a server" in said["Ollama"]
    assert "not checked: needs <SERVICE>_API_KEY" in said["Any OpenAI-compatible service"]
    assert said["Inspect's mock"].endswith(": usable")


def test_the_columns_of_models_have_names_and_a_missing_price_is_explained() -> None:
    lines = turncoat("models", "openai").splitlines()
    assert lines[1].split()[:3] == ["name", "model", "released"]
    assert "USD in / out per million tokens" in lines[1]
    blank = next(line for line in lines if "openai/gpt-4.1 " in line)
    assert blank.rstrip().endswith("2025-04")
    assert "A model without a price is not free" in lines[-1]
    assert "free" in next(line for line in turncoat("models", "ollama").splitlines() if "ollama/gemma4:e4b" in line)


@pytest.mark.parametrize(("interface", "told"), [("tools", True), ("text", False)])
def test_where_the_mails_of_the_tools_interface_are_printed(interface: str, told: bool) -> None:
    said = turncoat("scenarios", "show", "blackmail", "--interface", interface)
    assert ("printed by --interface text, and by --format mbox" in said) == told
