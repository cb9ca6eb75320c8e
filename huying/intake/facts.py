from dataclasses import dataclass
from datetime import datetime

from huying.cases.facts import Fact, Shapely
from huying.cases.lifecycle import Move


@dataclass(frozen=True, kw_only=True)
class Opened(Fact, kind="intake.opened", move=Move.OPEN, public=True, personal={"words"}):
    """Somebody asked for help."""

    channel: str
    account: str
    desk: str  # the unit that stays accountable to the end
    person: int
    inbound: int  # which message it is, kept byte for byte
    receipt: str
    form: str  # text, image, voice, location, link, form
    words: str
    receipt_given: bool = False  # the channel answered with the receipt in the same breath
    drill: bool = False

    def apply(self, case: Shapely, at: datetime) -> None:
        case.channel, case.account = self.channel, self.account
        case.desk_id, case.person_id, case.drill = self.desk, self.person, self.drill


@dataclass(frozen=True, kw_only=True)
class Wrote(Fact, kind="intake.wrote", public=True, personal={"words"}):
    """The person wrote again."""

    channel: str
    account: str
    inbound: int
    receipt: str
    form: str
    words: str
    receipt_given: bool = False  # the channel answered with the receipt in the same breath


@dataclass(frozen=True, kw_only=True)
class Typed(Fact, kind="intake.typed", public=True, personal={"words"}):
    """An officer wrote down what the person said on the phone or at the door."""

    channel: str
    words: str
