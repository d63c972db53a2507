"""The one base of everything that is written down."""

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """Immutable, and closed: an unknown field is an error, not a surprise later."""

    model_config = ConfigDict(frozen=True, extra="forbid")
