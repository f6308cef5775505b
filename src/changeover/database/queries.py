"""SQL in files: each query has a name, and one test prepares them all against the schema."""

from __future__ import annotations

from pathlib import Path

import aiosql


class Queries:
    """The named queries of one ``.sql`` file, as text for psycopg (``:name`` becomes ``%(name)s``).

    aiosql reads the files; it has no async psycopg adapter, so the stores execute the text.
    """

    def __init__(self, path: Path) -> None:
        loaded = aiosql.from_path(path, "psycopg", mandatory_parameters=False)
        self._text: dict[str, str] = {
            name: str(getattr(loaded, name).sql) for name in loaded.available_queries if not name.endswith("_cursor")
        }

    def __getattr__(self, name: str) -> str:
        try:
            return self._text[name]
        except KeyError:
            raise AttributeError(f"no query is named {name}") from None

    def all(self) -> dict[str, str]:
        """Every query by name."""
        return dict(self._text)


def beside(module_file: str, name: str = "store") -> Queries:
    """The queries of ``<name>.sql`` in the folder of ``module_file``."""
    return Queries(Path(module_file).with_name(f"{name}.sql"))


def like(words: str) -> str:
    """A pattern for LIKE that holds these words as they are; empty where there are none."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, "\\" + sign)
    return f"%{words}%" if words else ""
