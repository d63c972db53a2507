"""Offline, always: a connection to anywhere but this machine fails the test that tried it."""

import ipaddress
import os
import signal
import socket

import pytest

_connect = socket.socket.connect
# What a machine says of its terminal is no part of a test.
os.environ.pop("COLUMNS", None)
# In the background of a shell Ctrl-C is ignored, and whatever the tests start would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _guarded(self: socket.socket, address: object) -> object:
    if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise AssertionError(f"a test tried to reach {host!r}; tests are offline")
    return _connect(self, address)  # type: ignore[arg-type]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where every part is installed, a skipped test is a failure: `TURNCOAT_NO_SKIPS=1`."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("TURNCOAT_NO_SKIPS") and skipped:
        for report in skipped:
            terminalreporter.write_line(f"SKIPPED, which must not be here: {report.nodeid}: {report.longrepr}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TURNCOAT_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def _offline() -> object:
    socket.socket.connect = _guarded  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
