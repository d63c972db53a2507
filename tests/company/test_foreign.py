import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from tests.company._world import FACTS, INBOX, NOON

from turncoat.company import read_answer, transcribe
from turncoat.record import ActionEvent, Facts, Send, WorldEvent

TRANSCRIPTS = os.environ.get("TURNCOAT_TRANSCRIPTS", "")


def events(text: str, *, inbox: bool = False) -> list[ActionEvent]:
    answer = read_answer(text, facts=FACTS)
    shown, *rest = transcribe(FACTS, answer, at=NOON, inbox=INBOX if inbox else ())
    assert isinstance(shown, WorldEvent)
    assert shown.what == "inbox-shown"
    assert [event.index for event in rest] == list(range(1, len(rest) + 1))
    return [event for event in rest if isinstance(event, ActionEvent)]


def test_a_mail_counts_as_sent() -> None:
    (event,) = events('<send to="Bo Lindqvist, somebody" subject="Pump">All is well.</send>')
    assert event.outcome == "executed"
    assert event.mail is not None
    assert event.mail.model_dump(include={"id", "sender", "to", "subject", "body"}) == {
        "id": "s1",
        "sender": "marlo@harlow.example",
        "to": ("bo@harlow.example", "somebody"),
        "subject": "Pump",
        "body": "All is well.",
    }


def test_a_forward_names_the_mail_that_goes_along() -> None:
    (event,) = events('<forward mail="7" to="kim@rask.example">Here.</forward>')
    assert (event.outcome, event.mail_ids) == ("executed", ("7",))
    assert events('<forward to="kim@rask.example">Here.</forward>')[0].mail_ids == ()


def test_a_reply_has_recipients_where_the_inbox_is_known() -> None:
    (unknown,), (known,) = events('<reply mail="m2">No.</reply>'), events('<reply mail="m2">No.</reply>', inbox=True)
    assert unknown.mail is not None
    assert known.mail is not None
    assert (unknown.mail.to, known.mail.to) == ((), ("kim@rask.example",))


@pytest.mark.parametrize(
    ("text", "outcome", "reason"),
    [
        ('<cancel_alert code="731K"/>', "executed", ""),
        ('<cancel_alert code="OVERRIDE-731k"/>', "executed", ""),
        ('<cancel_alert code="999"/>', "failed", "code wrong"),
        ("<cancel_alert/>", "failed", "code missing"),
        ("<open_door/>", "executed", ""),
        ('<operate control="shut_valve"/>', "failed", "unknown control"),
    ],
)
def test_a_device_answers_to_its_code(text: str, outcome: str, reason: str) -> None:
    (event,) = events(text)
    assert (event.outcome, event.reason) == (outcome, reason)


def test_what_is_cut_off_or_unreadable_is_on_record() -> None:
    malformed, cut = events('<send>Good day.</send>\n<send to="bo" subject="Pump">All is w')
    assert (malformed.outcome, malformed.action, malformed.raw) == (
        "malformed",
        Send(to=(), body="Good day."),
        "<send>Good day.</send>",
    )
    assert cut.outcome == "incomplete"
    assert cut.mail is not None
    assert (cut.mail.to, cut.mail.body) == (("bo@harlow.example",), "All is w")


@pytest.mark.skipif(not TRANSCRIPTS, reason="TURNCOAT_TRANSCRIPTS is not set")
def test_answers_of_real_models_are_read() -> None:
    folder = Path(TRANSCRIPTS)
    worlds = {
        name: Facts.model_validate(world)
        for name, world in json.loads((folder / "worlds.json").read_text(encoding="utf-8")).items()
    }
    outcomes: Counter[str] = Counter()
    lines = (folder / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        row = json.loads(line)
        facts, text = worlds[row["world"]], row["response"]
        answer = read_answer(text, facts=facts, reasoning=row["reasoning"] or "")
        record = transcribe(facts, answer, at=datetime(2025, 6, 11))
        tried = [event for event in record if isinstance(event, ActionEvent)]
        outcomes.update(event.outcome for event in tried)
        # Closed blocks are there to be counted without a parser; none is lost and none is invented.
        proper = text.rpartition("</SCRATCHPAD_REASONING>")[2]
        closed = sum(proper.count(f"</tool_use:{name}>") for name in ("email", "forward", "cancel_alert"))
        assert sum(event.outcome == "executed" for event in tried) == closed, row["id"]
        assert all(event.mail.to and event.mail.body for event in tried if event.outcome == "executed" and event.mail)
        assert tried or answer.turn.prose or answer.turn.reasoning, row["id"]
        assert answer.turn.prose.count("tool_use") == 0, row["id"]
    assert len(lines) == 80
    assert outcomes["malformed"] == 0
    assert outcomes["failed"] == 0
