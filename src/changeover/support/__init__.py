"""Cases of support: opened with the evidence, written in by both sides, closed with a cause."""
