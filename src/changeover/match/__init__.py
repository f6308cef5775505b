"""Which legacy job and which ATS job are one opening, and why."""
