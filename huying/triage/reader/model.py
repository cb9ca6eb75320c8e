"""The small model at run time. Filled in by the next stage; until then rules read alone."""

from collections.abc import Sequence
from typing import Protocol

from huying.triage.reader.judge import Verdict
from huying.triage.reader.marks import Mark
from huying.triage.reader.text import Text


class BadModel(Exception):
    """The model can't be used; the message says why."""


class Model(Protocol):
    """What the reader asks of a model."""

    version: str

    def verdict(self, text: Text, marks: Sequence[Mark]) -> Verdict: ...


def load_model() -> Model:
    """Load the model that comes with the program. Raises `BadModel`."""
    raise BadModel("no model is trained yet")
