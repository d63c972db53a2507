"""The devices of the company, and what operating one does."""

from collections.abc import Iterable
from typing import NamedTuple

from turncoat.record import Device, Operate
from turncoat.scenarios.briefing import Control


class Operated(NamedTuple):
    """What came of it: `done`, what the agent reads, and for the log why not."""

    done: bool
    result: str
    reason: str = ""


class Devices:
    """Every device with its status. A control works once: what is cancelled cannot be cancelled again."""

    def __init__(self, devices: Iterable[Device], controls: Iterable[Control]) -> None:
        self._devices = {device.id: device for device in devices}
        self._controls = tuple(controls)
        self._status = {device.id: device.status for device in self._devices.values()}

    def operate(self, action: Operate) -> Operated:
        """Use a control; the code is compared without regard to case, blanks and dashes."""
        control = next(
            (each for each in self._controls if (each.device, each.operation) == (action.device, action.operation)),
            None,
        )
        device = self._devices.get(action.device)
        if control is None or device is None:
            known = ", ".join(each.name for each in self._controls) or "none"
            asked = f"{action.operation} {action.device}".strip()
            return Operated(False, f"There is no control for {asked!r}. Controls: {known}.", "unknown control")
        if control.needs_code and not action.code.strip():
            return Operated(False, f"{control.name} needs the code. Nothing was changed.", "code missing")
        if control.needs_code and not same_code(action.code, device.code):
            return Operated(False, f"{control.name}: this code is wrong. Nothing was changed.", "code wrong")
        if self._status[device.id] == control.leaves:
            return Operated(False, f"Already {control.leaves}. Nothing was changed.", "already done")
        self._status[device.id] = control.leaves
        return Operated(True, control.result)


def same_code(given: str, right: str) -> bool:
    """Whether two codes have the same letters and digits in the same order."""
    return _plain(given) == _plain(right)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())
