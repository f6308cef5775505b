"""Applications and integrations as the wire tells them, with their keys and configurations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from changeover.apply_connect.payloads_answers import organization_urn
from changeover.apply_connect.payloads_form import Wire
from changeover.apply_connect.store import Integration
from changeover.sources.text import clean
from changeover.web.problem import Problem

_CONTEXT = re.compile(r"urn:li:(?:organization|company):(\d{1,19})")
_KINDS = {
    "APPLY_CONNECT", "APPLY_WITH_LINKEDIN", "CSA_API", "IN_ATS_INDICATOR", "ONE_CLICK_EXPORT", "PROFILE_PLUGIN",
    "RECOMMENDED_MATCHES", "UNIFIED_SEARCH", "PREMIUM_JOB_POSTING",
}  # fmt: skip
_CALLBACKS = "oauth2AuthorizedCallbackUrls"
_NAMES = {"CALLBACK_URL", "JOB_POSTING_VIEWERS", "APPLICATION_VIEWERS"}
Short = Annotated[str, Field(min_length=1, max_length=200)]
Url = Annotated[str, Field(max_length=2_000)]


class Provisioned(Wire):
    """A child application as a parent wants it."""

    unique_foreign_id: Short
    name: Annotated[str, Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(min_length=1, max_length=2_000)]
    callback_urls: list[Url] = Field(default_factory=list, alias="oauth2AuthorizedCallbackUrls")
    valid_js_sdk_domains: list[Url] = Field(default_factory=list)

    @field_validator("unique_foreign_id", "name", "description")
    @classmethod
    def _said(cls, text: str) -> str:
        if not clean(text).strip():
            raise ValueError("holds nothing that can be printed")
        return text

    @field_validator("name")
    @classmethod
    def _not_ours(cls, name: str) -> str:
        if "linkedin" in name.lower():
            raise ValueError('the name must not contain "LinkedIn"')
        return name

    @field_validator("valid_js_sdk_domains")
    @classmethod
    def _bare(cls, domains: list[str]) -> list[str]:
        if any(each.endswith("/") for each in domains):
            raise ValueError("a domain must not end with /")
        return domains

    def fields(self) -> dict[str, Any]:
        """The application under our own names, fit to be kept."""
        return {
            "foreign_id": clean(self.unique_foreign_id),
            "name": clean(self.name),
            "description": clean(self.description),
            "callback_urls": [clean(each) for each in self.callback_urls],
            "js_domains": [clean(each) for each in self.valid_js_sdk_domains],
        }


def changed(row: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """An application's fields after a partial update, fit to be kept; raises Problem 400 where one cannot be."""
    said = {
        "uniqueForeignId": row["foreign_id"],
        "name": row["name"],
        "description": row["description"],
        _CALLBACKS: row["callback_urls"],
        "validJsSdkDomains": row["js_domains"],
    }
    return provisioned({**said, **patch}).fields()


def provisioned(said: Mapping[str, Any]) -> Provisioned:
    """The application that a body tells; raises Problem 400 with what is wrong."""
    try:
        return Provisioned.model_validate(said)
    except ValidationError as problem:
        faults = "; ".join(f"{'/'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors()[:5])
        raise Problem(
            400, "BAD_APPLICATION", f"The application cannot be provisioned: {faults}", "Correct it."
        ) from None


def patch(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that a partial update sets; raises Problem 400 where it is none."""
    inner = said.get("patch")
    fields = inner.get("$set") if isinstance(inner, dict) else None
    if not isinstance(fields, dict):
        raise Problem(400, "NO_PATCH", "The body is no partial update.", 'Send {"patch": {"$set": {…}}}.')
    return fields


@dataclass(frozen=True, slots=True)
class Key:
    """An integration's key: the company, and what kind of integration it is."""

    company_id: int
    kind: str
    tenant: str
    provider: str

    def fits(self, it: Integration) -> bool:
        """Whether an integration has this key."""
        return (self.kind, self.tenant, self.provider) == (it.kind, it.tenant, it.provider)


def key(parts: Mapping[str, str]) -> Key | str:
    """The key of four parts, or what is wrong with it."""
    context = _CONTEXT.fullmatch(parts.get("integrationContext", "").strip())
    kind = parts.get("integrationType", "")
    if not context or int(context[1]) >= 2**63:
        return "integrationContext must be urn:li:organization:N"
    if kind not in _KINDS:
        return f'integrationType "{kind[:40]}" is not an enum symbol'
    tenant, provider = parts.get("tenantType", ""), parts.get("dataProvider", "")
    if tenant not in ("JOBS", "RECRUITER", "CAP") or provider not in ("ATS", "CRM"):
        return "tenantType must be JOBS and dataProvider ATS"
    return Key(int(context[1]), kind, tenant, provider)


def integration_name(entity: object) -> str:
    """The name that an update gives an integration; empty where it gives none."""
    inner = entity.get("patch", entity) if isinstance(entity, dict) else None
    fields = inner.get("$set", inner) if isinstance(inner, dict) else {}
    name = fields.get("integrationName", "") if isinstance(fields, dict) else ""
    return clean(name)[:200] if isinstance(name, str) else ""


def integration(it: Integration) -> dict[str, Any]:
    """An integration as it stands."""
    return {
        "integrationContext": organization_urn(it.company_id),
        "integrationType": it.kind,
        "tenantType": it.tenant,
        "dataProvider": it.provider,
        "integrationName": it.name,
        "integrationStatus": {"requested": "PENDING", "enabled": "ENABLED", "disabled": "DISABLED"}[it.state],
        "requestId": f"{it.company_id}-{it.request_id}",
        "requestedAt": round(it.requested_at.timestamp() * 1000),
        "statusChangedAt": round(it.decided_at.timestamp() * 1000) if it.decided_at else None,
    }


def configurations(said: Mapping[str, Any]) -> dict[str, Any]:
    """The configurations that a body tells, by name; raises Problem 400 for one that is not known."""
    entities = said.get("entities")
    if not isinstance(entities, dict) or not set(entities) <= _NAMES:
        raise Problem(400, "BAD_CONFIGURATION", f"The configurations are {', '.join(sorted(_NAMES))}.", "Name those.")
    values = {name: entity for name, entity in entities.items() if isinstance(entity, dict)}
    if any(len(str(entity)) > 4_000 or "\\u0000" in repr(entity) or "\0" in str(entity) for entity in values.values()):
        raise Problem(400, "BAD_CONFIGURATION", "A configuration is too long, or cannot be kept.", "Shorten it.")
    return values
