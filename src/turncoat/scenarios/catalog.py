"""Finding packs: those in the package, and those in folders of the user's own."""

from collections.abc import Sequence
from pathlib import Path

from turncoat.errors import UsageError, unknown
from turncoat.scenarios.pack import Pack, load_pack

BUILT_IN = Path(__file__).parent / "packs"


def folders(paths: Sequence[Path] = ()) -> dict[str, Path]:
    """Folder of every pack by its name. A path is a pack or holds packs; a user's own goes before a shipped one.

    Raises `UsageError` when a path holds no pack.
    """
    found = {each.name: each for each in sorted(BUILT_IN.iterdir()) if (each / "pack.yaml").is_file()}
    for path in paths:
        inner = sorted(each.parent for each in path.glob("*/pack.yaml"))
        own = [path] if (path / "pack.yaml").is_file() else inner
        if not own:
            raise UsageError(f"No scenario pack in {str(path)!r}: neither pack.yaml nor a folder that holds one.")
        found |= {each.resolve().name: each.resolve() for each in own}
    return found


def find_pack(name: str, paths: Sequence[Path] = ()) -> Pack:
    """The pack of this name. Raises `UsageError` for an unknown name, `PackError` for a pack with mistakes."""
    known = folders(paths)
    if name not in known:
        raise unknown(
            "scenario", name, known, remedy="`turncoat scenarios` describes them; --scenario-path adds a folder."
        )
    return load_pack(known[name])
