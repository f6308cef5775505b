"""The refusal that every part of the database raises: one sentence for a person."""

from __future__ import annotations


class DatabaseRefused(Exception):
    """The database cannot be used as asked; ``sentence`` says what happened, what it means and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SchemaTooNew(DatabaseRefused):
    """The database was upgraded by a later version of Changeover than this one."""
