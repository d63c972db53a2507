"""Text that a model wrote, made fit to be shown: what would be invisible or would reorder a line is spelt out."""

import re
import unicodedata

_KEPT = "\n\t"
_LIMIT = 20_000
# Cc: controls, NUL among them. Cf: bidirectional overrides, zero-width signs, tags. Cs: halves of surrogate pairs.
# Zl, Zp: separators that some programs take for line ends.
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


class _Shown(dict[int, str]):
    """Code point -> how it is written; filled as signs are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        hidden = char not in _KEPT and unicodedata.category(char) in _HIDDEN
        return self.setdefault(code, f"⟨U+{code:04X}⟩" if hidden else char)


_SHOWN = _Shown()


def visible(text: str) -> str:
    """The text with every hidden sign written as `⟨U+202E⟩`; line ends become a single newline.

    >>> visible("safe\\u202etxt.exe")
    'safe⟨U+202E⟩txt.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(r"\r\n?", "\n", text).translate(_SHOWN)


def shown(text: str, limit: int = _LIMIT) -> str:
    """As `visible`, and cut after `limit` characters with a word on how many are left out."""
    rest = len(text) - limit
    return visible(text) if rest <= 0 else f"{visible(text[:limit])}\n… {rest:,} more characters are in the log."
