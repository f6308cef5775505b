"""People who sign in: operators, employers and recruiters, their sessions and their second factor."""
