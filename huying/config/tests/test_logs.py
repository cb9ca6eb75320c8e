import logging
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def test_no_receipt_is_logged() -> None:
    logs: Any = settings.LOGGING
    (name,) = logs["handlers"]["console"]["filters"]
    sift = import_string(logs["filters"][name]["()"])()
    words = ("%s: %s", ("Unprocessable Entity", "/s/67NJYC9MYGB4/more"))
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, *words, None)

    assert sift.filter(record)

    assert record.getMessage() == "Unprocessable Entity: /s/…/more"
