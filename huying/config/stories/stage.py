"""The stage of a story: who plays, its clock, and what was expected and seen."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.config.stories.players import Citizen, Officer, Stumbled

CLOCK = "%H:%M"


@dataclass
class Step:
    """One line of the story. `minutes`: from the first word until the program had done it."""

    at: str
    what: str
    minutes: float


class Stage(ABC):
    """Where a story is played. `begins` is the time of day of the person's first word."""

    def __init__(self, begins: datetime, say: Callable[[str], None]) -> None:
        self.begins, self.say = begins, say
        self.steps: list[Step] = []
        self.broken: list[str] = []
        self._officers: dict[str, Officer] = {}

    @abstractmethod
    def citizen(self, account: str, openid: str) -> Citizen:
        """Somebody with a telephone."""

    @abstractmethod
    def new_officer(self, user: str) -> Officer:
        """Somebody who has not logged in yet."""

    @abstractmethod
    def wait(self, minute: float) -> None:
        """Let the story's time pass until `minute`."""

    @abstractmethod
    def took_s(self) -> float:
        """How many real seconds went by since `wait` was over."""

    @abstractmethod
    def look_again(self) -> Iterator[None]:
        """Once for each time that something may be looked at before patience ends."""

    def officer(self, user: str) -> Officer:
        if user not in self._officers:
            self._officers[user] = self.new_officer(user)
        return self._officers[user]

    @contextmanager
    def step(self, minute: float, what: str) -> Iterator[None]:
        """Wait until the story is at `minute`, and do what it says; what fails is written down."""
        self.wait(minute)
        failed = len(self.broken)
        try:
            yield
        except Stumbled as why:
            self.broken.append(f"{what}: {why}")
        minutes = round(minute + self.took_s() / 60, 2)
        at = (self.begins + timedelta(minutes=minute)).strftime(CLOCK)
        self.steps.append(Step(at, what, minutes))
        self.say(f"{at}  +{minute:>5g} min  {what}")
        for sentence in self.broken[failed:]:
            self.say(f"       ✗ {sentence}")

    def expect(self, what: str, is_so: Callable[[], bool]) -> None:
        """Look until it is so, or write down that it wasn't."""
        why = ""
        for _ in self.look_again():
            try:
                if is_so():
                    return
                why = ""
            except Stumbled as failure:
                why = f" ({failure})"
        self.broken.append(f"expected: {what}{why}")

    def expect_refusal(self, what: str, attempt: Callable[[], None]) -> None:
        """Try what must not be possible."""
        try:
            attempt()
        except Stumbled:
            return
        self.broken.append(f"expected a refusal: {what}")

    def find(self, officer: Officer, citizen: Citizen) -> str:
        """The reference of the citizen's case, as soon as the officer finds it."""
        found = ""

        def look() -> bool:
            nonlocal found
            found = officer.finds(citizen.receipt) if citizen.receipt else ""
            return bool(found)

        self.expect("the case is found by its receipt", look)
        if not found:
            raise Stumbled("the case never came to the board")
        return found
