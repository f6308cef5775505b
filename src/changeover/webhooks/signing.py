"""What a receiver checks: signatures over exactly the bytes sent, and the challenge of its URL."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any


def body_of(event: dict[str, Any]) -> str:
    """The event as JSON in ASCII alone, the rest escaped, so that no receiver's encoding breaks a signature."""
    return json.dumps(event, ensure_ascii=True, separators=(",", ":"))


def signature(secret: str, body: str) -> str:
    """Hex HMAC-SHA256 over the prefix and the body, as receivers of the wire compute it."""
    return hmac.new(secret.encode(), b"hmacsha256=" + body.encode(), hashlib.sha256).hexdigest()


def challenge_response(secret: str, code: str) -> str:
    """What a URL must answer to a challenge code: hex HMAC-SHA256 of it."""
    return hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()
