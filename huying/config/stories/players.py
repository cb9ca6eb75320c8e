"""Who plays in a story: people with a telephone, and officers with a browser.

They know nothing of how the program is reached: over HTTP in a story, in memory in a test.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

RECEIPT = re.compile(r"/s/([A-Z0-9]{8,16})")
REFERENCE = re.compile(r"/console/([2-9A-HJ-NP-Z]{4,12})[\"/?]")
TASK = r"/console/%s/task/(\d+)/%s"
REASON = re.compile(r'class="[^"]*(?:message|error)[^"]*"[^>]*>(.*?)</(?:li|p|div|ul)', re.S)
LOGIN_MARK = 'name="password"'
MARKUP = re.compile(r"<[^>]+>|\s+")


class Stumbled(Exception):
    """A door did not let a player do what the story says, and what it said instead."""


class Browser(Protocol):
    """A browser that keeps its cookies and follows redirects."""

    def get(self, path: str) -> tuple[int, str]:
        """Status and page."""

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """Status and page after sending a form, with whatever token the site wants."""


class Wechat(Protocol):
    """WeChat as its people know it."""

    def push(self, account: str, openid: str, text: str) -> str:
        """Somebody writes to an account. Gives what they saw in the same breath."""

    def sent(self, openid: str) -> list[str]:
        """Everything that this person received, the oldest first."""


class Citizen:
    """Somebody with a telephone who writes to one account."""

    def __init__(self, wechat: Wechat, browser: Browser, account: str, openid: str) -> None:
        self.wechat, self.browser = wechat, browser
        self.account, self.openid = account, openid
        self.receipt = ""

    def writes(self, text: str) -> str:
        reply = self.wechat.push(self.account, self.openid, text)
        found = RECEIPT.search(reply)
        if found and not self.receipt:
            self.receipt = found.group(1)
        return reply

    def received(self) -> str:
        return "\n".join(self.wechat.sent(self.openid))

    def page(self) -> str:
        """The person's own page."""
        status, page = self.browser.get(f"/s/{self.receipt}")
        if status != HTTPStatus.OK:
            raise Stumbled(f"/s/{self.receipt} answered {status}")
        return page

    def says_solved(self, words: str) -> None:
        """Press the button on their page."""
        self._press("confirm", {"words": words, "satisfied": "yes"})

    def says_not_solved(self, words: str) -> None:
        self._press("dispute", {"words": words})

    def _press(self, what: str, fields: Mapping[str, str]) -> None:
        self.page()  # as a browser would, for its token
        status, page = self.browser.post(f"/s/{self.receipt}/{what}", fields)
        if status != HTTPStatus.OK:
            raise Stumbled(f"/s/…/{what} answered {status} {reasons(page)}")


class Officer:
    """Somebody at a desk, logged in with a browser."""

    def __init__(self, browser: Browser, user: str, password: str) -> None:
        self.browser, self.user, self.password = browser, user, password
        self.is_in = False

    def get(self, path: str) -> str:
        self._log_in()
        status, page = self.browser.get(path)
        if LOGIN_MARK in page:  # the shift is long over, and so is the session
            self.is_in = False
            self._log_in()
            status, page = self.browser.get(path)
        if status != HTTPStatus.OK:
            raise Stumbled(f"{self.user}: {path} answered {status}")
        return page

    def finds(self, receipt: str) -> str:
        """The reference of the case with this receipt; "" while it isn't there."""
        found = REFERENCE.search(self.get(f"/console/search?q={receipt}"))
        return found.group(1) if found else ""

    def case(self, reference: str) -> str:
        """The case's page."""
        return self.get(f"/console/{reference}")

    def does(self, reference: str, deed: str, **fields: str) -> None:
        """Press one thing on a case's page."""
        self._post(f"/console/{reference}/{deed}", fields)

    def does_task(self, reference: str, deed: str, **fields: str) -> None:
        """Press one thing on the task of this officer's unit, as the case's page offers it."""
        found = re.search(TASK % (reference, deed), self.case(reference))
        if not found:
            raise Stumbled(f"{self.user} is not offered to {deed} on {reference}")
        self._post(f"/console/{reference}/task/{found.group(1)}/{deed}", fields)

    def _log_in(self) -> None:
        if self.is_in:
            return
        self.browser.get("/console/login")
        said = {"username": self.user, "password": self.password}
        status, page = self.browser.post("/console/login", said)
        if status != HTTPStatus.OK or LOGIN_MARK in page:
            raise Stumbled(f"{self.user} cannot log in; has the demo another password?")
        self.is_in = True

    def _post(self, path: str, fields: Mapping[str, str]) -> None:
        self._log_in()
        status, page = self.browser.post(path, fields)
        if status != HTTPStatus.OK:
            raise Stumbled(f"{self.user}: {path} answered {status} {reasons(page)}")


def reasons(page: str) -> str:
    """The sentences that a page gives as reasons."""
    plain = [MARKUP.sub(" ", text).strip() for text in REASON.findall(page)]
    return "; ".join(text for text in plain if text)[:300]
