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
            if _mask(error):
                raise
            raise _told_anew(error) from None
        said, call = result if isinstance(result, tuple) else (result, None)
        if isinstance(said, Exception):  # how some providers say it
            told = said if _mask(said) else _told_anew(said)
            if call is not None:
                call.response = _all_masked(call.response)
            return (told, call) if isinstance(result, tuple) else told
        return result

    api.generate = guarded


def _told_anew(error: Exception) -> RuntimeError:
    return RuntimeError(masked(f"{type(error).__name__}: {error}"))


def _mask(error: BaseException) -> bool:
    """Mask what an error says. Whether it could be: some keep their words where nobody can change them."""
    for each in _chain(error):
        each.args = tuple(map(_all_masked, each.args))
        for name, value in list(vars(each).items()):  # such as `message` and `body` of the providers' clients
            if isinstance(value, str | dict | list):
                setattr(each, name, _all_masked(value))
    return all(masked(str(each)) == str(each) for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came of, as its traceback tells them."""
    seen: list[BaseException] = []
    following: list[BaseException | None] = [error]
    while following:
        each = following.pop()
        if each is not None and not any(each is known for known in seen):
            seen.append(each)
            following += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
    yield from seen


def _all_masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {name: _all_masked(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_all_masked(each) for each in value]
    return value
