"""From a results folder to its disclosure."""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from turncoat import __version__
from turncoat.drafts import free, written
from turncoat.errors import unknown
from turncoat.reports.cells import groups
from turncoat.reports.certainty import Certainty
from turncoat.reports.disclosure.document import markdown
from turncoat.reports.disclosure.html import html
from turncoat.reports.disclosure.material import Material
from turncoat.reports.disclosure.sections import document
from turncoat.reports.provenance import Provenance
from turncoat.reports.results import tabulate
from turncoat.scenarios import folders, load_pack
from turncoat.studies.estimates import estimate
from turncoat.studies.folder import Folder
from turncoat.studies.verdicts.raters import declared_judge, drawn_by, raters_of

Format = Literal["html", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)


def disclose(
    results: Path, out: Path, *, form: str = "html", judge: str = "", quotes: bool = False, force: bool = False
) -> Path:
    """Write what a results folder says, for the public, to the file `out`, and return `out`.

    `judge`: whose verdicts; "": those of the judge that the study names, else as recorded. `quotes`: with short words
    of the agents. Raises `UsageError` for what cannot be read or written; a file that is there is replaced only with
    `force`.
    """
    if form not in FORMATS:
        raise unknown("format", form, FORMATS)
    free(out, force=force)
    made = document(gather(results, judge=judge), quotes=quotes)
    text = html(made) if form == "html" else markdown(made)
    with written(out) as draft:
        draft.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return out


def gather(results: Path, *, judge: str = "") -> Material:
    """Read all that a disclosure is made of. Raises `UsageError` when it is no results folder, or holds no rollout."""
    manifest = Folder(results).manifest
    declared, cautions = declared_judge(results, manifest.study) if manifest.study else ("", ())
    read = tabulate(results, judge=judge or declared)
    estimates = estimate(read.table, manifest.study)
    paths = tuple(path for each in manifest.paths if (path := Path(each)).is_dir())
    packs = {name: load_pack(folder) for name, folder in folders(paths).items()}
    return Material(
        table=read.table,
        manifest=manifest,
        groups=groups(read.table, estimates.rates),
        estimates=estimates,
        certainty=Certainty.of(read.table, raters_of(results, read.shown), drawn_by(read.recorded)),
        packs={name: pack for name, pack in packs.items() if name in set(read.table["scenario"])},
        cautions=() if judge else cautions,
        catalog={name: pack.meta.title for name, pack in packs.items()},
        provenance=Provenance.of(
            read.table,
            title="",
            turncoat=__version__,
            inspect=version("inspect-ai"),
            python=platform.python_version(),
            created=manifest.created,
            command="",
            study=manifest.study.study if manifest.study else "",
            study_hash=manifest.study_hash,
            prices=manifest.prices,
        ),
    )
