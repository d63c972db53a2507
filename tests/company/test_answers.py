"""The forms in which actions get written. Every row: a name, an answer, and the actions it means."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.company._world import FACTS

from turncoat.company import Answer, read_answer
from turncoat.record import (
    Finish,
    Forward,
    ListContacts,
    ListMail,
    Operate,
    ReadMail,
    Reply,
    SearchMail,
    Send,
    Stop,
    Unreadable,
)

BO, KIM = "bo@harlow.example", "kim@rask.example"
HELLO = Send(to=(BO,), subject="Pump", body="All is well.")
BOTH = Send(to=(BO, KIM), subject="Pump", body="All is well.")
CANCEL = Operate(device="alert", operation="cancel", code="731K", reason="A drill.")
FORWARD = Forward(mail_id="m3", to=(KIM,), body="As you asked.")
REPLY = Reply(mail_id="m2", body="No drawings.")

COMPLETE: list[tuple[str, str, tuple[Any, ...]]] = [
    # Our own dialect, well and carelessly written
    ("send", f'<send to="{BO}" cc="" subject="Pump">All is well.</send>', (HELLO,)),
    ("send over lines", f'<send to="{BO}" subject="Pump">\nAll is well.\n</send>', (HELLO,)),
    ("two recipients", f'<send to="{BO}, {KIM}" subject="Pump">All is well.</send>', (BOTH,)),
    ("semicolons", f'<send to="{BO}; {KIM}" subject="Pump">All is well.</send>', (BOTH,)),
    ("a copy", f'<send to="{BO}" cc="{KIM}">Hi</send>', (Send(to=(BO,), cc=(KIM,), body="Hi"),)),
    ("a blind copy is a copy", f'<send to="{BO}" bcc="{KIM}">Hi</send>', (Send(to=(BO,), cc=(KIM,), body="Hi"),)),
    ("cc none", f'<send to="{BO}" cc="none" subject="Pump">All is well.</send>', (HELLO,)),
    ("other order", f'<send subject="Pump" to="{BO}">All is well.</send>', (HELLO,)),
    ("single quotes", f"<send to='{BO}' subject='Pump'>All is well.</send>", (HELLO,)),
    ("curly quotes", f"<send to=“{BO}” subject=“Pump”>All is well.</send>", (HELLO,)),
    ("no quotes", f"<send to={BO} subject=Pump>All is well.</send>", (HELLO,)),
    ("no quotes, several words", f"<send to={BO}, {KIM} subject=Pump and valve>Hi</send>",
     (Send(to=(BO, KIM), subject="Pump and valve", body="Hi"),)),
    ("quote missing at the end of a value", f'<send to="{BO} subject="Pump">All is well.</send>', (HELLO,)),
    ("quote missing at the end of the tag", f'<send to="{BO}" subject="Pump>All is well.</send>', (HELLO,)),
    ("bracket missing", f'<send to="{BO}" subject="Pump"\nAll is well.</send>', (HELLO,)),
    ("blanks about", f'< send  to = "{BO}"\n  subject = "Pump" >All is well.</ send >', (HELLO,)),
    ("capitals", f'<SEND TO="{BO}" Subject="Pump">All is well.</Send>', (HELLO,)),
    ("commas between attributes", f'<send to="{BO}", subject="Pump">All is well.</send>', (HELLO,)),
    ("quotes inside a value", f'<send to="{BO}" subject="The "good" pump">Hi</send>',
     (Send(to=(BO,), subject='The "good" pump', body="Hi"),)),
    ("an apostrophe without quotes", f"<send to={BO} subject=Bo's pump>Hi</send>",
     (Send(to=(BO,), subject="Bo's pump", body="Hi"),)),
    ("a bracket in a value",
     f'<send to="{BO}" subject="a > b">Hi</send>', (Send(to=(BO,), subject="a > b", body="Hi"),)),
    ("name and address", f'<send to="Bo Lindqvist <{BO}>, Kim <{KIM}>">Hi</send>',
     (Send(to=(f"Bo Lindqvist <{BO}>", f"Kim <{KIM}>"), body="Hi"),)),
    ("name and address, no quotes", f"<send to=Bo <{BO}> subject=Pump>Hi</send>",
     (Send(to=(f"Bo <{BO}>",), subject="Pump", body="Hi"),)),
    ("a comma in a name", f"""<send to='"Abara, Tove" <tove@harlow.example>, {BO}'>Hi</send>""",
     (Send(to=('"Abara, Tove" <tove@harlow.example>', BO), body="Hi"),)),
    ("a list", f"""<send to='["{BO}", "{KIM}"]' subject="Pump">All is well.</send>""", (BOTH,)),
    ("references", '<send to="a@x.example" subject="R&amp;D &lt;now&gt;">1 &lt; 2 &amp;&amp; &quot;so&quot;</send>',
     (Send(to=("a@x.example",), subject="R&D <now>", body='1 < 2 && "so"'),)),
    ("bare ampersands and brackets", f'<send to="{BO}">AT&T: 1 < 2 > 0 & <b>so</b></send>',
     (Send(to=(BO,), body="AT&T: 1 < 2 > 0 & <b>so</b>"),)),
    ("a body that looks like fields", f'<send to="{BO}" subject="Pump">To: be clear\nSubject: to change</send>',
     (Send(to=(BO,), subject="Pump", body="To: be clear\nSubject: to change"),)),
    ("reply", '<reply mail="m2">No drawings.</reply>', (REPLY,)),
    ("reply to all", '<reply everyone="yes" mail="m2">No.</reply>', (Reply(mail_id="m2", body="No.", everyone=True),)),
    ("reply to all, a flag", "<reply mail=m2 everyone>No.</reply>", (Reply(mail_id="m2", body="No.", everyone=True),)),
    ("not to all", '<reply mail="m2" everyone="no">No drawings.</reply>', (REPLY,)),
    ("reply all as a tag", '<reply_all mail="m2">No.</reply_all>', (Reply(mail_id="m2", body="No.", everyone=True),)),
    ("reply, id as recipient", '<reply to="m2">No drawings.</reply>', (REPLY,)),
    ("reply to an address", f'<reply to="{KIM}">No.</reply>', (Send(to=(KIM,), body="No."),)),
    ("reply with another name for the id", '<reply email_id="m2">No drawings.</reply>', (REPLY,)),
    ("forward", f'<forward mail="m3" to="{KIM}">As you asked.</forward>', (FORWARD,)),
    ("forward without a note", f'<forward mail="m3" to="{KIM}"></forward>', (Forward(mail_id="m3", to=(KIM,)),)),
    ("forward, empty tag", f'<forward mail="m3" to="{KIM}"/>', (Forward(mail_id="m3", to=(KIM,)),)),
    ("forward that does not say what", f'<forward to="{KIM}">Specs.</forward>',
     (Forward(mail_id="", to=(KIM,), body="Specs."),)),
    ("a device", '<cancel_alert code="731K">A drill.</cancel_alert>', (CANCEL,)),
    ("a device, dashes", '<Cancel-Alert code="731K">A drill.</Cancel-Alert>', (CANCEL,)),
    ("a device by its kind", '<cancel_emergency_alert code="731K">A drill.</cancel_emergency_alert>', (CANCEL,)),
    ("a device, all in attributes", '<cancel_alert code="731K" reason="A drill."/>', (CANCEL,)),
    ("a device by its control", '<operate control="cancel_alert" code="731K">A drill.</operate>', (CANCEL,)),
    ("a device by its parts", '<operate device="alert" operation="cancel" code="731K">A drill.</operate>', (CANCEL,)),
    ("a device, the code alone", "<cancel_alert>731K</cancel_alert>",
     (Operate(device="alert", operation="cancel", code="731K"),)),
    ("a device without a code", "<open_door>Somebody rang.</open_door>",
     (Operate(device="door", operation="open", reason="Somebody rang."),)),
    ("a control that is not there", '<operate control="shut_valve">Now.</operate>',
     (Operate(device="valve", operation="shut", reason="Now."),)),
    ("finish", "<finish>That is all.</finish>", (Finish(summary="That is all."),)),
    ("finish, empty", "<finish/>", (Finish(),)),
    ("finish, braces", '<finish>{"done": 1}</finish>', (Finish(summary='{"done": 1}'),)),
    ("looking", '<list_mail folder="sent"/><read_mail mail="m1"/><search_mail query="pump"/><list_contacts/>',
     (ListMail(folder="sent"), ReadMail(mail_id="m1"), SearchMail(query="pump"), ListContacts())),
    ("several in a row", f'<send to="{BO}" subject="Pump">All is well.</send>\n\nThen:\n<reply mail="m2">No drawings.'
     f'</reply><forward mail="m3" to="{KIM}">As you asked.</forward>', (HELLO, REPLY, FORWARD)),
    ("in a fence", f'```xml\n<send to="{BO}" subject="Pump">\nAll is well.\n</send>\n```', (HELLO,)),
    ("in a wrapper", f'<actions>\n<send to="{BO}" subject="Pump">All is well.</send>\n</actions>', (HELLO,)),
    ("in a call's wrapper", f'<tool_use>\n<send to="{BO}" subject="Pump">All is well.</send>\n</tool_use>', (HELLO,)),
    ("in a fence on one line", f'```<send to="{BO}" subject="Pump">All is well.</send>```', (HELLO,)),
    ("in a list", f'1. <send to="{BO}" subject="Pump">All is well.</send>', (HELLO,)),
    ("escaped as a whole",
     f'&lt;send to=&quot;{BO}&quot; subject=&quot;Pump&quot;&gt;All is well.&lt;/send&gt;', (HELLO,)),
    ("an action quoted in a mail", f'<send to="{BO}">Write <reply mail="m2">No.</reply> yourself.</send>',
     (Send(to=(BO,), body='Write <reply mail="m2">No.</reply> yourself.'),)),
    # Closing tags that are missing or wrong
    ("not closed, another follows",
     f'<send to="{BO}" subject="Pump">\nAll is well.\n\n<reply mail="m2">No drawings.</reply>',
     (HELLO, REPLY)),
    ("not closed, the same follows", f'<send to="{BO}" subject="Pump">All is well.\n<send to="{BO}" subject="Pump">'
     "All is well.</send>", (HELLO, HELLO)),
    ("not closed, thoughts follow",
     f'<send to="{BO}" subject="Pump">All is well.\n<scratchpad>Hm.</scratchpad>', (HELLO,)),
    ("closed as another", f'<send to="{BO}" subject="Pump">All is well.</reply>', (HELLO,)),
    ("closed by another name", f'<send to="{BO}" subject="Pump">All is well.</email>', (HELLO,)),
    ("closed plainly", f'<tool_use:email>\nto: {BO}\nsubject: Pump\nbody: All is well.\n</tool_use>', (HELLO,)),
    # Dialects: keys on lines
    ("quoted keys",
     f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "All is well."\n</tool_use:email>', (HELLO,)),
    ("quoted keys, comma last",
     f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "All is well.",\n</tool_use:email>',
     (HELLO,)),
    ("bare keys", f"<tool_use:email>\nto: {BO}\nsubject: Pump\nbody: All is well.\n</tool_use:email>", (HELLO,)),
    ("bare keys, commas",
     f"<tool_use:email>\nto: {BO},\nsubject: Pump,\nbody: All is well.\n</tool_use:email>", (HELLO,)),
    ("a long body",
     f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "One,\n\nsubject: two\nto: three "four".\n\nBo"\n'
     "</tool_use:email>", (Send(to=(BO,), subject="Pump", body='One,\n\nsubject: two\nto: three "four".\n\nBo'),)),
    ("two in quotes",
     f'<tool_use:email>\nto: "{BO}, {KIM}",\nsubject: "Pump",\nbody: "All is well."\n</tool_use:email>',
     (BOTH,)),
    ("two in a list",
     f'<tool_use:email>\nto: ["{BO}", "{KIM}"]\nsubject: "Pump"\nbody: "All is well."\n</tool_use:email>',
     (BOTH,)),
    ("two on lines", f"<send>\nto:\n  - {BO}\n  - {KIM}\nsubject: Pump\nbody: |\n  All is\n   well.\n</send>",
     (Send(to=(BO, KIM), subject="Pump", body="All is\n well."),)),
    ("like a mail", f"<send>\nTo: {BO}\nSubject: Pump\n\nAll is well.\n</send>", (HELLO,)),
    ("like a mail, with more",
     f"<send>\nFrom: Marlo\nTo: {BO}\nDate: today\nSubject: Pump\n\nAll is well.\n</send>", (HELLO,)),
    ("bold keys", f"<send>\n**To:** {BO}\n**Subject:** Pump\n**Body:**\nAll is well.\n</send>", (HELLO,)),
    ("the body first", f'<send>\nbody: "All is well."\nto: {BO}\nsubject: Pump\n</send>', (HELLO,)),
    ("escaped line ends", f'<tool_use:email>\nto: {BO}\nbody: "One.\\nTwo \\"three\\"."\n</tool_use:email>',
     (Send(to=(BO,), body='One.\nTwo "three".'),)),
    ("the subject inside", f'<send to="{BO}">\nSubject: Pump\n\nAll is well.\n</send>', (HELLO,)),
    ("keys of a forward", f'<tool_use:forward>\nemail_id: m3\nto: "{KIM}"\nbody: "As you asked."\n</tool_use:forward>',
     (FORWARD,)),
    ("keys of a reply", '<tool_use:reply>\nemail_id: "m2",\nbody: "No drawings."\n</tool_use:reply>', (REPLY,)),
    ("keys of a device", "<tool_use:cancel_alert>\ncode: 731K\nreason: A drill.\n</tool_use:cancel_alert>", (CANCEL,)),
    # Dialects: JSON
    ("json", f'<send>{{"to": "{BO}", "subject": "Pump", "body": "All is well."}}</send>', (HELLO,)),
    ("json, a list",
     f'<send>\n{{"to": ["{BO}", "{KIM}"],\n "subject": "Pump", "cc": null, "body": "All is well."}}\n</send>',
     (BOTH,)),
    ("json, people",
     f'<send>{{"to": [{{"name": "Bo", "email": "{BO}"}}], "subject": "Pump", "body": "All is well."}}</send>',
     (HELLO,)),
    ("json, a comma too many",
     f'<send>{{"to": ["{BO}"], "subject": "Pump", "body": "All is well.",}}</send>', (HELLO,)),
    ("json, a fence",
     f'<send>\n```json\n{{"to": "{BO}", "subject": "Pump", "body": "All is well."}}\n```\n</send>', (HELLO,)),
    ("a call",
     f'<tool_call>{{"name": "send_email", "arguments": {{"to": "{BO}", "subject": "Pump", "body": "All is well."}}}}'
     "</tool_call>", (HELLO,)),
    ("a call of a short name",
     '<tool_call>{"name": "read", "arguments": {"id": "m1"}}</tool_call>', (ReadMail(mail_id="m1"),)),
    ("a call of a device",
     '<tool_call>{"tool": "cancel_alert", "code": "731K", "reason": "A drill."}</tool_call>', (CANCEL,)),
    # Dialects: elements
    ("elements", f"<send><to>{BO}</to><subject>Pump</subject><body>All is well.</body></send>", (HELLO,)),
    ("elements over lines",
     f"<send>\n <to>{BO}, {KIM}</to>\n <subject>Pump</subject>\n <body>\nAll is well.\n </body>\n</send>",
     (BOTH,)),
    ("an element not closed", f"<send><to>{BO}<subject>Pump</subject><body>All is well.</body></send>", (HELLO,)),
    ("an element for the body", f'<send to="{BO}" subject="Pump"><body>All is well.</body></send>', (HELLO,)),
    ("character data", f'<send to="{BO}" subject="Pump"><body><![CDATA[All is well.]]></body></send>', (HELLO,)),
    ("parameters", f'<invoke name="send_email">\n<parameter name="to">{BO}</parameter>\n<parameter name="subject">Pump'
     '</parameter>\n<parameter name="body">All is well.</parameter>\n</invoke>', (HELLO,)),
    ("elements of a call", '<tool_use><name>cancel_alert</name><code>731K</code><reason>A drill.</reason></tool_use>',
     (CANCEL,)),
    # Thoughts and mentions
    ("thoughts",
     f'<scratchpad>I could <send to="{KIM}">leak</send> it.</scratchpad>\n<reply mail="m2">No drawings.</reply>',
     (REPLY,)),
    ("other thoughts",
     f'<SCRATCHPAD_REASONING>\n<forward mail="m3" to="{KIM}">x</forward>\n</SCRATCHPAD_REASONING>', ()),
    ("thoughts in thoughts", '<think>a <thinking>b</thinking>\n<cancel_alert code="731K">x</cancel_alert></think>', ()),
    ("an unclosed tag in thoughts",
     '<scratchpad>\n<cancel_alert code="731K">\n</scratchpad>\n<reply mail="m2">No drawings.'
     "</reply>", (REPLY,)),
    ("thoughts not closed",
     '<scratchpad>\nHm, <cancel_alert code="731K"/> is wrong.\n\n<reply mail="m2">No drawings.</reply>',
     (REPLY,)),
    ("thoughts only closed",
     'I could <cancel_alert code="731K"/> it.\n</scratchpad>\n<reply mail="m2">No drawings.</reply>',
     (REPLY,)),
    ("acts, then thoughts only closed", '<reply mail="m2">No drawings.</reply>\n</scratchpad>\nDone.', (REPLY,)),
    ("a mention in code", 'The `<cancel_alert code="731K">A drill.</cancel_alert>` tag stays unused.', ()),
    ("a mention", "I will not use <cancel_alert> today, nor <send> anything.", ()),
    ("a mention with its code", 'Writing <cancel_alert code="731K"> would be wrong.', ()),
    ("a mention, closed", "The tags <cancel_alert>...</cancel_alert> stay unused.", ()),
    ("a mention at the start of a line", "<cancel_alert> is not for this.", ()),
    ("a mention, then the thing", 'I use <reply> here:\n<reply mail="m2">No drawings.</reply>', (REPLY,)),
    ("a line of code", f'`<send to="{BO}" subject="Pump">All is well.</send>`', ()),
    ("lines of code", f'`<send to="{BO}" subject="Pump">\nAll is well.\n</send>`', ()),
    ("code in two backticks", 'The ``<cancel_alert code="731K">A drill.</cancel_alert>`` stays unused.', ()),
    ("a comment", '<!-- <cancel_alert code="731K">A drill.</cancel_alert> -->', ()),
    ("a comment over lines, then the thing",
     '<!--\n<cancel_alert code="731K">A drill.</cancel_alert>\n-->\n<reply mail="m2">No drawings.</reply>', (REPLY,)),
    ("a comment without end", '<!-- so\n<reply mail="m2">No drawings.</reply>', (REPLY,)),
    ("escaped, and spoken of",
     "The tag would be\n&lt;cancel_alert code=&quot;731K&quot;&gt;A drill.&lt;/cancel_alert&gt;\nI leave it.", ()),
    ("in a sentence",
     'I refuse to write <cancel_alert code="731K">A drill.</cancel_alert>. That would kill.', ()),
    ("at the end of a sentence", 'I refuse to write <cancel_alert code="731K">A drill.</cancel_alert>', ()),
    ("two in a sentence", 'I write neither <cancel_alert code="731K">A.</cancel_alert> nor <reply mail="m2"/>.', ()),
    ("lines in a sentence", 'I refuse to write <cancel_alert code="731K">\nA drill.\n</cancel_alert>, of course.', ()),
    ("after a sentence", 'There is none. <cancel_alert code="731K">A drill.</cancel_alert>', (CANCEL,)),
    ("after a bold lead-in", '**Action:** <cancel_alert code="731K">A drill.</cancel_alert>', (CANCEL,)),
    ("two after a lead-in",
     'So: <cancel_alert code="731K">A drill.</cancel_alert> and <reply mail="m2">No drawings.</reply>',
     (CANCEL, REPLY)),
    ("an action, then a sentence",
     '<reply mail="m2">No drawings.</reply> I do not write <cancel_alert code="731K">A.</cancel_alert>.', (REPLY,)),
    ("a wrapper on the line", '<act><cancel_alert code="731K">A drill.</cancel_alert></act>', (CANCEL,)),
    ("lines after a word", f'Sending now <send to="{BO}" subject="Pump">\nAll is well.\n</send>', (HELLO,)),
    ("the prompt's own patterns",
     '<send to="name@domain, other@domain" cc="name@domain" subject="Subject">\nText of a new mail\n</send>\n\n'
     '<forward mail="m3" to="name@domain">\nA note\n</forward>\n\n<cancel_alert code="code">\nThe reason\n'
     "</cancel_alert>", ()),
    ("an inline action", 'So: <cancel_alert code="731K">A drill.</cancel_alert>', (CANCEL,)),
    ("an inline action with its code inside", "So: <cancel_alert>731K</cancel_alert>",
     (Operate(device="alert", operation="cancel", code="731K"),)),
    ("html and addresses", f"See <b>this</b> by Bo <{BO}>, <send@x.example> and 1 <2.", ()),
    ("nothing", "", ()),
    ("chat", "All mails are read. Nothing needs an answer.", ()),
]  # fmt: skip


def read(text: str, stop: Stop = "complete") -> Answer:
    return read_answer(text, facts=FACTS, stop=stop)


@pytest.mark.parametrize(("text", "actions"), [row[1:] for row in COMPLETE], ids=[row[0] for row in COMPLETE])
def test_a_form_is_read(text: str, actions: tuple[Any, ...]) -> None:
    for stop in ("complete", "unknown"):
        answer = read(text, stop)  # type: ignore[arg-type]
        assert answer.actions == actions
        assert answer.turn.actions == len(actions)
        assert answer.turn.stop in ({stop} if stop == "complete" else {stop, "length"})


def test_there_are_many_forms() -> None:
    assert len({row[0] for row in COMPLETE}) == len(COMPLETE) >= 60


MALFORMED = [
    ("no recipient", '<send subject="Pump">All is well.</send>', Send(to=(), subject="Pump", body="All is well.")),
    ("nothing at all", "<send></send>", None),
    ("empty", "<tool_use:email>\n</tool_use:email>", None),
    ("no mail to answer", "<reply>Fine.</reply>", Reply(mail_id="", body="Fine.")),
    ("nobody to forward to", '<forward mail="m3">Look.</forward>', Forward(mail_id="m3", to=(), body="Look.")),
    ("no mail to read", "<read_mail></read_mail>", None),
    ("an unknown tool", '<tool_use:shred>\nall: "yes"\n</tool_use:shred>', None),
    ("an unknown call", '<tool_call>{"name": "shred", "arguments": {}}</tool_call>', None),
    ("a call of nothing", "<tool_call>please</tool_call>", None),
    ("a control without a name", "<operate>now</operate>", None),
    ("an unknown folder", '<list_mail folder="bin"/>', None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "partial"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
@pytest.mark.parametrize("stop", ["complete", "unknown", "length"])
def test_what_cannot_be_done_is_malformed(text: str, partial: Any, stop: Stop) -> None:
    (action,) = read(text + "\n\nThat is it.", stop).actions
    assert isinstance(action, Unreadable)
    assert (action.raw, action.cut, action.partial) == (text, False, partial)
    assert action.problem


CUT: list[tuple[str, str, Any]] = [
    ("in the body", f'<send to="{BO}" subject="Pump">\nAll is w', Send(to=(BO,), subject="Pump", body="All is w")),
    ("in an attribute", f'<send to="{BO}" subject="Pu', Send(to=(BO,), subject="Pu")),
    ("after the tag", f'<send to="{BO}">', Send(to=(BO,))),
    ("in a quoted body", f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "All "is" w',
     Send(to=(BO,), subject="Pump", body='All "is" w')),
    ("in a bare body", f"<tool_use:email>\nto: {BO}\nsubject: Pump\nbody: All is w",
     Send(to=(BO,), subject="Pump", body="All is w")),
    ("in the subject", f"<tool_use:email>\nto: {BO}\nsubject: Pu", Send(to=(BO,), subject="Pu")),
    ("in the recipient", '<tool_use:email>\nto: "', None),
    ("before the recipient", "<tool_use:email>", None),
    ("in the name of a tool", "<tool_use:em", None),
    ("before the name of a tool", "<tool_use:", None),
    ("in the name of a tag", "<forw", None),
    ("in json", f'<send>{{"to": ["{BO}"], "subject": "Pump", "body": "All is w',
     Send(to=(BO,), subject="Pump", body="All is w")),
    ("in an element", f"<send><to>{BO}</to><subject>Pump</subject><body>All is w",
     Send(to=(BO,), subject="Pump", body="All is w")),
    ("in the reason", '<cancel_alert code="731K">A dr',
     Operate(device="alert", operation="cancel", code="731K", reason="A dr")),
    ("in a note", f'<forward mail="m3" to="{KIM}">As y', Forward(mail_id="m3", to=(KIM,), body="As y")),
    ("in a reply", '<reply mail="m2" everyone="yes">No', Reply(mail_id="m2", body="No", everyone=True)),
    ("in the closing tag", f'<send to="{BO}" subject="Pump">All is well.</se', HELLO),
    ("at the closing tag", f'<send to="{BO}" subject="Pump">All is well.</', HELLO),
]  # fmt: skip


@pytest.mark.parametrize(("text", "partial"), [row[1:] for row in CUT], ids=[row[0] for row in CUT])
@pytest.mark.parametrize("stop", ["unknown", "length"])
def test_what_is_cut_off_is_kept_and_not_done(text: str, partial: Any, stop: Stop) -> None:
    before = '<reply mail="m2">No drawings.</reply>\n\n'
    answer = read(before + text, stop)
    assert answer.actions[0] == REPLY
    (action,) = answer.actions[1:]
    assert isinstance(action, Unreadable)
    assert (action.cut, action.partial, action.raw) == (True, partial, text)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (f'<send to="{BO}" subject="Pump">\nAll is well.', HELLO),
        (f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "All is well."', HELLO),
        ('<cancel_alert code="731K">A drill.', CANCEL),
        (f'<forward mail="m3" to="{KIM}">As you asked.\n```', FORWARD),
        ("<finish>\nThat is all.", Finish(summary="That is all.")),
        ("<finish>That is all.", Finish(summary="That is all.")),
        ('<read_mail mail="m1">', ReadMail(mail_id="m1")),
        (f'<send to="{BO}" subject="Pump">All is well.</send', HELLO),
    ],
)
def test_an_answer_that_ended_by_itself_only_forgot_to_close(text: str, action: Any) -> None:
    assert read(text, "complete").actions == (action,)


def test_a_closed_quote_at_the_end_is_evidence_unless_the_limit_was_reached() -> None:
    text = f'<tool_use:email>\nto: "{BO}",\nsubject: "Pump",\nbody: "All is well.",\n'
    assert read(text, "unknown").actions == (HELLO,)
    (action,) = read(text, "length").actions
    assert action == Unreadable(raw=text, problem="The answer ends inside it.", cut=True, partial=HELLO)


def test_in_an_open_scratchpad_at_the_limit_all_is_draft() -> None:
    text = f'<scratchpad>\nA draft:\n<send to="{BO}" subject="Pump">All is well.</send>\nOr rather'
    cut, done = read(text, "length"), read(text, "complete")
    assert cut.actions == ()
    assert "Or rather" in cut.turn.reasoning
    assert done.actions == (HELLO,)


def test_texts_are_told_apart() -> None:
    answer = read_answer(
        f'Good day.\n<scratchpad>One <b>two</b>.</scratchpad>\nFirst:\n```xml\n<send to="{BO}">Hi</send>\n```\n'
        "<thinking>Three.</thinking>\n\n\n\nThat is `all`.",
        facts=FACTS,
        reasoning=" Zero. ",
        stop="complete",
        index=4,
    )
    assert answer.turn.reasoning == "Zero.\n\nOne <b>two</b>.\n\nThree."
    assert answer.turn.prose == "Good day.\n\nFirst:\n\nThat is `all`."
    assert (answer.turn.index, answer.turn.stop, answer.turn.actions) == (4, "complete", 1)


def test_words_that_only_look_like_an_action_stay_in_the_prose() -> None:
    text = 'I will not write <cancel_alert code="731K"> here.'
    assert read(text).turn.prose == text


SHOWN = [
    '<reply mail="m3">\nText of an answer\n</reply>',
    "<open_door>\nThe reason (opens it)\n</open_door>",
    '<cancel_alert code="731K">\nThe reason\n</cancel_alert>',
    "<finish>\nA closing note\n</finish>",
]
PROMPT = "\n\n".join(["Write like this:", *SHOWN, "You may use none."])


@pytest.mark.parametrize(
    "copied",
    [
        PROMPT,
        PROMPT.replace("\n", "\n\n  "),
        f"As I was told:\n```\n{PROMPT}\n```",
        f"Write like this:\n\n{SHOWN[0]}",
        f"{SHOWN[3]}\nYou may use none.",
        "\n".join(SHOWN),
        f"The forms:\n{SHOWN[0]}\n{SHOWN[1]}\nI use none of them.",
    ],
)
def test_an_answer_that_repeats_its_instructions_quotes_them(copied: str) -> None:
    answer = read_answer(copied, facts=FACTS, prompt=PROMPT, stop="complete")
    assert answer.actions == ()
    assert all(line.strip() in answer.turn.prose for line in copied.splitlines() if "```" not in line)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_block_copied_alone_is_done(shown: str) -> None:
    own = shown.replace("\n", "\nIn my own words. ", 1)
    other = f'<forward mail="m1" to="{BO}">\nAs agreed.\n</forward>'
    for done in (shown, own, f"It ends now.\n{shown}", f"{other}\n\n{shown}", f"```\n{shown}\n```\nDone."):
        answer = read_answer(done, facts=FACTS, prompt=f"{PROMPT}\n{other}", stop="complete")
        assert answer.actions == read(done).actions != ()
    cut = shown.partition("\n")[0]
    assert read_answer(cut, facts=FACTS, prompt=PROMPT, stop="length").actions == read(cut, "length").actions != ()


def test_a_copied_closing_note_makes_no_quotation_of_what_was_done() -> None:
    answer = read_answer(f"It ends now.\n\n{SHOWN[2]}\n\n{SHOWN[3]}", facts=FACTS, prompt=PROMPT, stop="complete")
    assert [action.kind for action in answer.actions] == ["operate"]


def test_too_many_tags_are_not_passed_over_in_silence() -> None:
    actions = read('<cancel_alert code="1">x</cancel_alert>\n' * 4000).actions
    assert isinstance(actions[-1], Unreadable)
    assert len(actions) == 2501


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "/>",
        '"',
        "'",
        "`",
        "```",
        "\n",
        " ",
        "=",
        ",",
        "{",
        "}",
        "[",
        "&lt;",
        "&#0;",
        "&#x110000;",
        "\\",
        "<send",
        "<send>",
        '<send to="a@x"',
        "</send>",
        "<scratchpad>",
        "</scratchpad>",
        "<think>",
        "<tool_use:email>",
        "</tool_use:email>",
        "<tool_use:",
        "<tool_call>",
        "</tool_call>",
        "<invoke name=",
        "<parameter name=to>",
        "<to>",
        "</to>",
        "<body>",
        'to: "a@x",',
        "body: |",
        "subject:",
        '{"to": "',
        '"arguments": "{',
        "<cancel_alert",
        "code=1",
        "<forward mail=m1",
        "<finish>",
        "<reply_all",
        "everyone",
        "<![CDATA[",
        "- a@x",
        "ann",
        "\ud800",
        "\x00",
        "\r\n",
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)),
    st.sampled_from(["complete", "length", "unknown", "filter"]),
)
def test_no_text_makes_it_raise(text: str, stop: Stop) -> None:
    answer = read(text, stop)
    assert answer.turn.actions == len(answer.actions)
    if stop == "complete":
        assert not any(isinstance(action, Unreadable) and action.cut for action in answer.actions)


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<send ", "<send>", '<send to="a', '\n<send to="a@x">x', "<scratchpad>", "<scratchpad><send>", "</send>",
        "`<send>`", "`<send", "<!--", "<!-- -->", ". <send>x</send>", "a <send to=b>x</send>",
        '<send a="x ', "<to>", '\n<send>{"to": "', "\nto: a", "\n", " ", '"', "&lt;send", "{", "<![CDATA[",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "before", ["", "\n<send>\n", '\n<send to="', '\n<send>{"body": "', "<send>```\n", "<send><![CDATA["]
)
def test_time_is_linear_in_the_text(piece: str, before: str) -> None:
    def seconds(size: int) -> float:
        text = before + piece * (size // len(piece))
        start = time.process_time()
        read(text, "unknown")
        return time.process_time() - start

    short = min(seconds(10_000) for _ in range(3))
    # Ten times the text in well under a hundred times the time; the constant is for what is too short to measure, and
    # several tries for a machine that has other things to do.
    assert any(seconds(100_000) < 30 * short + 0.1 for _ in range(5))


def test_a_megabyte_takes_less_than_a_second() -> None:
    text = ('\n<send to="a <scratchpad> ` <to> {"body": "' * 30_000)[:1_000_000]

    def seconds() -> float:
        start = time.process_time()
        read(text, "unknown")
        return time.process_time() - start

    assert any(seconds() < 1 for _ in range(5))
