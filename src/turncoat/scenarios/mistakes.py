"""What is wrong with data that people write, in our words: where, what is needed, what stands there instead."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from turncoat.errors import unknown

Place = tuple[str | int, ...]
"""Keys and positions from the top."""

_NEEDED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "text (of a number or true: in quotes)",
    "string_too_short": lambda _: "text; nothing stands here",
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
    "model_attributes_type": lambda _: "fields with values ({} for none)",
    "invalid_key": lambda _: "a name that is text (a number or true: in quotes)",
    "union_tag_not_found": lambda about: f"a field {about['discriminator']}",
    "literal_error": lambda about: f"one of {about['expected']}",
    "greater_than_equal": lambda about: f"{about['ge']:g} or more",
    "less_than_equal": lambda about: f"{about['le']:g} or less",
    "too_short": lambda about: f"{about['min_length']} or more entries",
    "too_long": lambda about: f"{about['max_length']} entries or fewer",
    "string_pattern_mismatch": lambda about: f"the form {about['pattern']}",
}


_DESCRIBED = {
    "string_type", "string_too_short", "string_pattern_mismatch", "tuple_type", "list_type", "dict_type", "model_type",
    "model_attributes_type", "union_tag_not_found",
}  # fmt: skip
"""Mistakes of form, of which a field's description says more than the type does."""


def mistakes(error: ValidationError, model: type[BaseModel], data: object) -> dict[Place, str]:
    """Place -> message, for everything that is wrong with `data`; whatever a part may be, it is wrong once."""
    found: dict[Place, list[ErrorDetails]] = {}
    for each in error.errors():
        found.setdefault(_place(each, data), []).append(each)
    inner = [place for place in found if not any(other[: len(place)] == place != other for other in found)]
    return {place: _said(place, found[place], model, data) for place in inner}


def first_mistake(error: ValidationError, model: type[BaseModel], data: object) -> str:
    """The first of them alone."""
    return next(iter(mistakes(error, model, data).values()))


def _place(each: ErrorDetails, data: object) -> Place:
    """Where it stands in the data: a location also has the names of types, where there may be several."""
    place: list[str | int] = []
    for depth, step in enumerate(each["loc"]):
        inside = _inside(data)
        if step in inside:
            data = inside[step]
            place.append(step)
        elif each["type"] == "missing" and depth == len(each["loc"]) - 1:
            place.append(step)
    return tuple(place)


def _inside(data: object) -> Mapping[Any, object]:
    return data if isinstance(data, Mapping) else dict(enumerate(data)) if isinstance(data, list | tuple) else {}


def _said(place: Place, errors: list[ErrorDetails], model: type[BaseModel], data: object) -> str:
    first = errors[0]
    where = f"{'.'.join(map(str, place))}: " if place else ""
    match first["type"]:
        case "missing":
            return f"{where}this field is required{_needs(place, model, data)}"
        case "extra_forbidden":
            return f"{where}unknown field; remove it or correct its name{_known(place, model, data)}"
        case "value_error":
            return f"{where}{first['ctx']['error']}"
        case "union_tag_invalid":
            kind, about = _quoted(first["ctx"]["discriminator"])[0], first["ctx"]
            return f"{where}{unknown(kind, about['tag'], _quoted(about['expected_tags']))}"
    needs = dict.fromkeys(
        (_described(place, model, data, each["type"]) if each["type"] in _DESCRIBED else "")
        or _NEEDED[each["type"]](each.get("ctx", {}))
        if each["type"] in _NEEDED
        else each["msg"]
        for each in errors
    )
    near = get_close_matches(str(first["input"]), _quoted(first.get("ctx", {}).get("expected", "")), n=1, cutoff=0.65)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return f"{where}needs {' or '.join(needs)} (got {first['input']!r:.80}){hint}"


def _quoted(listed: object) -> list[str]:
    """The names in quotes in a text of pydantic's."""
    return re.findall(r"'([^']*)'", str(listed))


def _known(place: Place, model: type[BaseModel], data: object) -> str:
    owner = _model_at(place[:-1], model, data)
    names = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    near = get_close_matches(str(place[-1]), names, n=1, cutoff=0.65)
    hint = f". Did you mean {near[0]!r}?" if near else "."
    return f"{hint} Allowed: {', '.join(names)}." if names else ""


def _needs(place: Place, model: type[BaseModel], data: object) -> str:
    said = _described(place, model, data)
    return f": {said}" if said else ""


def _described(place: Place, model: type[BaseModel], data: object, wrong: str = "") -> str:
    """What a field says of itself, or which fields a part of a list cannot do without."""
    if wrong in ("tuple_type", "list_type"):
        while place and isinstance(place[-1], int):
            place = place[:-1]
    owner = _model_at(place[:-1], model, data)
    field = owner.model_fields.get(str(place[-1])) if owner and place else None
    if field or not wrong.startswith("model"):
        return field.description or "" if field else ""
    part = _model_at(place, model, data)
    names = [name for name, each in part.model_fields.items() if each.is_required()] if part else []
    return f"fields with values, at least {', '.join(names)}" if names else ""


def _model_at(place: Place, model: type[BaseModel], data: object) -> type[BaseModel] | None:
    """The model of the data at a place. Keys of mappings and positions in lists are no fields and stay in it."""
    here: type[BaseModel] | None = model
    for step in place:
        data = _inside(data).get(step)
        fields = {field.alias or name: field for name, field in here.model_fields.items()} if here else {}
        if step in fields:
            models = list(_models_in(fields[str(step)].annotation))
            here = next((each for each in models if _is_meant(each, data)), models[0] if models else None)
    return here


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_in(each)


def _is_meant(model: type[BaseModel], data: object) -> bool:
    """Whether the data has the values that tell this model from its alternatives."""
    tags = {name: get_args(each.annotation) for name, each in model.model_fields.items() if _is_tag(each.annotation)}
    return all(_inside(data).get(name) in values for name, values in tags.items())


def _is_tag(annotation: Any) -> bool:
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1
