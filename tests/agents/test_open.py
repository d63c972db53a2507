"""A model made ready to be asked."""

import anyio
import pytest
import tiktoken

from turncoat.agents.doors import Doors
from turncoat.agents.open import open_model


def test_the_mock_model_answers_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(name: str) -> None:
        raise ConnectionError(f"no network for {name}")

    monkeypatch.setattr(tiktoken, "get_encoding", download)
    output = anyio.run(open_model("mockllm/model", {}, doors=Doors()).generate, "Good morning.")
    assert output.completion
    assert output.usage
    assert output.usage.input_tokens
