"""The end of an old source: announced to its employer, withdrawn in time, or carried out on its day."""
