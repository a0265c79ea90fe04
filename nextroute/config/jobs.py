"""The worker's jobs: each loads nothing and calls one verb. Their arguments are keys only.

Woken by actions through `core.jobs.wake`, and by the clock here, which repeats every wake that may have been lost.
"""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from nextroute.audit import sealing
from nextroute.billing import events, hearing, run, sweeping
from nextroute.billing.autopay import mornings
from nextroute.billing.autopay.mornings import AUTOPAY
from nextroute.billing.events import HEAR, PATIENT
from nextroute.billing.sweeping import SWEEP
from nextroute.config import links
from nextroute.core import jobs
from nextroute.identity import asks, minting
from nextroute.identity.asks import MINT
from nextroute.notifications import delivering
from nextroute.notifications.telling import DELIVER
from nextroute.scheduling import nights, reminders
from nextroute.service_requests import nights as request_nights
from nextroute.tenancy import businesses

SEAL, NIGHT, REMIND, BILL = "seal", "night", "remind", "bill"
SILENT = 30.0  # seconds without a sign of life, after which a worker is taken for dead
FAILED_FOR = 7 * 24  # hours
app = jobs.app


@app.task(name=DELIVER, queue="mail")
def deliver(key: str) -> None:
    delivering.deliver(UUID(key), link=links.to, clock=businesses.utc_now)


@app.task(name=MINT, queue="mail")
def mint(key: str) -> None:
    minting.mint(UUID(key), now=businesses.utc_now())


@app.task(name=SEAL)
def seal(key: str) -> None:
    sealing.seal(UUID(key))


@app.periodic(cron="* * * * * */5")
@app.task(name="every few seconds", queueing_lock="every few seconds")
def every_few_seconds(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it
    for business_id in sealing.waiting():
        jobs.defer(SEAL, business_id)


@app.task(name=NIGHT)
def night(key: str) -> None:
    business, now = businesses.get(UUID(key)), businesses.utc_now()
    nights.run(business, now=now)
    request_nights.run(business, now=now)


@app.task(name=REMIND)
def remind(key: str) -> None:
    reminders.remind(businesses.get(UUID(key)), now=businesses.utc_now())


@app.task(name=BILL)
def bill(key: str) -> None:
    run.bill(businesses.get(UUID(key)), now=businesses.utc_now())


@app.task(name=HEAR, queue="stripe")
def hear(key: str) -> None:
    hearing.act(UUID(key), now=businesses.utc_now())


@app.task(name=SWEEP, queue="stripe")
def sweep(key: str) -> None:
    sweeping.sweep(UUID(key), now=businesses.utc_now())


@app.task(name=AUTOPAY, queue="stripe")
def autopay(key: str) -> None:
    mornings.run(UUID(key), clock=businesses.utc_now)


@app.periodic(cron="* * * * *")
@app.task(name="every minute", queueing_lock="every minute")
def every_minute(timestamp: int) -> None:  # noqa: ARG001
    now = businesses.utc_now()
    minting.sweep(now=now)
    delivering.sweep(now=now)
    asks.purge()
    hearing.sweep(now=now)
    events.purge(now=now)
    for business in businesses.every():
        if nights.due(business, now):
            jobs.defer(NIGHT, business.id)
        if reminders.due(business, now):
            jobs.defer(REMIND, business.id)
        if run.due(business, now):
            jobs.defer(BILL, business.id)
        if sweeping.due(business, now=now):
            jobs.defer(SWEEP, business.id, priority=PATIENT)
        if mornings.due(business, now):
            jobs.defer(AUTOPAY, business.id, priority=PATIENT)


@app.periodic(cron="17 * * * *")
@app.task(name="tidy", queueing_lock="tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Jobs that failed are kept for somebody to look at, and then let go; those that succeeded are gone already."""
    await context.app.job_manager.delete_old_jobs(FAILED_FOR, include_failed=True, include_aborted=True)


@app.periodic(cron="* * * * *")
@app.task(name="recover", queueing_lock="recover", pass_context=True)
async def recover(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Put the jobs of workers that died back into the queue; those that wait there already are let go."""
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        try:
            await queue.retry_job(job)
        except UniqueViolation:
            await queue.finish_job(job, Status.FAILED, delete_job=True)
