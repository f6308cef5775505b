"""The published Postman collection runs unmodified against the sandbox; fetched for the check alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# Beside the project, like all that is fetched for checks alone.
FETCHED = Path(__file__).parents[3] / "shared" / "data" / "apply-connect"
COLLECTION = FETCHED / "collection.json"
NEWMAN = shutil.which("newman") or shutil.which("newman", path=str(FETCHED / "node_modules" / ".bin"))

TOKENS = ("Get Access Token - Parent Application", "Get Access Token - Child Application")
NAMES = {
    "parent_app_client_id": "parent_client_id",
    "parent_app_client_secret": "parent_client_secret",
    "customer_app_client_id": "client_id",
    "customer_app_client_secret": "client_secret",
    "org_id": "organization",
    "integration_context": "organization",
    "customer_webhook_url": "webhook_url",
    "job_application_id": "job_application_id",
}


@pytest.mark.skipif(NEWMAN is None, reason="newman is not installed: npm install newman")
@pytest.mark.skipif(not COLLECTION.exists(), reason=f"the collection was not fetched to {FETCHED.name}/collection.json")
def test_all_nine_requests_are_answered(tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    with out.open("w") as stdout, log.open("w") as stderr:
        command = [sys.executable, "-c", "from changeover.cli import main; main()", "sandbox", "--json"]
        sandbox = subprocess.Popen(command, stdout=stdout, stderr=stderr)
        try:
            ready = _ready(out)
            found = re.search(r"HTTPS_PROXY='([^']+)'", _until(log, "HTTPS_PROXY"))
            assert found
            tokens = [part for name in TOKENS for part in ("--folder", name)]
            _newman(ready, found[1], tmp_path, *tokens, "--export-environment", str(tmp_path / "env.json"))
            _newman(
                ready, found[1], tmp_path, "-e", str(tmp_path / "env.json"),
                "--reporters", "json", "--reporter-json-export", str(tmp_path / "report.json"),
            )  # fmt: skip
        finally:
            sandbox.send_signal(signal.SIGTERM)
            sandbox.wait(30)
    run = json.loads((tmp_path / "report.json").read_text())["run"]
    assert run["failures"] == []
    assert [each["response"]["code"] for each in run["executions"]] == [201, 200, 200, 200, 200, 200, 200, 201, 200]


def _newman(ready: dict[str, str], proxy: str, folder: Path, *more: str) -> None:
    values = [part for name, key in NAMES.items() for part in ("--env-var", f"{name}={ready[key]}")]
    command = [NEWMAN or "", "run", str(COLLECTION), "--insecure", *values, *more]
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, "HTTPS_PROXY": proxy}, timeout=120)


def _ready(out: Path) -> dict[str, str]:
    said: dict[str, str] = json.loads(_until(out, "}"))
    return said


def _until(file: Path, mark: str) -> str:
    deadline = time.monotonic() + 90
    while mark not in (text := file.read_text()):
        assert time.monotonic() < deadline, text
        time.sleep(0.2)
    return text.splitlines()[0] if mark == "}" else text
