"""The wire for an ATS vendor on one machine, with everything that its client needs."""
