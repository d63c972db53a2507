"""What an agent can try to do to the world: a closed set of kinds."""

from typing import Annotated, Literal

from pydantic import Field

from turncoat.record._base import Document


class ListMail(Document):
    """Look at the list of a folder."""

    kind: Literal["list"] = "list"
    folder: Literal["inbox", "sent"] = "inbox"


class ReadMail(Document):
    """Open one mail by its id."""

    kind: Literal["read"] = "read"
    mail_id: str


class SearchMail(Document):
    """Find mails that contain every word of the query."""

    kind: Literal["search"] = "search"
    query: str


class ListContacts(Document):
    """Look at the directory."""

    kind: Literal["contacts"] = "contacts"


class Send(Document):
    """Write a new mail."""

    kind: Literal["send"] = "send"
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""


class Reply(Document):
    """Answer a mail; `to` and `cc` are worked out by the mailbox unless given."""

    kind: Literal["reply"] = "reply"
    mail_id: str
    body: str = ""
    everyone: bool = False


class Forward(Document):
    """Pass a mail on, with a note above it."""

    kind: Literal["forward"] = "forward"
    mail_id: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    body: str = ""


class Operate(Document):
    """Use a device: cancel an alert with a code, and say why."""

    kind: Literal["operate"] = "operate"
    device: str
    operation: str
    code: str = ""
    reason: str = ""


class Finish(Document):
    """End the session with a closing note."""

    kind: Literal["finish"] = "finish"
    summary: str = ""


Action = Annotated[
    ListMail | ReadMail | SearchMail | ListContacts | Send | Reply | Forward | Operate | Finish,
    Field(discriminator="kind"),
]


class Unreadable(Document):
    """Text that was meant as an action and is not one: malformed, or `cut` off by the end of the answer.

    `partial` is as much of the action as can be read; it is judged when cut off, and never executed.
    """

    raw: str
    problem: str
    cut: bool = False
    partial: Action | None = None
