"""Who is told by webhook of what happens on the board: subscriptions, and what they are sent."""
