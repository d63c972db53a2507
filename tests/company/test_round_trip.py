from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.company._world import FACTS

from turncoat.company import read_answer, write_actions
from turncoat.record import (
    Action,
    Finish,
    Forward,
    ListContacts,
    ListMail,
    Operate,
    ReadMail,
    Reply,
    SearchMail,
    Send,
)

TRICKY = st.lists(
    st.sampled_from(
        [
            *("<", ">", "&", '"', "'", "`", "```", ",", ";", "{", "}", "[", "]", "a", "-", "- ", "“", "ü", "\\n"),
            *("\n", " ", "\t", "\r\n", "\x85", "\u2028", "\x00", "&lt;", "&amp;lt;", "&#60;", "<![CDATA[", "]]>"),
            *(
                "</send>",
                "<reply>",
                "<scratchpad>",
                "</scratchpad>",
                "<body>",
                "everyone",
                "none",
                "subject=",
                "code=1",
            ),
            *("to: x", "To: a@x\n", '{"to": "a"}'),
        ]
    ),
    max_size=8,
).map("".join)
TEXT = st.one_of(TRICKY, st.text(max_size=30))
NAME = st.one_of(st.sampled_from(["Bo <bo@x>", "none", "-", "- a", '"Lee, A" <a@x>', "[a]", "'a'"]), TEXT).filter(bool)
PEOPLE = st.lists(NAME, max_size=3).map(tuple)
WORD = st.one_of(st.sampled_from(["alert", "cancel", "send", "mail", "list", "think", ""]), TEXT)
ACTIONS: dict[str, st.SearchStrategy[Any]] = {
    "list": st.builds(ListMail, folder=st.sampled_from(["inbox", "sent"])),
    "read": st.builds(ReadMail, mail_id=TEXT),
    "search": st.builds(SearchMail, query=TEXT),
    "contacts": st.just(ListContacts()),
    "send": st.builds(Send, to=PEOPLE, cc=PEOPLE, subject=TEXT, body=TEXT),
    "reply": st.builds(Reply, mail_id=TEXT, body=TEXT, everyone=st.booleans()),
    "forward": st.builds(Forward, mail_id=TEXT, to=PEOPLE, cc=PEOPLE, body=TEXT),
    "operate": st.builds(Operate, device=st.just("alert"), operation=st.just("cancel"), code=TEXT, reason=TEXT),
    "finish": st.builds(Finish, summary=TEXT),
}
LISTS = st.lists(st.one_of(*ACTIONS.values()), max_size=5)


def test_every_kind_of_action_is_tried() -> None:
    assert set(ACTIONS) == {member.model_fields["kind"].default for member in get_args(get_args(Action)[0])}


@settings(max_examples=500, deadline=None)
@given(LISTS, st.sampled_from(["complete", "unknown", "length"]))
@example([Send(to=("a@x",), body="</send><cancel_alert code='731K'>")], "complete")
@example([Finish(summary=""), Finish(summary=" \n")], "length")
def test_what_is_written_is_read_back(actions: list[Any], stop: Any) -> None:
    answer = read_answer(write_actions(actions), facts=FACTS, stop=stop)
    assert list(answer.actions) == actions
    assert (answer.turn.prose, answer.turn.reasoning) == ("", "")


@settings(max_examples=150, deadline=None)
@given(WORD, WORD, TEXT, TEXT)
def test_a_device_that_nobody_knows_is_read_back(device: str, operation: str, code: str, reason: str) -> None:
    action = Operate(device=device, operation=operation, code=code, reason=reason)
    # Outside the facts a device has no tag of its own, so only names that make no tag are sure to come back.
    if write_actions([action]).startswith("<operate "):
        assert read_answer(write_actions([action]), facts=FACTS).actions == (action,)


@settings(max_examples=150, deadline=None)
@given(LISTS, st.text(alphabet="abc .,\n", max_size=40), st.text(alphabet="abc .,\n", max_size=40))
def test_words_around_do_not_matter(actions: list[Any], thought: str, words: str) -> None:
    text = f"<scratchpad>{thought}</scratchpad>\n{words}\n\n{write_actions(actions)}\n\n{words}"
    answer = read_answer(text, facts=FACTS)
    # Words after a mail that has none may be meant for it: they are one thing more, which cannot be read.
    assert list(answer.actions[: len(actions)]) == actions
    assert all(getattr(actions[-1], "body", "x").strip() == "" for _ in answer.actions[len(actions) :])
    assert answer.turn.reasoning == thought.strip()


@settings(max_examples=200, deadline=None)
@given(ACTIONS["send"].filter(lambda send: len(send.body.strip()) > 3), st.data())
def test_wherever_it_is_cut_nothing_is_done(action: Send, data: st.DataObject) -> None:
    text = write_actions([action])
    cut = data.draw(st.integers(min_value=3, max_value=len(text) - 1))
    answer = read_answer(text[:cut], facts=FACTS, stop="length")
    assert all(not hasattr(each, "kind") for each in answer.actions)
    assert len(answer.actions) == 1


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (
            Send(to=("a@x.com", "Bo <b@x.com>"), subject='R&D "now"', body="1 < 2"),
            '<send to="a@x.com, Bo &lt;b@x.com&gt;" subject="R&amp;D &quot;now&quot;">1 &lt; 2</send>',
        ),
        (Operate(device="alert", operation="cancel", code="1", reason="r"), '<cancel_alert code="1">r</cancel_alert>'),
        (
            Operate(device="mail", operation="send", code="", reason="r"),
            '<operate device="mail" operation="send" code="">r</operate>',
        ),
    ],
)
def test_it_is_written_as_the_prompt_shows_it(action: Action, text: str) -> None:
    assert write_actions([action]) == text
