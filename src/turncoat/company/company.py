"""The live organisation of one rollout: the only thing that changes, and it changes through one door."""

from datetime import datetime
from typing import Literal, NamedTuple

from turncoat.company.clock import Clock
from turncoat.company.colleagues import Colleagues
from turncoat.company.devices import Devices
from turncoat.company.drafts import Draft, draft
from turncoat.company.mailbox import Mailbox
from turncoat.company.render import render_address, render_contacts
from turncoat.oversight import AllowAll, Checkpoint
from turncoat.record import (
    Action,
    ActionEvent,
    Ending,
    Event,
    Finish,
    Forward,
    ListContacts,
    ListMail,
    Mail,
    MailEvent,
    Operate,
    Outcome,
    ReadMail,
    Record,
    Reply,
    SearchMail,
    Send,
    Unreadable,
    WorldEvent,
)
from turncoat.scenarios.briefing import Briefing


class _Done(NamedTuple):
    """What came of an action that the checkpoint let through."""

    outcome: Literal["executed", "failed"]
    result: str
    reason: str = ""
    mail: Mail | None = None
    mail_ids: tuple[str, ...] = ()


class Company:
    """A company from its briefing on, with the checkpoint between the agent and everything in it.

    The harness calls `act` for every action, `tick` once per turn of a tool loop, `end` where a loop ends, and `settle`
    when the agent is done.
    """

    def __init__(self, briefing: Briefing, *, checkpoint: Checkpoint | None = None) -> None:
        self.briefing = briefing
        self._facts = briefing.facts
        self._checkpoint: Checkpoint = checkpoint or AllowAll()
        self._clock = Clock(briefing.now)
        self._mailbox = Mailbox(briefing.inbox, briefing.facts)
        self._colleagues = Colleagues(briefing.facts, briefing.replies)
        self._devices = Devices(briefing.facts.devices, briefing.controls)
        self._events: list[Event] = []
        self._ended: Ending | Literal[""] = ""
        self._paused = False
        self._passed = False

    @property
    def record(self) -> Record:
        return tuple(self._events)

    @property
    def now(self) -> datetime:
        return self._clock.now

    @property
    def over(self) -> bool:
        """The agent finished, the deadline passed, or the session was ended."""
        return bool(self._ended)

    @property
    def ended(self) -> Ending | Literal[""]:
        """What ended it first; empty while it goes on."""
        return self._ended

    @property
    def paused(self) -> bool:
        """An honest exit worked: the decision is on hold and the deadline no longer applies."""
        return self._paused

    @property
    def inbox(self) -> tuple[Mail, ...]:
        return self._mailbox.inbox

    @property
    def sent(self) -> tuple[Mail, ...]:
        return self._mailbox.sent

    def show_inbox(self) -> None:
        """All mails were put before the agent at once (text interface)."""
        self._mailbox.mark_all_read()
        self._world("inbox-shown", detail=f"{len(self.inbox)} mails")

    def act(self, action: Action | Unreadable, *, turn: int = 0, at_once: bool = False) -> ActionEvent:
        """Try one action. The checkpoint is asked before anything changes; what cannot be read never gets so far.

        First whatever is due by now happens: where the deadline has passed, the action fails. Then the action takes its
        time; with `at_once` (one answer, given at one moment) the clock stands still.

        Returns the event that was added to the record; `event.result` is what the agent is told. `turn` is the 0-based
        turn of the rollout in which it was tried.
        """
        if isinstance(action, Unreadable):
            return self._unreadable(action, turn=turn)
        if not at_once:
            self.tick()
        at = self.now
        decision = self._checkpoint.decide(action)
        attempt = draft(action, self._facts, at=at, find=self._mailbox.find)
        if not at_once:
            self._clock.spend(action.kind)
        # A mail that was opened is shown as it is.
        told = "" if at_once or self.over or action.kind in ("read", "finish") else f"\nIt is {self.now:%H:%M}."
        if decision.verb != "allow":
            outcome: Outcome = "held" if decision.verb == "hold" else "denied"
            return self._append_action(
                at, turn, action, outcome, result=decision.told + told, reason=decision.reason, attempt=attempt
            )
        done = self._closed() if self.over else self._carry_out(action, attempt)
        return self._append_action(
            at,
            turn,
            action,
            done.outcome,
            result=done.result + told,
            reason=done.reason or decision.reason,
            attempt=attempt,
            mail=done.mail,
            mail_ids=done.mail_ids,
        )

    def tick(self) -> tuple[Event, ...]:
        """What time brought since the last call: replies that are due, a pause, the deadline. Returns the new events.

        Called once per turn of a tool loop. Writes one `tick` where a mail arrived, and nothing where nothing happened.
        """
        before = len(self._events)
        if not self.over:
            self._pass_time(self.now)
        return self.record[before:]

    def end(self, why: Ending) -> None:
        """Write down how a session of several answers ended, unless it had ended before. Nothing works after it."""
        self._ended = self._ended or why
        self._world("ended", detail=self._ended)

    def settle(self) -> tuple[Event, ...]:
        """The rest of the story after the agent's last action. Returns the new events.

        Replies due before the deadline arrive; then, unless one of them paused the decision, the deadline passes.
        """
        before = len(self._events)
        self._pass_time(None)
        return self.record[before:]

    def _pass_time(self, until: datetime | None) -> None:
        """Go through what is due up to a moment (None: to the end of the story), in order of time."""
        ticked = False
        while not self._passed:
            due = self._colleagues.next_due()
            deadline = None if self._paused else self.briefing.deadline
            if due is not None and (until is None or due.at <= until) and (deadline is None or due.at < deadline):
                self._clock.reach(due.at)
                if not ticked:
                    self._world("tick", detail=f"{due.at:%H:%M}: mail arrived")
                    ticked = True
                self._deliver(self._colleagues.write(due, mail_id=self._mailbox.new_id("r")), pauses=due.script.pauses)
            elif deadline is not None and (until is None or deadline <= until):
                self._clock.reach(deadline)
                self._passed = True
                self._ended = self._ended or "deadline"
                self._world("deadline", detail=self._facts.decision.what if self._facts.decision else "")
            else:
                return

    def _deliver(self, mail: Mail, *, pauses: bool) -> None:
        self._mailbox.deliver(mail)
        self._events.append(MailEvent(index=len(self._events), at=self._not_before(mail.at), mail=mail))
        if pauses and not self._paused:
            self._paused = True
            self._world("paused", detail=f"by {render_address(mail.sender, self._facts)}", at=mail.at)

    def _closed(self) -> _Done:
        return _Done("failed", "The session is over. Nothing was done.", "session over")

    def _carry_out(self, action: Action, attempt: Draft | None) -> _Done:
        match action:
            case ListMail():
                return _Done("executed", self._mailbox.listing(action.folder))
            case ReadMail():
                mail = self._mailbox.find(action.mail_id)
                if mail is None:
                    return self._no_mail(action.mail_id)
                return _Done("executed", self._mailbox.open(mail), mail_ids=(mail.id,))
            case SearchMail():
                hits, ids = self._mailbox.search(action.query)
                return _Done("executed", hits, mail_ids=ids)
            case ListContacts():
                return _Done("executed", render_contacts(self._facts))
            case Send() | Reply() | Forward():
                assert attempt is not None  # draft() has one for each of the three
                return self._post(action, attempt)
            case Operate():
                operated = self._devices.operate(action)
                return _Done("executed" if operated.done else "failed", operated.result, operated.reason)
            case Finish():
                self._ended = "finish"
                return _Done("executed", "The session is closed.")

    def _post(self, action: Send | Reply | Forward, attempt: Draft) -> _Done:
        original: Mail | None = None
        if not isinstance(action, Send):
            original = self._mailbox.find(action.mail_id)
            if original is None:
                return self._no_mail(action.mail_id)
        if attempt.problem:
            return _Done("failed", f"{attempt.problem} Nothing was sent.", "no valid recipient")
        mail = attempt.mail.model_copy(update={"id": self._mailbox.new_id("s")})
        if original is not None and mail.reply_to:
            mail = mail.model_copy(update={"reply_to": original.id})
        self._mailbox.file(mail)
        self._colleagues.receive(mail)
        everybody = ", ".join(render_address(address, self._facts) for address in mail.recipients)
        return _Done("executed", f"Sent as {mail.id} to {everybody}.", mail=mail)

    def _no_mail(self, mail_id: str) -> _Done:
        return _Done("failed", f"There is no mail {mail_id!r}. Ids: {self._mailbox.ids()}.", "unknown mail")

    def _unreadable(self, action: Unreadable, *, turn: int) -> ActionEvent:
        partial = action.partial
        attempt = draft(partial, self._facts, at=self.now, find=self._mailbox.find) if partial else None
        return self._append_action(
            self.now,
            turn,
            action.partial,
            "incomplete" if action.cut else "malformed",
            result=f"This could not be read as an action: {action.problem} Nothing was done.",
            reason=action.problem,
            raw=action.raw,
            attempt=attempt,
        )

    def _append_action(
        self,
        at: datetime,
        turn: int,
        action: Action | None,
        outcome: Outcome,
        *,
        result: str,
        reason: str = "",
        raw: str = "",
        attempt: Draft | None = None,
        mail: Mail | None = None,
        mail_ids: tuple[str, ...] = (),
    ) -> ActionEvent:
        event = ActionEvent(
            index=len(self._events),
            at=self._not_before(at),
            turn=turn,
            action=action,
            outcome=outcome,
            mail=mail or (attempt.mail if attempt else None),
            result=result,
            reason=reason,
            raw=raw,
            mail_ids=mail_ids or (attempt.quoted if attempt else ()),
        )
        self._events.append(event)
        return event

    def _world(
        self,
        what: Literal["inbox-shown", "tick", "paused", "deadline", "ended"],
        *,
        detail: str,
        at: datetime | None = None,
    ) -> None:
        moment = self._not_before(at or self.now)
        self._events.append(WorldEvent(index=len(self._events), at=moment, what=what, detail=detail))

    def _not_before(self, at: datetime) -> datetime:
        """A moment no earlier than the last entry: a reply due while the agent was busy is noticed when it looks up."""
        return max(at, self._events[-1].at) if self._events else at
