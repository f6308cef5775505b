"""The settings: which place wins, what is refused and how it is said, and what stays secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from changeover.settings import MASK, Described, SettingsRefused, described, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in, and an environment without settings."""
    for name in ("DATA", "PORT", "HOST", "QUIET_MINUTES", "DATABASE_URL", "LOG_FORMAT"):
        monkeypatch.delenv(f"CHANGEOVER_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def row(name: str, **flags: object) -> Described:
    return next(each for each in described(load(**flags)) if each.name == name)


class TestTheFirstPlaceWins:
    def test_a_default_where_nothing_is_given(self) -> None:
        assert row("port") == ("port", "8000", "8000", "default")

    def test_the_file_over_the_default(self, folder: Path) -> None:
        (folder / "changeover.toml").write_text("port = 1\n")
        assert row("port") == ("port", "1", "8000", "changeover.toml")

    def test_the_environment_over_the_file(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "changeover.toml").write_text("port = 1\n")
        monkeypatch.setenv("CHANGEOVER_PORT", "2")
        assert row("port") == ("port", "2", "8000", "environment")

    def test_a_flag_over_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CHANGEOVER_PORT", "2")
        assert row("port", port=3) == ("port", "3", "8000", "flag")
        assert row("port", port=None).origin == "environment"

    def test_an_empty_variable_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CHANGEOVER_PORT", "")
        assert row("port").origin == "default"


class TestTheDataFolder:
    def test_is_in_the_data_home(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(folder))
        assert load().data == folder / "changeover"
        monkeypatch.delenv("XDG_DATA_HOME")
        monkeypatch.setenv("HOME", str(folder))
        assert load().data == folder / ".local" / "share" / "changeover"

    def test_is_kept_for_a_user_without_a_home(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        monkeypatch.setenv("HOME", str(folder / "missing"))
        assert load().data.parent == Path("/var/tmp")

    def test_is_read_from_where_the_command_starts(self, folder: Path) -> None:
        assert load(data="here").data == folder / "here"


class TestSecrets:
    def test_are_masked_wherever_settings_are_shown(self) -> None:
        url = "postgresql://someone:secret-word@db.example.org/x"
        settings = load(database_url=url)
        assert row("database_url", database_url=url).value == MASK
        assert "secret-word" not in repr(settings) + str(settings) + settings.model_dump_json()
        assert settings.database_url is not None
        assert settings.database_url.get_secret_value() == url


class TestItRefusesPlainly:
    def test_a_value_that_cannot_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CHANGEOVER_PORT", "many")
        with pytest.raises(SettingsRefused, match=r"CHANGEOVER_PORT .* cannot be 'many': .*integer"):
            load()

    def test_a_flag_by_its_flags_name(self) -> None:
        with pytest.raises(SettingsRefused, match=r"--shrink-share cannot be 2: .*less than or equal to 1"):
            load(shrink_share=2)

    @pytest.mark.parametrize("text", ["porrt = 1", "[serve]\nport = 1"])
    def test_a_name_in_the_file_that_is_no_setting(self, folder: Path, text: str) -> None:
        (folder / "changeover.toml").write_text(text)
        with pytest.raises(SettingsRefused, match=r"no setting called \w+ .*docs/settings.md"):
            load()

    @pytest.mark.parametrize("content", [b"port = ", b"port = 1 # \xff"])
    def test_a_file_that_cannot_be_read(self, folder: Path, content: bytes) -> None:
        (folder / "changeover.toml").write_bytes(content)
        with pytest.raises(SettingsRefused, match=r"changeover.toml cannot be read"):
            load()


def test_settings_never_change_after_they_are_read() -> None:
    settings = load()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


def test_a_site_is_told_whom_to_ask() -> None:
    assert load().signature == "Changeover/0.1"
    assert load(contact="https://board.example.org/bot").signature == "Changeover/0.1 (+https://board.example.org/bot)"
