"""Changeover moves an employer's job postings to its ATS without a gap or a duplicate."""
