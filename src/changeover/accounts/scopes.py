"""What the token of a company's client opens: scopes, and which of them a request needs."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a token may be for. Each opens its own part alone; ``WRITE`` does not imply ``READ``."""

    PUSH = "push"
    CANDIDATES = "candidates"
    READ = "read"
    WRITE = "write"
    MIGRATE = "migrate"


MEANS = {
    Scope.PUSH: "push the company's jobs",
    Scope.CANDIDATES: "read applications and say what became of them",
    Scope.READ: "read what the console shows of the company",
    Scope.WRITE: "decide pairs, map and read sources, rule over slots, write in cases",
    Scope.MIGRATE: "activate, hold, resolve, revert and cancel",
}
DEFAULT = (Scope.PUSH, Scope.CANDIDATES)

_COMPANY = "/api/v1/companies/{company}"
_CANDIDATES = (
    "/applications",
    "/application-files",
    "/access-log",
    "/candidate-rules",
    "/applicant-limit",
    "/widget-tokens",
)
_MIGRATE = ("/activate", "/hold", "/unhold", "/resolve", "/revert", "/cancel", "/options")
# Who may make tokens could make one that opens more than theirs.
_NONE = ("/clients",)


def scope_of(path: str, *, changes: bool) -> Scope | None:
    """The scope that a route of a company needs; None for one that no client's token opens."""
    part = path.removeprefix(_COMPANY)
    if part == path or part.startswith(_NONE):
        return None
    if part == "/jobs":
        return Scope.PUSH
    if part.startswith(_CANDIDATES):
        return Scope.CANDIDATES
    if not changes:
        return Scope.READ
    return Scope.MIGRATE if part in _MIGRATE else Scope.WRITE


def parse(words: list[str] | tuple[str, ...]) -> list[Scope] | str:
    """The scopes of these words, each once, in their own order; or a sentence about the first that is none."""
    strange = next((word for word in words if word not in list(Scope)), None)
    if strange is not None:
        return f"There is no scope {strange[:40]}. There are: {', '.join(Scope)}."
    return [scope for scope in Scope if scope in words]
