"""Families of p-values, by hand."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from turncoat.errors import UsageError
from turncoat.stats import benjamini_hochberg, holm

ps = st.lists(st.floats(0, 1), max_size=12)


def test_by_hand() -> None:
    # Holm: .01 x 4, .02 x 3, .03 x 2 but not below the one before, .5
    assert holm([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.06, 0.06])
    # Benjamini-Hochberg: .01 x 4/1, .02 x 4/2, .03 x 4/3, .5; none above the one after
    assert benjamini_hochberg([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_what_could_not_be_asked_does_not_count() -> None:
    for adjust in (holm, benjamini_hochberg):
        found = adjust([nan, 0.01, nan, 0.04])
        assert [isnan(each) for each in found] == [True, False, True, False]
        assert [found[1], found[3]] == adjust([0.01, 0.04])
        assert adjust([]) == []
        assert isnan(adjust([nan])[0])
        with pytest.raises(UsageError, match=r"1\.5"):
            adjust([0.1, 1.5])


@given(ps)
def test_holm_is_stricter_and_both_keep_the_order(family: list[float]) -> None:
    one, other = holm(family), benjamini_hochberg(family)
    assert all(p - 1e-12 <= fdr <= fwer + 1e-12 for p, fdr, fwer in zip(family, other, one, strict=True))
    order = sorted(range(len(family)), key=family.__getitem__)
    for adjusted in (one, other):
        in_order = [adjusted[place] for place in order]
        assert in_order == sorted(in_order)


def test_they_are_those_of_statsmodels_and_scipy() -> None:
    for family in ([0.2, 0.001, 0.04, 0.04, 0.7], [0.0, 1.0], [0.013]):
        assert holm(family) == pytest.approx(multipletests(family, method="holm")[1])
        assert benjamini_hochberg(family) == pytest.approx(false_discovery_control(family))
