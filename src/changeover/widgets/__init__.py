"""What an ATS embeds: applicant highlights, full profile, and the configuration of the integration."""
