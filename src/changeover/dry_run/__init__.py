"""Two sources tried together before a company is set up: read, matched, told; nothing is added."""
