"""What is live, defined once, and the proof that it never lapsed or doubled."""
