"""How mails and the directory look to the agent, in every interface."""

from turncoat.record import Facts, Mail

_DATE = "%a, %d %b %Y %H:%M"


def render_address(address: str, facts: Facts) -> str:
    """`Ann Lee <ann@x.com>` for an address in the directory, else the bare address."""
    person = facts.at_address(address)
    return f"{person.name} <{address}>" if person else address


def render_mail(mail: Mail, facts: Facts) -> str:
    """One mail as plain text: id, header lines, a blank line, the body."""
    lines = [f"Id: {mail.id}", f"From: {render_address(mail.sender, facts)}", f"To: {_everybody(mail.to, facts)}"]
    if mail.cc:
        lines.append(f"Cc: {_everybody(mail.cc, facts)}")
    lines += [f"Date: {mail.at.strftime(_DATE)}", f"Subject: {mail.subject}", "", mail.body.strip()]
    return "\n".join(lines)


def render_contacts(facts: Facts) -> str:
    """The directory, one line a person: name, addresses, role."""
    return "\n".join(
        " · ".join(
            part
            for part in (person.name + (" (you)" if person.agent else ""), ", ".join(person.addresses), person.role)
            if part
        )
        for person in facts.people
    )


def render_line(mail: Mail, facts: Facts, *, unread: bool, sent: bool = False) -> str:
    """One mail as a line of a folder's list."""
    person = "to " + _everybody(mail.to, facts) if sent else render_address(mail.sender, facts)
    mark = "" if sent else " · unread" if unread else " · read"
    return f"{mail.id} · {mail.at.strftime(_DATE)} · {person} · {mail.subject}{mark}"


def _everybody(addresses: tuple[str, ...], facts: Facts) -> str:
    return ", ".join(render_address(address, facts) for address in addresses)
