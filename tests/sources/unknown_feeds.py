"""Feeds whose records and fields have names that nobody knows."""

from __future__ import annotations

ABOUT = "We look for somebody who knows the trade and likes to work in a small team by the water. " * 2


def chances(count: int = 3, *, closed: bool = True) -> bytes:
    """An XML feed of its own making: a header, and records called Chance with German names."""
    told = "".join(
        f'<Chance Nr="{70 + n}"><Kopf>{title}</Kopf><Wo><Stadt>Kiel</Stadt><Land>DE</Land></Wo><Seit>{n + 13}/04/2026'
        f"</Seit><Mehr>https://example.com/j/{70 + n}</Mehr><Langtext><![CDATA[<p>{ABOUT}</p>]]></Langtext></Chance>"
        for n, title in enumerate(("Night Baker", "Hull Painter", "Crane Operator")[:count])
    )
    end = "</Chances></Export>" if closed else ""
    return f'<?xml version="1.0"?><Export><Meta><Made>x</Made><By>y</By></Meta><Chances>{told}{end}'.encode()
