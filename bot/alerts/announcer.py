"""Updates the messages of alerts in the transaction that changes the alerts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.alerts.analysis.shared_factor import MIN_FAILURES, SharedFactor, find_shared_factor
from bot.alerts.configured_rules import Rules
from bot.alerts.display import FoundAlert, Held, alert_context, summary_context, task_factors
from bot.alerts.incident_lifecycle import IncidentState, Tell, TroubleType
from bot.alerts.incident_rows import held_with_tasks
from bot.alerts.models import Alert
from bot.alerts.silences import read_silences
from bot.messages import outbox
from bot.messages.destinations import also_notified, destination_id, is_destination
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, Place
from bot.tasks.display import Links
from bot.tasks.models import Task, TaskStatus
from bot.workspaces.models import DEFAULT_TENANT

ALERT = "alerts/alert"
#: The state that a message shows once a later one tells of the alert.
CONTINUED = "continued"
DIGEST = "alerts/digest"
_REMINDER = "alerts/reminder"
_RECOVERY = "alerts/recovery"
_LATE_TEMPLATE = "alerts/late"
#: Slack was away if it got an alert so long after people were to be told of it.
_CAME_LATE_SECONDS = 120.0
#: Among an alert's facts: whether its message came late, once that is known.
_LATE_NOTE = "came_late"
#: What is also told elsewhere, and how.
_NOTIFY_TEMPLATE = {
    Tell.POST: ALERT,
    Tell.DIGEST: ALERT,
    Tell.RECOVER: _RECOVERY,
    Tell.WITHDRAW: _RECOVERY,
}
#: Successes that failures are compared with.
_COMPARED_RUNS = 200
_COMPARED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class AlertChannels:
    """The ids of the channels for alerts; None where there is none."""

    workspace_id: str
    default: str | None
    routes: dict[str, str]  # channel as configured -> its id
    escalation: str | None = None
    is_certain: bool = True  # False: one that is configured was not found, or Slack did not say


class AlertAnnouncer:
    """Turns what is to be told into messages. The caller commits and wakes the lane."""

    def __init__(self, rules: Rules, links: Links) -> None:
        self._rules = rules
        self._links = links

    def tell(
        self,
        session: Session,
        tells: Sequence[tuple[Alert, Tell]],
        channels: AlertChannels,
        now: datetime,
    ) -> None:
        """Bring Slack up to each alert, as it is told to; alerts of one digest share a message."""
        digest = [alert for alert, tell in tells if tell == Tell.DIGEST]
        if digest:
            self._post_digest(session, digest, channels, now)
        acts: dict[Tell, Callable[..., None]] = {
            Tell.POST: self._post,
            Tell.EDIT: self._edit,
            Tell.REMIND: self._remind,
            Tell.ESCALATE: self._escalate,
            Tell.RECOVER: self._recover,
            Tell.WITHDRAW: self._withdraw,
        }
        for alert, tell in tells:
            if tell != Tell.DIGEST and (tell == Tell.POST or alert.message_id is not None):
                acts[tell](session, alert, channels, now)
            if tell in _NOTIFY_TEMPLATE and (alert.told_at or tell not in (Tell.POST, Tell.DIGEST)):
                self._tell_elsewhere(session, alert, _NOTIFY_TEMPLATE[tell], now)

    def _tell_elsewhere(self, session: Session, alert: Alert, template: str, now: datetime) -> None:
        """Post it to the destinations that also receive alerts, even while Slack is down."""
        count = len(self._rules.config.of_tenant(alert.tenant).alerts.also_notify)
        if not count:
            return
        context = self._context(session, alert, now)
        for name in map(also_notified, range(1, count + 1)):
            place = Place(destination_id(name), alert.tenant, name)
            outbox.put(session, place, Content(template, context), now=now, rank=Rank.ALERT)

    def note_late(self, session: Session, alerts: Iterable[Alert], now: datetime) -> None:
        """Say once, in the threads of alerts that came late, that others heard of them before."""
        places = len(self._rules.config.alerts.also_notify)
        noted: set[str] = set()
        for alert in alerts if places else ():
            facts = alert.facts or {}
            if alert.message_id is None or alert.told_at is None or _LATE_NOTE in facts:
                continue
            message = session.get(Message, alert.message_id)
            if message is None or message.ts is None or is_destination(message.workspace_id):
                continue
            late = float(message.ts) - alert.told_at.timestamp()
            alert.facts = {**facts, _LATE_NOTE: late >= _CAME_LATE_SECONDS}
            session.add(alert)
            if late >= _CAME_LATE_SECONDS and message.id not in noted:
                noted.add(message.id)
                context = {
                    "late_seconds": int(late),
                    "told_at": int(alert.told_at.timestamp()),
                    "places": places,
                }
                outbox.reply(session, message, Content(_LATE_TEMPLATE, context), now=now)

    def edit(self, session: Session, alert: Alert, now: datetime) -> None:
        """Update the alert's message; nothing if it was never posted."""
        if alert.message_id is None:
            return
        message = session.get(Message, alert.message_id)
        is_over = alert.state == IncidentState.RESOLVED
        # Where each edit is a post of its own only the end is worth one.
        if message is None or (is_destination(message.workspace_id) and not is_over):
            return
        context = self._context(session, alert, now)
        if alert.is_in_digest:
            shown = self._of_digest(session, alert.message_id)
            context, is_over = self._digest_context(session, shown, now), _all_over(shown)
        outbox.edit(
            session,
            alert.message_id,
            context,
            now=now,
            rank=Rank.ALERT,
            final=is_over,
            reopen=True,
        )

    def _edit(
        self, session: Session, alert: Alert, _channels: AlertChannels, now: datetime
    ) -> None:
        self.edit(session, alert, now)

    def _post(self, session: Session, alert: Alert, channels: AlertChannels, now: datetime) -> None:
        place = self._place(alert, channels)
        if place is None:
            _leave_untold(alert, channels)
            return
        content = Content(ALERT, self._context(session, alert, now))
        message = outbox.put(session, place, content, now=now, rank=Rank.ALERT)
        self._note(session, alert, message, now)

    def _post_digest(
        self, session: Session, alerts: Sequence[Alert], channels: AlertChannels, now: datetime
    ) -> None:
        if channels.default is None:
            for alert in alerts:
                _leave_untold(alert, channels)
            return
        place = Place(channels.workspace_id, alerts[0].tenant, channels.default)
        content = Content(DIGEST, self._digest_context(session, alerts, now))
        message = outbox.put(session, place, content, now=now, rank=Rank.ALERT)
        for alert in alerts:
            self._note(session, alert, message, now)

    def _note(self, session: Session, alert: Alert, message: Message, now: datetime) -> None:
        """Let *message* be the alert's; an earlier one says that it has a successor."""
        earlier = session.get(Message, alert.message_id) if alert.message_id else None
        is_own = earlier is not None and earlier.template == ALERT  # A digest tells of others, too.
        if earlier is not None and is_own and not is_destination(earlier.workspace_id):
            context = {**self._context(session, alert, now), "state": CONTINUED, "actions": []}
            outbox.edit(
                session, earlier.id, context, now=now, rank=Rank.ALERT, final=True, reopen=True
            )
        alert.workspace_id, alert.channel = message.workspace_id, message.channel
        alert.message_id = message.id
        alert.facts = {k: v for k, v in (alert.facts or {}).items() if k != _LATE_NOTE} or None
        session.add(alert)

    def _remind(
        self, session: Session, alert: Alert, _channels: AlertChannels, now: datetime
    ) -> None:
        self._reply(session, alert, Content(_REMINDER, self._context(session, alert, now)), now)

    def _escalate(
        self, session: Session, alert: Alert, channels: AlertChannels, now: datetime
    ) -> None:
        if channels.escalation is None:
            if not channels.is_certain:
                alert.escalated_at = None  # The next check tries again.
            return
        place = Place(channels.workspace_id, alert.tenant, channels.escalation)
        content = Content(_REMINDER, self._context(session, alert, now))
        outbox.put(session, place, content, now=now, rank=Rank.ALERT)

    def _recover(
        self, session: Session, alert: Alert, _channels: AlertChannels, now: datetime
    ) -> None:
        self.edit(session, alert, now)
        if alert.workspace_id and is_destination(alert.workspace_id):
            return  # The edit was a post of its own and has said so.
        self._reply(session, alert, Content(_RECOVERY, self._context(session, alert, now)), now)

    def _withdraw(
        self, session: Session, alert: Alert, channels: AlertChannels, now: datetime
    ) -> None:
        if alert.message_id and outbox.withdraw(session, alert.message_id, now=now):
            alert.message_id = alert.channel = None
            return
        alert.told_at = alert.recovered_at = now  # Slack was faster: it has it, or may have.
        self._recover(session, alert, channels, now)

    def _reply(self, session: Session, alert: Alert, content: Content, now: datetime) -> None:
        parent = session.get(Message, alert.message_id) if alert.message_id else None
        if parent is not None:
            outbox.reply(session, parent, content, now=now)

    def _place(self, alert: Alert, channels: AlertChannels) -> Place | None:
        route = self._rules.route_of(alert.task)
        channel = channels.routes.get(route, channels.default) if route else channels.default
        if channel is None:
            return None
        return Place(channels.workspace_id, alert.tenant, channel)

    def _context(self, session: Session, alert: Alert, now: datetime) -> dict[str, Any]:
        held = list(held_with_tasks(session, [alert.id]))
        factor = self._shared_factor(session, alert, held, now)
        mute = None
        if alert.state != IncidentState.RESOLVED:
            mute = read_silences(session, alert.tenant, now).mute_of(alert.task)
        found = FoundAlert(alert, held, factor, mute)
        money_of = self._rules.money_of if alert.tenant == DEFAULT_TENANT else _no_money
        return alert_context(found, now, self._links.log_url, money_of)

    def _of_digest(self, session: Session, message_id: str) -> list[Alert]:
        query = select(Alert).where(Alert.message_id == message_id)
        return list(session.exec(query.order_by(col(Alert.opened_at), col(Alert.id))))

    def _digest_context(
        self, session: Session, alerts: Sequence[Alert], now: datetime
    ) -> dict[str, Any]:
        lines = []
        for alert in alerts:
            left = len(list(held_with_tasks(session, [alert.id])))
            lines.append(summary_context(alert, left))
        return {"alerts": lines, "reported_at": int(now.timestamp())}

    def _shared_factor(
        self, session: Session, alert: Alert, held: Held, now: datetime
    ) -> SharedFactor | None:
        tasks = [task for _, task in held if task is not None]
        if alert.type != TroubleType.FAILED or len(tasks) < MIN_FAILURES:
            return None
        query = (
            select(Task)
            .where(Task.tenant == alert.tenant, col(Task.task).in_({task.task for task in tasks}))
            .where(Task.status == TaskStatus.COMPLETED, col(Task.ended_at) > now - _COMPARED_FOR)
            .order_by(col(Task.ended_at).desc())
            .limit(_COMPARED_RUNS)
        )
        successes = [task_factors(task) for task in session.exec(query)]
        return find_shared_factor([task_factors(task) for task in tasks], successes)


def _leave_untold(alert: Alert, channels: AlertChannels) -> None:
    """Let the next check try again, if there may be a channel by then."""
    if not channels.is_certain:
        alert.told_at = None


def _all_over(alerts: Sequence[Alert]) -> bool:
    """Tell whether each of them is resolved."""
    return all(alert.state == IncidentState.RESOLVED for alert in alerts)


def _no_money(_kind: str) -> None:
    """Return what a failure of another tenant's costs: the settings do not say it."""
