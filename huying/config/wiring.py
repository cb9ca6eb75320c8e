"""When this is recorded, that happens too. The whole choreography, on one page.

Reactions run inside the transaction that records the facts: either all of it happened or none.
Anything that leaves the house (a message, a card) is only *queued* here.
"""

from collections.abc import Mapping, Sequence

from huying.cases.facts import Fact, Merged, Unmerged
from huying.cases.reactions import Reaction
from huying.clocks import actions as clocks
from huying.clocks.facts import Climbed, Undertook, Warned
from huying.dispatch import actions as dispatch
from huying.dispatch.facts import (
    Accepted,
    ActedFirst,
    Contested,
    Declined,
    Expired,
    Finished,
    Offered,
    Progressed,
    Returned,
    Settled,
)
from huying.intake.facts import Opened, Typed, Wrote
from huying.notices import actions as notices
from huying.notices.facts import (
    Asked,
    Called,
    ClosedUnheard,
    Confirmed,
    Disputed,
    Reopened,
    Replied,
    Told,
    Undelivered,
)
from huying.triage import actions as triage
from huying.triage.facts import Assessed, Corrected, Looked, Recurred

WHEN: Mapping[type[Fact], Sequence[Reaction]] = {
    # A message came in.
    Opened: [clocks.undertake, triage.want, notices.tell_receipt],
    Undertook: [clocks.recount],
    Wrote: [
        clocks.recount,
        triage.want,
        notices.tell_receipt,
        notices.hear,
        notices.try_again,
    ],
    Typed: [clocks.recount, triage.want],
    # It was read.
    Assessed: [clocks.recount, dispatch.want, notices.tell_emergency, notices.ask_missing],
    Looked: [clocks.recount],
    Corrected: [clocks.recount, dispatch.want],
    Recurred: [clocks.recount, dispatch.offer_again, notices.tell_reopened],
    # Somebody is to act.
    Offered: [clocks.recount, notices.offer_to_officers],
    Accepted: [clocks.recount, notices.tell_progress],
    Returned: [clocks.recount],
    Expired: [clocks.recount],
    Contested: [clocks.recount, notices.warn_officers],
    Progressed: [clocks.recount, notices.tell_progress],
    Finished: [clocks.recount, notices.tell_progress],
    Settled: [clocks.recount, notices.tell_result],
    ActedFirst: [clocks.recount],
    Declined: [clocks.recount, notices.tell_declined],
    # Time runs out.
    Warned: [notices.warn_officers],
    Climbed: [notices.warn_officers],
    # The person is told, asked, heard.
    Told: [clocks.recount],
    Replied: [clocks.recount],
    Asked: [clocks.recount],
    Called: [clocks.recount],
    Confirmed: [clocks.recount],
    Disputed: [clocks.recount, dispatch.offer_again, notices.tell_reopened],
    Reopened: [clocks.recount, dispatch.offer_again, notices.tell_reopened],
    Undelivered: [notices.warn_officers],
    ClosedUnheard: [clocks.recount],
    # One need, two files.
    Merged: [dispatch.leave_to_other, clocks.recount, notices.tell_merged],
    Unmerged: [clocks.recount, dispatch.offer_again, notices.tell_merged],
}
