"""The one base of everything that is written down."""

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """Immutable, and closed: an unknown field is an error, not a surprise later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Described(Document):
    """A document whose fields say what they are, in the lines below them: its JSON Schema has those lines too."""

    model_config = ConfigDict(use_attribute_docstrings=True)
