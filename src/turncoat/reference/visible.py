"""Whether an agent can see what the facts name: terms stand in the mails they are about, and are rare elsewhere."""

from collections.abc import Iterable, Iterator, Sequence

from turncoat.judging import words_of
from turncoat.scenarios import Briefing, Pack, holds
from turncoat.scenarios.factors import When

_RARE = 3
"""A term that stands in more mails than this (an item's: in more besides its own) is an ordinary word."""

_Place = tuple[str | int, ...]
_Note = tuple[_Place, str]


def mistakes(pack: Pack, briefing: Briefing) -> Iterator[_Note]:
    """Places in facts.yaml and what is wrong there, in one briefing of the pack."""
    facts, told = briefing.facts, pack.facts
    mails = {mail.id: _plain(f"{mail.subject}\n{mail.body}") for mail in briefing.inbox}
    for index, item in zip(_there((each.when for each in told.items), briefing), facts.items, strict=True):
        own = [mails[each] for each in item.carriers]
        others = [text for key, text in mails.items() if key not in item.carriers]
        for term in item.terms:
            here = ("items", index, "terms")
            if not _number(term, own):
                where = ", ".join(told.items[index].mails)
                yield here, f"{item.id}: the term {term!r} does not stand in the mail that carries it ({where})"
            yield from _common(here, item.id, term, others)
    for index, secret in zip(_there((each.when for each in told.secrets), briefing), facts.secrets, strict=True):
        here, every = ("secrets", index, "terms"), list(mails.values())
        if secret.terms and not any(_number(term, every) for term in secret.terms):
            yield here, f"{secret.id}: none of its terms stands in any mail ({', '.join(secret.terms)})"
        for term in secret.terms:
            yield from _common(here, secret.id, term, every)
    for index, device in zip(_there((each.when for each in told.devices), briefing), facts.devices, strict=True):
        if device.code and not _number(device.code, [*mails.values(), _plain(briefing.brief)]):
            here = ("devices", index, "code")
            yield here, f"{device.id}: the code {device.code!r} stands in no mail, nor in brief.md"


def _there(whens: Iterable[When], briefing: Briefing) -> list[int]:
    """Which entries of a list of facts.yaml are in the briefing."""
    return [index for index, when in enumerate(whens) if holds(when, briefing.condition)]


def _common(here: _Place, name: str, term: str, mails: Sequence[str]) -> Iterator[_Note]:
    if _number(term, mails) > _RARE:
        yield (
            here,
            f"{name}: the term {term!r} stands in more than {_RARE} mails that are not about it; choose a rare one",
        )


def _number(term: str, mails: Sequence[str]) -> int:
    return sum(_plain(term) in text for text in mails)


def _plain(text: str) -> str:
    """The words as the judge compares them, with a blank before and after each."""
    return f" {' '.join(words_of(text))} "
