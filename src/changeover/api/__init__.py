"""The board's own API for programs."""
