"""Filling a pack's templates, with every mistake traced to its file and line."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from turncoat.errors import PackError, Problem
from turncoat.scenarios.factors import When, holds
from turncoat.scenarios.template import LONGEST, PackTemplateError, render

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

Path = Sequence[str | int]


class Filler:
    """Renders the texts of one pack with one set of variables."""

    def __init__(self, pack: "Pack", condition: Mapping[str, str], variables: dict[str, object]) -> None:
        self.pack = pack
        self.condition = condition
        self.variables = variables

    def text(self, source: str, file: str, *path: str | int) -> str:
        """The rendered text. `file` and `path` say where it stands, for messages."""
        try:
            text = render(source, self.variables)
            if len(text) > LONGEST:  # texts may hold one another, so that a few lines could grow without end
                raise PackTemplateError(f"a text may hold at most {LONGEST:,} characters when it is filled in", 1)
            return text
        except PackTemplateError as error:
            raise PackError([Problem(self._name(file), self._line(file, path, error.line), str(error))]) from None

    def texts(self, sources: Sequence[str], file: str, *path: str | int) -> tuple[str, ...]:
        """Several texts; those that render empty are left out."""
        filled = (self.text(source, file, *path, index) for index, source in enumerate(sources))
        return tuple(each for each in filled if each)

    def has(self, when: When) -> bool:
        """Whether something with this `when` is part of the condition."""
        return holds(when, self.condition)

    def fail(self, message: str, file: str, *path: str | int) -> NoReturn:
        """Raise `PackError` at a place of the pack."""
        raise PackError([Problem(self._name(file), self._line(file, path, 0), message)])

    def _name(self, file: str) -> str:
        return f"{self.pack.folder.name}/{file}"

    def _line(self, file: str, path: Path, within: int) -> int:
        located = self.pack.sources.get(file)
        return located.text_line(path, within) if located else within + 1
