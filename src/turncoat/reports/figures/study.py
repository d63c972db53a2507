"""All pictures of a report, in the order in which they are read."""

from collections.abc import Iterator, Sequence

from turncoat.reports.cells import Group
from turncoat.reports.figures.conduct import beliefs, doses, instead
from turncoat.reports.figures.contrasts import contrasts, effects
from turncoat.reports.figures.picture import Picture
from turncoat.reports.figures.published import published
from turncoat.reports.figures.rates import models, rates
from turncoat.studies.estimates import Estimates


def pictures(found: Sequence[Group], estimates: Estimates | None = None, *, early: bool = False) -> tuple[Picture, ...]:
    """The rates of each scenario, and what the estimates add to them. `early`: the study is not finished."""
    ranked = bool(estimates and (estimates.study.factors or estimates.study.conditions))
    drawn = [rates(group, ranked=ranked) for group in found]
    return (*drawn, *(each for each in _more(found, estimates, early=early) if each)) if estimates else tuple(drawn)


def _more(found: Sequence[Group], estimates: Estimates, *, early: bool) -> Iterator[Picture | None]:
    primary = [each for each in estimates.contrasts if each.primary]
    secondary = [each for each in estimates.contrasts if not each.primary]
    title = f"Primary contrasts: differences of rates{' (not finished: provisional)' if early else ''}"
    yield contrasts(primary, name="contrasts", title=title)
    yield contrasts(secondary, name="contrasts-secondary", title="Secondary contrasts: differences of rates")
    scenarios = [group.scenario for group in found]
    for scenario in scenarios:
        yield effects([each for each in estimates.factor_models if each.scenario == scenario])
    for group in found:
        yield models(group)
    for scenario in scenarios:
        yield beliefs([each for each in estimates.beliefs if each.scenario == scenario])
    for group in found:
        inside = [each for each in estimates.sequences if each.scenario == group.scenario]
        yield instead(inside, interfaces=group.interfaces)
    for scenario in scenarios:
        along = [each for each in estimates.doses if each.scenario == scenario]
        for factor in dict.fromkeys(each.factor for each in along):
            yield doses([each for each in along if each.factor == factor])
    yield published(estimates.beside)
