"""The alerts and the dashboard ask for metrics that exist, and the page about them tells the same."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from changeover.web.metrics import Metrics
from operating.processes import ROOT

DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "operations.md").read_text()


def known() -> set[str]:
    metrics = Metrics()
    metrics.count("GET", "/jobs", 200, 0.1)
    metrics.deliveries.labels("dead").set(0)
    text = metrics.text().decode()
    return {re.split(r"[ {]", line)[0] for line in text.splitlines() if line and not line.startswith("#")}


def named(expression: str) -> set[str]:
    return set(re.findall(r"\bchangeover_\w+", expression))


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DEPLOY / "prometheus-alerts.yml").read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]
    return found


def test_every_alert_asks_for_metrics_that_exist() -> None:
    assert {rule["alert"]: named(rule["expr"]) - known() for rule in rules() if named(rule["expr"]) - known()} == {}
    assert all(named(rule["expr"]) for rule in rules())


def test_every_panel_asks_for_metrics_that_exist() -> None:
    asked = {panel["title"]: named(target["expr"]) for panel in panels() for target in panel["targets"]}
    assert {title: names - known() for title, names in asked.items() if names - known()} == {}
    assert len({panel["title"] for panel in panels()}) == len(panels())


def test_every_metric_of_the_board_is_watched() -> None:
    told = " ".join([*(rule["expr"] for rule in rules()), json.dumps(panels())])
    plain = {name for name in known() if not re.search(r"_(bucket|sum|count|created|total)$", name)}
    assert plain - named(told) == set()


def test_the_page_says_of_every_alert_what_to_do() -> None:
    for rule in rules():
        told = f"| `{rule['alert']}` | {rule['annotations']['summary']} ({rule['labels']['severity']}) | "
        assert told + rule["annotations"]["description"] in PAGE


def test_the_page_explains_every_reason_of_readyz() -> None:
    code = (ROOT / "src" / "changeover" / "api" / "operations.py").read_text()
    reasons = set(re.findall(r'reasons\.append\("(\w+)"\)', code))
    assert reasons == set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))
