"""The rules of fetching as the settings say them."""

from __future__ import annotations

from changeover.settings import Settings
from changeover.sources.fetch import FetchRules


def fetch_rules(settings: Settings) -> FetchRules:
    """How the guarded client behaves under these settings."""
    return FetchRules(
        user_agent=settings.signature,
        allow_private=settings.allow_private_addresses,
        feed_bytes=settings.fetch_max_bytes,
        silence_seconds=settings.fetch_timeout_seconds,
        host_delay=settings.fetch_pause_seconds,
    )
