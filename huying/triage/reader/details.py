"""Everything that a message tells, each with its words and its reader."""

from datetime import datetime

from huying.triage.reader.health import health_details
from huying.triage.reader.identity import identity_numbers
from huying.triage.reader.people import people_details
from huying.triage.reader.phones import phones
from huying.triage.reader.result import Detail
from huying.triage.reader.templates import template_details
from huying.triage.reader.text import Text
from huying.triage.reader.times import time_details

DETAILS_MAX = 80  # more than any plea holds; a list of a hundred flats is not one

# What a form says of itself is not read a second time out of the sentence around it.
_ONCE = frozenset(("person_name", "writer_name", "age"))


def read_details(text: Text, at: datetime) -> list[Detail]:
    """Give what the message tells apart from its place, in the order of reading."""
    form = template_details(text)
    said = {detail.key for detail in form}
    free = [*people_details(text), *health_details(text), *time_details(text, at)]
    details = [
        *phones(text),
        *identity_numbers(text),
        *form,
        *(detail for detail in free if detail.key not in said or detail.key not in _ONCE),
    ]
    return details[:DETAILS_MAX]
