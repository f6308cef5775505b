"""Where jobs come from: each source is read into one Reading."""
