"""Which rules these are: a verdict names the judge that gave it, so that unequal ones are never taken for one."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from turncoat import company


@lru_cache(maxsize=1)
def judge_name() -> str:
    """`rules-` and 8 hexadecimal digits of the SHA-256 of all that decides.

    That is the rules, their lexicon, the statuses, and how answers are read: of a foreign transcript the record is made
    when it is judged.
    """
    here = Path(__file__).parent
    digest = sha256()
    shared = (here.parent / name for name in ("case.py", "status.py", "quotation.py"))
    answers = Path(company.__file__).parent.glob("answers/*.py")
    for path in sorted([*here.glob("*.py"), *here.glob("lexicon/*.yaml"), *shared, *answers]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"rules-{digest.hexdigest()[:8]}"
