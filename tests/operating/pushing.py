"""Pushes jobs and reads pages on the host it runs on, one after another, and notes each answer in a file.

Arguments: the board's URL, the file of answers, the most seconds, then for each company its id and a token.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from operating.processes import ask


def main(url: str, answers: str, seconds: str, *companies: str) -> None:
    """Until the file ``answers.stop`` is there, or the seconds are over."""
    ends, number = time.monotonic() + float(seconds), 0
    with Path(answers).open("w") as file:
        while time.monotonic() < ends and not Path(f"{answers}.stop").exists():
            number += 1
            for company, token in zip(companies[::2], companies[1::2], strict=True):
                name = f"{Path(answers).stem}-{number}"
                jobs = {"jobs": [{"id": name, "title": f"Welder {name}", "location": "Oslo, Norway"}]}
                at = f"{url}/api/v1/companies/{company}/jobs"
                status, said, _ = ask(at, jobs, token=token, timeout=60)
                taken = status == 200 and said["taken"] == 1
                print(json.dumps([company, name, status, taken, time.time()]), file=file, flush=True)
            ask(f"{url}/jobs", timeout=60)
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
