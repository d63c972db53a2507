"""What a provider says of a failed call, in whatever form: no secret of it is written down."""

import asyncio
import traceback
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from turncoat.agents import discreet

KEY = "sk-proj-4f9a8b7c6d5e4f3a2b1c"


def invalid() -> ValidationError:
    try:
        TypeAdapter(int).validate_python(KEY)
    except ValidationError as error:
        return error
    raise AssertionError


def caused() -> Exception:
    error = ValueError("refused")
    error.__cause__ = OSError(5, f"no {KEY}")
    return error


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"wrong key {KEY}"),
        OSError(5, f"wrong key {KEY}"),
        UnicodeDecodeError("utf-8", KEY.encode(), 0, 1, f"near {KEY}"),
        ExceptionGroup(f"two for {KEY}", [ValueError(f"one {KEY}"), OSError(5, KEY)]),
        ExceptionGroup("two", [ValueError(f"one {KEY}")]),
        invalid(),
        caused(),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.parametrize("raises", [True, False], ids=["raised", "returned"])
def test_no_error_tells_a_key(error: Exception, raises: bool) -> None:
    """Some providers return what went wrong beside the call."""

    async def generate(**question: Any) -> Any:
        if raises:
            raise error
        return error, SimpleNamespace(response={"said": KEY})

    model: Any = SimpleNamespace(api=SimpleNamespace(generate=generate))
    discreet.guard(model)
    if raises:
        with pytest.raises(Exception) as raised:  # noqa: PT011
            asyncio.run(model.api.generate())
        said = raised.value
    else:
        said, call = asyncio.run(model.api.generate())
        assert call.response == {"said": "***"}
    told = "".join(traceback.format_exception(said))
    assert KEY not in told
    assert "***" in told or type(error).__name__ in told
