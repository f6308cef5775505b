"""Two sources tried together before a company is set up: read, matched, told; nothing is added."""

# Dry runs are the board's own until a company is made of one: in their rows company_id is this.
BOARD = 0
