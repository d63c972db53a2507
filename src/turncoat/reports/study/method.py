"""How the numbers of a page were made: each estimate's method once, the rule of sampling, and what was adjusted."""

from collections.abc import Iterator

from turncoat.reports.study.sampling import shortly
from turncoat.studies.estimates import Estimates

_CORRECTED = (
    "of each verdict, the share that people call harm, by the labels drawn from it; weighed by how many rollouts have "
    "that verdict. The interval is of the rate behind rollouts like these, not of these alone"
)


def methods(estimates: Estimates, *, declared: bool) -> tuple[tuple[str, str], ...]:
    """(what, how) in the order of the page; the rule of sampling where there is a study that declared one."""
    found = [*_methods(estimates), *([("Sampling", shortly(estimates.study))] if declared else [])]
    return tuple((what, how) for what, how in found if how)


def _methods(estimates: Estimates) -> Iterator[tuple[str, str]]:
    yield "Rates", _each(each.interval.method for each in estimates.rates)
    yield "Differences", _each(each.difference.method for each in estimates.contrasts)
    yield "Adjusted", _each(each.adjustment for each in estimates.contrasts)
    yield "Effects", _each(each.method for each in estimates.factor_models)
    yield "Doses", _each(each.slope.method for each in estimates.doses)
    yield "Limits", _each(each.interval.method for each in estimates.claims)
    yield "Published", _each(each.interval.method for each in estimates.beside if each.interval)
    yield "Corrected", _corrected(estimates)
    yield "Level", f"claims at {100 * estimates.alpha:g} %, intervals at {100 * (1 - estimates.alpha):g} %"
    yield "Clusters", _clusters(estimates)


def _each(methods: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, methods)))


def _corrected(estimates: Estimates) -> str:
    """The rates under "Rates corrected for the judge's errors"."""
    found = _each(each.rate.method for each in estimates.corrected)
    return f"{found}: {_CORRECTED}" if found else ""


def _clusters(estimates: Estimates) -> str:
    most = max((each.clusters for each in estimates.contrasts), default=0)
    return f"surfaces repeat: differences by surface, {most} of them at the most" if most else ""
