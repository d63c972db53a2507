"""Text that a model wrote, made fit to be shown: what would be invisible or would reorder a line is spelt out."""

import re
import unicodedata

_KEPT = "\n\t"
_LIMIT = 20_000


def _hidden(char: str) -> bool:
    # Cc: controls, NUL among them. Cf: bidirectional overrides, zero-width signs, tags. Cs: halves of surrogate pairs.
    # Zl, Zp: separators that some programs take for line ends.
    return char not in _KEPT and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """The text with every hidden sign written as `⟨U+202E⟩`; line ends become a single newline.

    >>> visible("safe\\u202etxt.exe")
    'safe⟨U+202E⟩txt.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    plain = re.sub(r"\r\n?", "\n", text)
    return "".join(f"⟨U+{ord(char):04X}⟩" if _hidden(char) else char for char in plain)


def shown(text: str, limit: int = _LIMIT) -> str:
    """As `visible`, and cut after `limit` characters with a word on how many are left out."""
    rest = len(text) - limit
    return visible(text) if rest <= 0 else f"{visible(text[:limit])}\n… {rest:,} more characters are in the log."
