"""What `turncoat run` advises where a model refuses the account."""

import pytest

from turncoat.agents.failure import Matter, ProviderError
from turncoat.cli._closing import _refused


@pytest.mark.parametrize(
    ("model", "matter", "advice"),
    [
        ("anthropic/claude-haiku-4-5", "key", "Check ANTHROPIC_API_KEY."),
        ("elsewhere/model", "key", "Check its key."),
        ("anthropic/claude-haiku-4-5", "credit", "Check that the account has credit."),
        (
            "openai-api/zai/glm-9",
            "model",
            "Check the model's name (`turncoat models openai-api/zai` lists some), and that this account may use it.",
        ),
        ("openai-api/my-service/m", "model", "Check the model's name, and that this account may use it."),
    ],
)
def test_the_advice_is_for_what_was_refused(model: str, matter: Matter, advice: str) -> None:
    said = _refused(model, ProviderError("what it said", refused=matter))
    assert said.endswith(f"{model} refuses this account and was not asked any further: what it said\n{advice}")
