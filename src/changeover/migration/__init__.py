"""A company's passage from its legacy source to its ATS."""
