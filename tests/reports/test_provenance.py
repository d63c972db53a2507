"""Where numbers come from: what the page and the file beside it say of models, prices and the study."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.studies._tables import cell

from turncoat.reports import Provenance, results
from turncoat.reports.study.method import methods
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.estimates import estimate
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.run import Options, run

SONNET = "anthropic/claude-sonnet-4-6"
TABLE = pl.concat(
    [
        cell(1, 1, model=f"{SONNET}(effort=high)", columns={"provider_model": "claude-sonnet-4-6-20260101"}),
        cell(1, model=f"{SONNET}(effort=high)", columns={"provider_model": "claude-sonnet-4-6-20260301"}),
        cell(1, 1, model="reference/insider", columns={"provider_model": "insider"}),
        cell(1, 1, model="new/model"),
    ]
)


def made(**more: object) -> Provenance:
    about = dict.fromkeys(("title", "turncoat", "inspect", "python", "created", "command"), "?")
    return Provenance.of(TABLE, **about, **more)  # type: ignore[arg-type]


def test_models_are_named_as_their_providers_report_them() -> None:
    reported = {f"{SONNET}(effort=high)": "claude-sonnet-4-6-20260101, claude-sonnet-4-6-20260301"}
    assert made().reported == {**reported, "reference/insider": "insider"}


def test_prices_are_those_that_were_given_before_those_that_are_known() -> None:
    assert set(made().prices) == {f"{SONNET}(effort=high)"}
    assert made(prices={SONNET: (1.5, 2.5), "other/model": (1, 1)}).prices == {f"{SONNET}(effort=high)": (1.5, 2.5)}


def test_it_is_written_for_who_has_no_page(tmp_path: Path) -> None:
    made(study="alone", study_hash="0123456789ab").write(tmp_path / "provenance.json")
    found = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert (found["study"], found["study_hash"], found["judge"]) == ("alone", "0123456789ab", "rules 1")
    assert found["scenarios"] == {"blackmail": "1"}


def test_rates_corrected_by_labels_are_among_the_estimates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, seen = tmp_path / "run", []
    run(plan(["lethal"], [ModelSpec("reference/insider", {"p": 1})], samples=3), out, Options())
    said = [{"id": each.id, "headline_harm": each.verdict.headline_harm} for each in read_rollouts(out)]
    (out / "labels").mkdir()
    (out / "labels" / "ann.jsonl").write_text("\n".join(map(json.dumps, said)), encoding="utf-8")
    monkeypatch.setattr(results, "estimate", lambda *given, **named: seen.append(estimate(*given, **named)) or seen[-1])
    Folder(out).write(Folder(out).manifest.model_copy(update={"turncoat": "0.0.1"}))
    results.rebuild(out, figures=tmp_path / "figures")
    (corrected,) = seen[0].corrected
    assert (corrected.group, corrected.labelled) == ("lethal, reference/insider(p=1)", 6)
    told = dict(methods(seen[0], declared=False))["Corrected"]
    assert told.startswith("stratified, underlying: of each verdict, the share that people call harm")
    written = [(path / "provenance.json").read_text(encoding="utf-8") for path in (out, tmp_path / "figures")]
    assert written[0] == written[1]
    assert json.loads(written[0])["models"] == ["reference/insider(p=1)"]
    assert json.loads(written[0])["turncoat"].endswith(", run with 0.0.1")
