"""What a worker does, in the order of a message's way. How it does it is in work.py."""

from huying.channels import jobs as channels
from huying.clocks import jobs as clocks
from huying.config.work import Job
from huying.dispatch import jobs as dispatch
from huying.intake import jobs as intake
from huying.notices import jobs as notices
from huying.report import jobs as report
from huying.triage import jobs as triage

JOBS: list[Job] = [
    # Time first: a late promise is known within a second, however many messages wait.
    Job("clocks.sweep", clocks.sweep, every_s=1),
    Job("channels.drain", channels.drain, every_s=2),
    Job("intake.read", intake.read_next, every_s=1),
    Job("triage.assess", triage.assess_next, every_s=1),
    Job("dispatch.offer", dispatch.offer_next, every_s=1),
    Job("notices.send", notices.send_next, every_s=1),
    Job("dispatch.expire", dispatch.expire_next, every_s=5, woken=False),
    Job("channels.fetch_media", channels.fetch_media, every_s=5, woken=False),
    Job("report.audit", report.audit, every_s=30, woken=False),
]
