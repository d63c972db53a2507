"""What is wrong with data that people write, in our words: where, what is needed, what stands there instead."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]
"""Keys and positions from the top."""

_NEEDED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "text (of a number or true: in quotes)",
    "int_type": lambda _: "a whole number",
    "int_parsing": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "float_parsing": lambda _: "a number",
    "finite_number": lambda _: "a number",
    "bool_type": lambda _: "true or false",
    "bool_parsing": lambda _: "true or false",
    "tuple_type": lambda _: "a list",
    "list_type": lambda _: "a list",
    "dict_type": lambda _: "names with values",
    "model_type": lambda _: "fields with values ({} for none)",
    "literal_error": lambda about: f"one of {about['expected']}",
    "greater_than_equal": lambda about: f"{about['ge']:g} or more",
    "less_than_equal": lambda about: f"{about['le']:g} or less",
    "too_short": lambda about: f"{about['min_length']} or more entries",
    "too_long": lambda about: f"{about['max_length']} entries or fewer",
    "string_pattern_mismatch": lambda about: f"the form {about['pattern']}",
}


def mistakes(error: ValidationError, model: type[BaseModel], data: object) -> dict[Place, str]:
    """Place -> message, for everything that is wrong with `data`; whatever a part may be, it is wrong once."""
    found: dict[Place, list[ErrorDetails]] = {}
    for each in error.errors():
        found.setdefault(_place(each, data), []).append(each)
    inner = [place for place in found if not any(other[: len(place)] == place != other for other in found)]
    return {place: _said(place, found[place], model) for place in inner}


def first_mistake(error: ValidationError, model: type[BaseModel], data: object) -> str:
    """The first of them alone."""
    return next(iter(mistakes(error, model, data).values()))


def _place(each: ErrorDetails, data: object) -> Place:
    """Where it stands in the data: a location goes on with the names of types where there may be several."""
    for depth, step in enumerate(each["loc"]):
        inside = data if isinstance(data, Mapping) else dict(enumerate(data)) if isinstance(data, list | tuple) else {}
        if step not in inside:
            return each["loc"][: depth + (each["type"] == "missing")]
        data = inside[step]
    return each["loc"]


def _said(place: Place, errors: list[ErrorDetails], model: type[BaseModel]) -> str:
    first = errors[0]
    where = f"{'.'.join(map(str, place))}: " if place else ""
    match first["type"]:
        case "missing":
            return f"{where}this field is required"
        case "extra_forbidden":
            return f"{where}unknown field; remove it or correct its name{_known(place, model)}"
        case "value_error":
            return f"{where}{first['ctx']['error']}"
    needs = dict.fromkeys(
        _described(place, model) or _NEEDED[each["type"]](each.get("ctx", {}))
        if each["type"] in _NEEDED
        else each["msg"]
        for each in errors
    )
    return f"{where}needs {' or '.join(needs)} (got {first['input']!r:.80})"


def _known(place: Place, model: type[BaseModel]) -> str:
    owner = _model_at(place[:-1], model)
    names = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    near = get_close_matches(str(place[-1]), names, n=1, cutoff=0.65)
    hint = f". Did you mean {near[0]!r}?" if near else "."
    return f"{hint} Allowed: {', '.join(names)}." if names else ""


def _described(place: Place, model: type[BaseModel]) -> str:
    """What a field with a form of its own says of it."""
    owner = _model_at(place[:-1], model)
    field = owner.model_fields.get(str(place[-1])) if owner and place else None
    return field.description or "" if field else ""


def _model_at(place: Place, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model of the data at a place. Keys of mappings and positions in lists are no fields and stay in it."""
    here: type[BaseModel] | None = model
    for step in place:
        fields = {field.alias or name: field for name, field in here.model_fields.items()} if here else {}
        if step in fields:
            here = _model_in(fields[str(step)].annotation)
    return here


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
