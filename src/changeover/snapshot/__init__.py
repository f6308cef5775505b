"""What a source said once, kept, and what of it to believe."""
