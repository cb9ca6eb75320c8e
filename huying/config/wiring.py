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
from huying.notices.facts import (
    Asked,
    Called,
    ClosedUnheard,
    Confirmed,
    Disputed,
    Replied,
    Told,
)
from huying.triage import actions as triage
from huying.triage.facts import Assessed, Corrected, Looked, Recurred

WHEN: Mapping[type[Fact], Sequence[Reaction]] = {
    # A message came in.
    Opened: [clocks.undertake, triage.want],
    Undertook: [clocks.recount],
    Wrote: [clocks.recount, triage.want],
    Typed: [clocks.recount, triage.want],
    # It was read.
    Assessed: [clocks.recount, dispatch.want],
    Looked: [clocks.recount],
    Corrected: [clocks.recount, dispatch.want],
    Recurred: [clocks.recount, dispatch.offer_again],
    # Somebody is to act.
    Offered: [clocks.recount],
    Accepted: [clocks.recount],
    Returned: [clocks.recount],
    Expired: [clocks.recount],
    Contested: [clocks.recount],
    Progressed: [clocks.recount],
    Finished: [clocks.recount],
    Settled: [clocks.recount],
    ActedFirst: [clocks.recount],
    Declined: [clocks.recount],
    # Time runs out.
    Warned: [],
    Climbed: [],
    # The person is told, asked, heard.
    Told: [clocks.recount],
    Replied: [clocks.recount],
    Asked: [clocks.recount],
    Called: [clocks.recount],
    Confirmed: [clocks.recount],
    Disputed: [clocks.recount, dispatch.offer_again],
    ClosedUnheard: [clocks.recount],
    # One need, two files.
    Merged: [clocks.recount],
    Unmerged: [clocks.recount, dispatch.offer_again],
}
