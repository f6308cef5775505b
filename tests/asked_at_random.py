"""Requests at random by what an API says of itself, made by schemathesis on a real port."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

SEED = "20260302"
# Of each run.
_SECONDS = 60


async def ask_at_random(url: str, where: Path, said: dict[str, Any], token: str, count: int, *more: str) -> str:
    """Run schemathesis over the description; what it found, empty if nothing."""
    file = where / "openapi.json"
    file.write_text(json.dumps(said))
    command = [str(Path(sys.executable).with_name("st")), "run", str(file), "--url", url, "--seed", SEED]
    command += ["-H", f"Authorization: Bearer {token}", "-n", str(count), "--no-shrink", "--continue-on-failure"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-time", str(_SECONDS), "--warnings", "off", *more]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=where, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    if process.returncode:
        (where / "found.txt").write_bytes(out)
    return "" if process.returncode == 0 else out.decode()[-4_000:]
