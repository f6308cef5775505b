"""The events that the wire sends, in the shape that receivers read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from changeover.apply_connect import payloads_answers
from changeover.apply_connect.payloads_apps import integration
from changeover.apply_connect.status import Status
from changeover.apply_connect.store import Integration
from changeover.webhooks.signing import body_of, signature

STATUS, RESYNC, INTEGRATION = "JOB_POSTING_STATUS", "RESYNC_JOBS", "INTEGRATION_STATUS_CHANGE"
APPLICATION = "EXPORT_JOB_APPLICATION"
EVENTS = (STATUS, RESYNC, INTEGRATION, APPLICATION)


def _event(kind: str, application_id: int | None) -> dict[str, Any]:
    said: dict[str, Any] = {"type": kind}
    if application_id is not None:
        said["developerApplicationUrn"] = payloads_answers.application_urn(application_id)
    return said


def status(it: Status, application_id: int) -> str:
    """Where a job stands now."""
    return body_of({**_event(STATUS, application_id), **payloads_answers.status(it)})


def resync(it: Integration, external_ids: Sequence[str] = ()) -> str:
    """Send jobs again as updates within thirty minutes: those named, or every open one."""
    said = {**_event(RESYNC, it.application_id), "syncAllOpenJobs": not external_ids}
    if external_ids:
        said["externalJobPostingIds"] = list(external_ids)
    return body_of(said)


def integration_changed(it: Integration) -> str:
    """The employer's word on an integration."""
    told = integration(it)
    named = {name: told[name] for name in ("requestId", "integrationContext", "integrationType", "integrationStatus")}
    return body_of({**_event(INTEGRATION, it.application_id), **named})


def signed(secret: str, body: str) -> dict[str, str]:
    """The header that receivers check."""
    return {"X-LI-Signature": signature(secret, body)}


def challenge_query(application_id: str) -> str:
    """What is added to a challenge, so that the receiver knows whose secret answers it."""
    return f"&applicationId={application_id}" if application_id else ""
