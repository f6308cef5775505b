"""Events that leave us: queued with what they tell, signed, delivered, kept to be sent again."""

FAILED_CHALLENGE = "This URL did not pass the security challenge check"
