"""The fields of a block, however they were written: attributes, sub-elements, JSON, or lines with a key."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from turncoat.company.answers._names import DECIDING, FIELDS, PARTS, Kind, plain
from turncoat.company.answers._text import QUOTES, unescape, unfence, unquote

_ELEMENT = re.compile(
    r"<\s{0,3}(/?)\s{0,3}([A-Za-z_][\w.\-]{0,40})(?:\s+name\s*=\s*[\"']?([\w.\-]{1,40})[\"']?)?\s*(/?)>"
)
_NAME = r"([A-Za-z][A-Za-z _-]{0,20}?)"
_KEY = re.compile(
    rf"^[ \t]{{0,12}}(?:[-*] )?[\"'`*]{{0,3}}{_NAME}[\"'`*]{{0,3}}[ \t]{{0,4}}[:=][*]{{0,2}}(?=[ \t\r\n\"'\[|>]|$)",
    re.MULTILINE,
)
_LOOSE_KEY = re.compile(rf"[{{,]\s{{0,20}}[\"']{_NAME}[\"']\s{{0,3}}:\s{{0,3}}")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)(\"?)", re.DOTALL)
_ARRAY = re.compile(r"\[([^\]]*)\]?")
_BLOCK_SCALAR = re.compile(r"\A[ \t]*[|>][-+]?[ \t]*\n")
_MORE = re.compile(r"[ \t]*(?:-[ \t]|[\"'\[\]]|[ \t])")
_SPLIT = re.compile(r"(&(?:lt|gt|quot|apos|amp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|\"[^\"\n]*\"|<[^<>\n]*>)|[,;\n]")
NOBODY = frozenset({"none", "null", "n/a", "nobody", "-"})
"""What is written where there is no recipient."""

Value: TypeAlias = str | tuple[str, ...]


@dataclass(slots=True)
class Fields:
    """What a block says, by field. Recipients are tuples, everything else text. `whole`: the body's end was seen."""

    values: dict[str, Value] = field(default_factory=dict)
    whole: bool = False

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)

    def people(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name, ())
        return (value,) if isinstance(value, str) else value

    def has(self, *names: str) -> bool:
        return any(name in self.values for name in names)

    def add(self, name: str, raw: object) -> None:
        """Take a value unless there is one already."""
        if name in self.values or name == "other" or raw is None:
            return
        if name in ("to", "cc"):
            self.values[name] = _people(raw)
        else:
            self.values[name] = unescape(raw) if isinstance(raw, str) else _plain_text(raw)


def read_fields(kind: Kind, attributes: Mapping[str, str], content: str) -> Fields:
    """The fields of a block of a kind.

    Where an attribute says who or what it is about, the content is the body as it stands (and a line in it such as
    "To: be clear" is part of that). Otherwise fields are looked for in it. Sub-elements are always read: in our own
    dialect a body holds no bare `<`.
    """
    fields = Fields()
    for name, value in attributes.items():
        fields.add(name, value.strip())
    rest = unfence(content)
    if "<" in rest:
        rest = unfence(_read_elements(kind, rest, fields))
    if "arguments" in fields.values:
        rest = fields.text("arguments")
    if fields.has(*DECIDING[kind]) and kind != "call":
        if kind == "send" and "subject" not in fields.values and "body" not in fields.values:
            rest = _read_leading_subject(rest, fields)
    elif kind != "finish" and rest.lstrip().startswith("{"):
        rest = _read_json(kind, rest, fields)
    elif kind != "finish":
        rest = _read_lines(kind, rest, fields)
    if rest.strip():
        fields.add("body", rest.strip())
    return fields


def split_people(text: str) -> tuple[str, ...]:
    """Recipients from a list in any form; names and addresses stay as they were written."""
    inner = text.strip()
    if inner.casefold() in NOBODY:
        return ()
    bare = unquote(inner)
    if "@" in bare and not any(quote in bare for quote in QUOTES):
        inner = bare  # "a@x.com, b@x.com": one pair of quotes around the list
    if inner.startswith("["):
        inner = inner[1:].rstrip().removesuffix("]")
    parts, start = [], 0
    for mark in _SPLIT.finditer(inner):
        if mark.group(1) is None:
            parts.append(inner[start : mark.start()])
            start = mark.end()
    parts.append(inner[start:])
    cleaned = (unquote(part.strip().removeprefix("- ").strip()).strip() for part in parts)
    return tuple(unescape(part) for part in cleaned if part and part not in ("-", '"', "'"))


def _field(key: re.Match[str]) -> str:
    """The field that a key stands for, or an empty text."""
    return FIELDS.get(plain(key.group(1)), "")


def _people(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        return split_people(raw)
    if isinstance(raw, Mapping):
        known = {plain(str(key)): value for key, value in raw.items()}
        found = next((known[key] for key in ("email", "address", "to", "name") if key in known), None)
        return _people(found) if isinstance(found, str) else ()
    if isinstance(raw, Iterable):
        return tuple(person for each in raw for person in _people(each))
    return ()


def _plain_text(raw: object) -> str:
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _read_elements(kind: Kind, content: str, fields: Fields) -> str:
    """Take `<to>...</to>` and `<parameter name="to">...</parameter>`; returns what stands outside of them."""
    outside: list[str] = []
    position = 0
    name = ""
    opened: re.Match[str] | None = None
    for found in _ELEMENT.finditer(content):
        closing, tag, named, empty = found.groups()
        key = FIELDS.get(plain(named or tag)) if not closing or tag.lower() in FIELDS else None
        if opened is None:
            if not closing and not empty and key in PARTS[kind] | {"arguments"}:
                outside.append(content[position : found.start()])
                name, opened = key or "", found
        elif closing and tag.lower() == opened.group(2).lower():
            fields.add(name, unfence(content[opened.end() : found.start()]).strip())
            fields.whole = True
            position, opened = found.end(), None
        elif not closing and name != "body" and key in PARTS[kind]:
            # <to>ann@x.com <subject>...: the closing tag is missing.
            fields.add(name, content[opened.end() : found.start()].strip())
            name, opened = key or "", found
    if opened is not None and not "".join(outside).strip():
        fields.add(name, content[opened.end() :].strip())
        fields.whole = False
        return ""
    if opened is not None:
        return content  # a body in which something stands in angle brackets
    return "".join((*outside, content[position:]))


def _read_leading_subject(content: str, fields: Fields) -> str:
    found = _KEY.match(content.lstrip())
    if found is None or _field(found) not in ("subject", "body"):
        return content
    return _read_lines("send", content, fields)


def _read_json(kind: Kind, content: str, fields: Fields) -> str:
    """Take a JSON object; one that is broken or cut off is read as far as it goes."""
    try:
        read = json.loads(content, strict=False)
    except (ValueError, RecursionError):
        return _read_broken_json(kind, content, fields)
    _take(kind, read, fields)
    fields.whole = True
    return ""


def _take(kind: Kind, read: object, fields: Fields) -> None:
    if not isinstance(read, Mapping):
        return
    for key, value in read.items():
        name = FIELDS.get(plain(str(key)))
        if name == "arguments":
            if isinstance(value, str):
                _read_json(kind, value, fields)
            else:
                _take(kind, value, fields)
        elif name in PARTS[kind]:
            fields.add(name, value)


def _read_broken_json(kind: Kind, content: str, fields: Fields) -> str:
    position = 0
    while found := _LOOSE_KEY.search(content, position):
        name = _field(found)
        position = found.end()
        value: str | None = None
        if text := _STRING.match(content, position):
            value, position = _from_json(text.group(1)), text.end()
            fields.whole = bool(text.group(2))
        elif array := _ARRAY.match(content, position):
            value, position = array.group(1), array.end()
        if value is not None and name in PARTS[kind]:
            fields.add(name, value)
        if name == "arguments":
            position = found.end()
    return ""


def _from_json(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except (ValueError, RecursionError):
        return text.replace("\\n", "\n").replace('\\"', '"')


def _read_lines(kind: Kind, content: str, fields: Fields) -> str:
    """Take lines such as `to: "a@x.com",`; the body goes to the end. Returns what no key claims."""
    keys = [found for found in _KEY.finditer(content) if _field(found) in PARTS[kind]]
    if not keys:
        return content
    rest = ""
    number = 0
    while number < len(keys):
        found = keys[number]
        name = _field(found)
        start = found.end()
        number += 1
        if name == "body":
            number = _end_of_body(content, start, keys, number, missing=not fields.has(*DECIDING[kind]))
            stop = keys[number].start() if number < len(keys) else len(content)
            fields.add(name, _body(content[start:stop], fields))
            continue
        stop = keys[number].start() if number < len(keys) else len(content)
        value, end = _short_value(content, start, stop, many=name in ("to", "cc", "arguments"))
        fields.add(name, value)
        if number == len(keys):
            rest = content[end:]
    return rest


def _end_of_body(content: str, start: int, keys: list[re.Match[str]], number: int, *, missing: bool) -> int:
    """Position in `keys` of the first key after a body: past its closing quote, or one that is still needed."""
    head = content[start : start + 80].lstrip()
    close = QUOTES.get(head[:1])
    for later in range(number, len(keys)):
        before = content[max(keys[later].start() - 12, start) : keys[later].start()].rstrip().rstrip(",")
        if close and before.endswith(close):
            return later
        if missing and not close and _field(keys[later]) in ("to", "mail"):
            return later
    return len(keys)


def _body(text: str, fields: Fields) -> str:
    if scalar := _BLOCK_SCALAR.match(text):
        lines = text[scalar.end() :].split("\n")
        margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        return "\n".join(line[margin:] for line in lines).strip()
    value = text.strip()
    close = QUOTES.get(value[:1])
    if close is None:
        return value
    trimmed = value.rstrip(", \t\r\n}")
    if len(trimmed) > 1 and trimmed.endswith(close):
        fields.whole = True
        value = trimmed[1:-1]
    elif value.count(value[0]) != value.count(close) or (value[0] == close and value.count(close) % 2):
        value = value[1:]  # cut off before the closing quote
    return value if "\n" in value else value.replace("\\n", "\n").replace('\\"', '"')


def _short_value(content: str, start: int, stop: int, *, many: bool) -> tuple[str, int]:
    """A value of one line, or of several where it is a list; and where it ends."""
    end = content.find("\n", start, stop)
    end = stop if end < 0 else end
    first = content[start:end].strip()
    while many and end < stop and (not first or first.startswith("[") or first.endswith(",")):
        line_end = content.find("\n", end + 1, stop)
        line_end = stop if line_end < 0 else line_end
        if not _MORE.match(content, end + 1, line_end):
            break
        end = line_end
    value = content[start:end].strip()
    return (value.rstrip(", ") if many else unquote(value)), end
