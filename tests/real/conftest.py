from collections.abc import Iterator

import pytest
from tests.real import _emulator
from tests.real._emulator import Emulator


@pytest.fixture(scope="session")
def _emulator_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    found = _emulator.find()
    if isinstance(found, str):
        pytest.skip(found)
    emulator = Emulator(*found, tmp_path_factory.mktemp("emulator"))
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(_emulator_of_session: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The providers, with this process's clients pointed at them; serves nothing yet."""
    for name, value in _emulator_of_session.environment.items():
        monkeypatch.setenv(name, value)
    return _emulator_of_session
