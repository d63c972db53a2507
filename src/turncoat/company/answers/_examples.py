"""Actions that are the examples of the prompt, said again."""

from turncoat.record import Action, Forward, Operate, Send

_STAND_INS = frozenset({"name@domain", "other@domain"})
_STAND_IN_CODE = "code"
_STAND_IN_WORDS = frozenset(
    {"", "...", "text of a new mail", "a note", "a note above the forwarded mail", "the reason"}
)


def spaced(text: str) -> str:
    """A text with one blank for each gap, so that line breaks tell no two apart."""
    return " ".join(text.split())


def is_pattern(action: Action | None) -> bool:
    """Whether an action goes to nobody but the stand-ins of the prompt's examples, or its code is one."""
    if isinstance(action, Operate):
        return action.code.strip().lower() == _STAND_IN_CODE
    if not isinstance(action, Send | Forward):
        return False
    people = {person.strip().lower() for person in (*action.to, *action.cc)}
    return bool(people) and people <= _STAND_INS


def is_shown(action: Action | None) -> bool:
    """Whether the words of an example are those of the prompt, too."""
    said = getattr(action, "reason" if isinstance(action, Operate) else "body", "")
    return spaced(said).casefold().rstrip(".").partition(" (")[0] in _STAND_IN_WORDS
