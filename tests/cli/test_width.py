"""How wide commands write where nobody looks on."""

import pytest

from turncoat.cli._show import console


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("200", 200), (None, 140), ("", 140), ("0", 140), ("wide", 140)]
)
def test_a_pipe_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int) -> None:
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width
