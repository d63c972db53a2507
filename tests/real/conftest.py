from collections.abc import Iterator

import pytest
from tests.real import _emulator
from tests.real._emulator import Emulator


@pytest.fixture(scope="session")
def _one_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    found = _emulator.find()
    if isinstance(found, str):
        pytest.skip(found)
    emulator = Emulator(*found, tmp_path_factory.mktemp("emulator"))
    yield emulator
    emulator.stop()


@pytest.fixture(scope="module")
def emulator(_one_emulator: Emulator) -> Iterator[Emulator]:
    """The providers, with this process's clients pointed at them; what they serve is for each test to say."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _one_emulator.environment.items():
            patch.setenv(name, value)
        yield _one_emulator
