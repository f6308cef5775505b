"""The numbers of one process, as Prometheus reads them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from changeover.migration.state import State

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters that requests move, and gauges that are set when they are read. Each has a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        here = self._registry
        self.requests = Counter(
            "changeover_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=here
        )
        self.seconds = Histogram(
            "changeover_http_seconds",
            "Seconds to the end of an answer.",
            ("route",),
            buckets=_SECONDS,
            registry=here,
        )
        self.companies = Gauge("changeover_companies", "Companies in each state.", ("state",), registry=here)
        self.held_companies = Gauge("changeover_held_companies", "Companies whose cut-over is held.", registry=here)
        self.held_readings = Gauge("changeover_held_readings", "Readings that wait for a person.", registry=here)
        self.broken_promises = Gauge(
            "changeover_broken_promises", "Broken promises that the auditor has found in histories.", registry=here
        )
        self.followers = Gauge("changeover_live_pages", "Pages that follow /events here.", registry=here)
        self.database_up = _gauge(here, "database_up", "1 where the database answers this process, else 0.")
        self.database_bytes = _gauge(here, "database_bytes", "Bytes of the database.")
        self.disk_free = _gauge(here, "disk_free_bytes", "Bytes free on the disk of the data folder.")
        self.log_not_kept = _gauge(here, "log_not_kept", "1 where the newest piece of the log was not kept, else 0.")
        self.workers = _gauge(here, "workers", "Workers that live.")
        self.work_waiting = _gauge(here, "work_waiting", "Work items that are due and wait.")
        self.work_in_hand = _gauge(here, "work_in_hand", "Work items that are being done.")
        self.work_given_up = _gauge(here, "work_given_up", "Work items that failed three times, of three days.")
        self.work_oldest = _gauge(here, "work_oldest_seconds", "Seconds that the oldest due work item has waited.")
        self.companies_behind = _gauge(here, "companies_behind", "Companies with changes that no run has looked at.")
        self.unreadable = _gauge(here, "unreadable_secrets", "Secrets that no key which was given opens.")
        self.deliveries = Gauge("changeover_deliveries", "Events by what became of them.", ("state",), registry=here)
        for state in State:
            self.companies.labels(state).set(0)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request; ``route`` is the route's template, or a word where no route was found."""
        self.requests.labels(method, route, str(status)).inc()
        if route != "/events":
            self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)


def _gauge(registry: CollectorRegistry, name: str, caption: str) -> Gauge:
    return Gauge(f"changeover_{name}", caption, registry=registry)
