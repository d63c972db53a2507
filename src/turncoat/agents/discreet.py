"""What a provider says of a failed call, which Inspect writes into its logs: without the secrets that it may repeat."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from turncoat.agents.secrets import masked

if TYPE_CHECKING:
    from inspect_ai.model import Model


def guard(model: "Model") -> None:
    """Mask secrets in what each failed call of a model's provider raises or returns. Answers are left as they are."""
    api: Any = model.api
    generate = api.generate

    async def guarded(**question: Any) -> Any:
        try:
            result = await generate(**question)
        except Exception as error:
            _mask(error)
            raise
        said, call = result if isinstance(result, tuple) else (result, None)
        if isinstance(said, Exception):  # how some providers say it
            _mask(said)
            if call is not None:
                call.response = _all_masked(call.response)
        return result

    api.generate = guarded


def _mask(error: Exception) -> None:
    for each in _chain(error):
        each.args = tuple(map(_all_masked, each.args))
        for name, value in list(vars(each).items()):  # such as `message` and `body` of the providers' clients
            if isinstance(value, str | dict | list):
                setattr(each, name, _all_masked(value))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came of, as its traceback tells them."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        following = following.__cause__ or following.__context__
    yield from seen


def _all_masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {name: _all_masked(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_all_masked(each) for each in value]
    return value
