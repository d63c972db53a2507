"""The agent's mailbox: what came in, what was sent, what has been read."""

import re
from collections.abc import Iterable
from itertools import count

from turncoat.company.render import render_line, render_mail
from turncoat.record import Facts, Mail

_SNIPPET = 80
"""Characters of a mail that a search shows."""


class Mailbox:
    """Two folders. Ids of sent mails are s1, s2, ...; of mails that arrive later r1, r2, ..., skipping any in use."""

    def __init__(self, inbox: Iterable[Mail], facts: Facts) -> None:
        self._facts = facts
        self._inbox = list(inbox)
        self._sent: list[Mail] = []
        self._read: set[str] = set()
        self._by_id = {mail.id: mail for mail in self._inbox}
        self._numbers = {"s": count(1), "r": count(1)}

    @property
    def inbox(self) -> tuple[Mail, ...]:
        return tuple(self._inbox)

    @property
    def sent(self) -> tuple[Mail, ...]:
        return tuple(self._sent)

    def find(self, mail_id: str) -> Mail | None:
        """The mail with this id; blanks, case, `#` and brackets around an id do not matter."""
        return self._by_id.get(mail_id) or self._by_id.get(mail_id.strip(" #<>[]\"'").lower())

    def new_id(self, letter: str) -> str:
        """An id that no mail has yet; `letter` is s (sent) or r (received)."""
        return next(name for number in self._numbers[letter] if (name := f"{letter}{number}") not in self._by_id)

    def deliver(self, mail: Mail) -> None:
        """Put a mail that arrived into the inbox."""
        self._inbox.append(mail)
        self._by_id[mail.id] = mail

    def file(self, mail: Mail) -> None:
        """Put a mail that left into the folder of sent mails."""
        self._sent.append(mail)
        self._by_id[mail.id] = mail

    def open(self, mail: Mail) -> str:
        """The text of a mail, which from now on is read."""
        self._read.add(mail.id)
        return render_mail(mail, self._facts)

    def mark_all_read(self) -> None:
        self._read.update(mail.id for mail in self._inbox)

    def listing(self, folder: str) -> str:
        """A folder, oldest first, one line a mail."""
        sent = folder == "sent"
        mails = self._sent if sent else self._inbox
        lines = (render_line(mail, self._facts, unread=mail.id not in self._read, sent=sent) for mail in mails)
        return "\n".join(lines) or f"The folder {folder} is empty."

    def search(self, query: str) -> tuple[str, tuple[str, ...]]:
        """Mails in both folders that hold every word of the query, as text and as ids.

        The text has of each: id, subject, and a snippet around the first word.
        """
        words = query.casefold().split()
        if not words:
            return "Give at least one word to search for.", ()
        hits = [mail for mail in (*self._inbox, *self._sent) if _holds(self._searched(mail), words)]
        lines = (f"{mail.id} · {mail.subject} · {_snippet(mail.body, words[0])}" for mail in hits)
        return "\n".join(lines) or f"No mail holds {query!r}.", tuple(mail.id for mail in hits)

    def ids(self) -> str:
        """All ids, for a message that says which there are."""
        return ", ".join(self._by_id) or "none"

    def _searched(self, mail: Mail) -> str:
        people = (self._facts.at_address(address) for address in (mail.sender, *mail.recipients))
        names = " ".join(person.name for person in people if person)
        return " ".join((mail.subject, mail.body, mail.sender, *mail.recipients, names)).casefold()


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def _snippet(body: str, word: str) -> str:
    text = re.sub(r"\s+", " ", body).strip()
    at = max(text.casefold().find(word), 0)
    start = max(at - _SNIPPET // 2, 0)
    end = start + _SNIPPET
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
