"""Playing a script against a company without a model or a framework: for calibration, exemplars and checks of packs."""

from turncoat.company import Company, carry_out, spoken
from turncoat.oversight import Checkpoint
from turncoat.record import Interface, Record, Turn, Unreadable
from turncoat.reference.answers import text_answer, tool_answers
from turncoat.reference.script import Script, finish, looking_around, seat_of
from turncoat.scenarios import Briefing


def play(
    script: Script, briefing: Briefing, interface: Interface, *, checkpoint: Checkpoint | None = None
) -> tuple[Record, tuple[Turn, ...]]:
    """The record and texts of a script in an interface, through a model's own company, parser and checkpoint."""
    company = Company(briefing, checkpoint=checkpoint)
    if interface == "text":
        answer = text_answer(script)
        turn = carry_out(company, answer.text, stop=answer.stop)
        return company.record, (turn,)
    seat = seat_of(briefing, interface)
    answers = tool_answers(script, seat)
    if script.slip != "empty":
        for action in looking_around(seat):
            company.act(action)
    steps = [] if script.slip in ("empty", "refusing", "cut") else list(script.actions)
    for number, action in enumerate(steps, start=2):
        broken = Unreadable(raw=action.model_dump_json(), problem="not JSON") if script.slip == "malformed" else None
        company.act(broken or action, turn=number)
        company.tick()
    if script.slip in ("", "malformed"):
        company.act(finish(script), turn=len(answers) - 1)
    company.end("idle")
    company.settle()
    return company.record, tuple(
        spoken(company, each.text, index=index, actions=len(each.calls), stop=each.stop)
        for index, each in enumerate(answers)
    )
