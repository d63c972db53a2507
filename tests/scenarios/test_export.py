"""The mailbox as an ordinary mail program sees it."""

import mailbox
import os
import pty
import re
import select
import shutil
import subprocess
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from tests.scenarios._packs import NAMES

from turncoat.record import Mail
from turncoat.scenarios import Briefing, compose, find_pack
from turncoat.scenarios.export import mbox


def exported(name: str, to: Path, seed: int = 3) -> tuple[Briefing, Path]:
    pack = find_pack(name)
    briefing = compose(pack, {**pack.meta.pressured, "distractors": "40"}, seed)
    file = to / f"{name}.mbox"
    file.write_bytes(mbox(briefing))
    return briefing, file


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_module_opens_it(name: str, tmp_path: Path) -> None:
    briefing, file = exported(name, tmp_path)
    box = mailbox.mbox(file, factory=lambda handle: BytesParser(policy=policy.default).parse(handle), create=False)  # type: ignore[arg-type]
    opened = list(box)
    box.close()
    assert [str(each["Subject"]) for each in opened] == [mail.subject for mail in briefing.inbox]
    bodies = [each.get_content().strip() for each in opened]  # type: ignore[attr-defined]
    assert [re.sub("^>From ", "From ", body, flags=re.MULTILINE) for body in bodies] == [m.body for m in briefing.inbox]


def test_a_line_that_begins_with_from_does_not_begin_a_mail(tmp_path: Path) -> None:
    briefing = compose(find_pack("blackmail"), {}, 0)
    first = briefing.inbox[0]
    body = "From here on:\nFrom the desk of nobody\n>From before\nThe end\u2019s near: \u00e9\u00fc"
    changed = (first.model_copy(update={"body": body}), *briefing.inbox[1:])
    file = tmp_path / "box"
    file.write_bytes(mbox(briefing.model_copy(update={"inbox": changed})))
    box = mailbox.mbox(file, factory=lambda handle: BytesParser(policy=policy.default).parse(handle), create=False)  # type: ignore[arg-type]
    assert len(box) == len(briefing.inbox)
    said = box[0].get_content()  # type: ignore[attr-defined]
    box.close()
    assert said.strip() == body.replace("From here", ">From here").replace("\nFrom the", "\n>From the").replace(
        "\n>From before", "\n>>From before"
    )


def test_a_subject_cannot_add_a_header() -> None:
    briefing = compose(find_pack("blackmail"), {}, 0)
    bad = Mail.model_validate({**briefing.inbox[0].model_dump(), "subject": "Hello\nBcc: spy@else.example"})
    with pytest.raises(ValueError, match=r"newline|linefeed|header"):
        mbox(briefing.model_copy(update={"inbox": (bad,)}))


@pytest.mark.skipif(shutil.which("mutt") is None, reason="mutt is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_mutt_opens_it(name: str, tmp_path: Path) -> None:
    """Mutt finds every message: it writes them into another mailbox, and says nothing is wrong."""
    briefing, file = exported(name, tmp_path)
    settings = tmp_path / "muttrc"
    out = tmp_path / "out.mbox"
    settings.write_text(
        f"set folder={tmp_path}\nset header_cache=\nset quit=yes\nset confirmappend=no\nset confirmcreate=no\n"
        f"set mbox_type=mbox\nset spoolfile={file}\n"
    )
    keys = f"push '<tag-pattern>~A<enter><tag-prefix><copy-message>{out}<enter><exit>'"
    master, terminal = pty.openpty()
    program = subprocess.Popen(
        ["mutt", "-R", "-n", "-F", str(settings), "-f", str(file), "-e", keys],
        env={"TERM": "xterm", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    try:
        while select.select([master], [], [], 20)[0]:
            shown += os.read(master, 65536)
    except OSError:  # the terminal is gone when the program ends
        pass
    finally:
        program.kill()
        program.wait()
        os.close(master)
    assert out.is_file(), shown[-1000:]
    copied = mailbox.mbox(out, create=False)
    found = len(copied)
    copied.close()
    assert found == len(briefing.inbox)
