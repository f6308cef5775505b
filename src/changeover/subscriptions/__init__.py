"""Who is told by webhook of what happens on the board: subscriptions, and what they are sent."""

# Subscriptions are the board's own: in their rows, and in those of what they are sent, company_id is this.
BOARD = 0
