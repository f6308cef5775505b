"""Consolidated feeds: one file with the jobs of many companies, read once and handed out."""
