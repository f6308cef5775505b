"""Every setting with its default and what it means; the only module that reads the environment."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "CHANGEOVER_"
FILE = "changeover.toml"
MASK = "********"
# In place of a key: the one that a file of the data folder holds.
KEY_FILE = "file"

Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]

_TOKEN = re.compile(r"(?:[\w-]{1,40}:)?[A-Za-z0-9._~+/=-]{32,200}", re.ASCII)


def _tokens(told: SecretStr | None) -> SecretStr | None:
    """Tokens as they must be. Not what is wrong with which: the message must not quote them."""
    if told is not None and not all(_TOKEN.fullmatch(each) for each in _split(told)):
        raise ValueError("each token is 32 to 200 letters, digits or ._~+/=-, with a name and a colon before it or not")
    return told


def _older_keys(told: SecretStr | None) -> SecretStr | None:
    """Keys as they must be, and like tokens not quoted."""
    if told is not None and not all(each == KEY_FILE or len(each) >= 32 for each in _split(told)):
        raise ValueError(f"each key has at least 32 characters, or is the word {KEY_FILE}")
    return told


def _split(told: SecretStr) -> list[str]:
    return [each.strip() for each in told.get_secret_value().split(",")]


Tokens = Annotated[SecretStr | None, AfterValidator(_tokens)]
OlderKeys = Annotated[SecretStr | None, AfterValidator(_older_keys)]


class SettingsRefused(Exception):
    """A setting cannot be used; ``sentence`` says which, why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Described(NamedTuple):
    """One setting for a person: ``origin`` is ``flag``, ``environment``, ``changeover.toml`` or ``default``."""

    name: str
    value: str
    default: str
    origin: str


def default_data() -> Path:
    """The data folder where none is given: under the user's data home, or /var/tmp for a user without a home."""
    given = os.environ.get("XDG_DATA_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "changeover"
    home = Path("~").expanduser()
    if home.is_dir() and os.access(home, os.W_OK):
        return home / ".local" / "share" / "changeover"
    return Path(f"/var/tmp/changeover-{os.getuid()}")  # noqa: S108  kept across restarts, unlike /tmp


class Settings(BaseSettings):
    """All settings, never changed after they are read. Make one with `load`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=FILE, frozen=True, extra="forbid", env_ignore_empty=True, validate_default=True
    )
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    data: Folder = Field(default_factory=default_data, description="Folder for the embedded database and files.")
    database_url: SecretStr | None = Field(
        default=None, description="A PostgreSQL server to use instead of the embedded one."
    )
    pg_bin: Folder | None = Field(
        default=None, description="Folder of PostgreSQL's programs for the embedded database."
    )
    host: str = Field(default="127.0.0.1", description="Address that the web pages and APIs listen on.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port that the web pages and APIs listen on; 0 picks one."
    )
    public_url: str | None = Field(default=None, description="Address under which the world reaches this board.")
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="The board's key, which seals secrets and signs links and sessions; else a file in `data`.",
    )
    older_secret_keys: OlderKeys = Field(
        default=None,
        description="Keys that are taken beside `secret_key` while it is changed, the oldest last, separated by "
        "commas; `file` is the one in `data`.",
    )
    blocked_countries: str = Field(
        default="CU IR KP SY", description="Countries, by their two letters, where no job may be posted."
    )
    operator_tokens: Tokens = Field(
        default=None, description="Tokens of programs that may do what the console does, separated by commas."
    )
    reader_tokens: Tokens = Field(
        default=None, description="Tokens of programs that may read what the console shows, separated by commas."
    )
    metrics_tokens: Tokens = Field(
        default=None,
        description="Tokens of programs that may read `/metrics`, separated by commas; if none, anyone who reaches it.",
    )
    api_requests_per_minute: int = Field(
        default=6000,
        ge=0,
        description="Requests a minute that one credential may make of the API, over all web processes; 0 is no limit.",
    )
    wire_requests_per_minute: int = Field(
        default=30_000,
        ge=0,
        description="Requests a minute that one application may make on the Apply Connect wire, over all web "
        "processes; 0 is no limit.",
    )
    session_idle_minutes: Count = Field(
        default=120, description="Minutes without use after which a session of an account ends."
    )
    session_hours: Count = Field(default=12, description="Hours after which a session of an account ends, used or not.")
    second_factor: str = Field(
        default="resolve revert cancel people programs",
        pattern="^(?:(?:resolve|revert|cancel|people|programs)(?: |$))*$",
        description="Acts for which an account must have shown its second factor; empty for none.",
    )
    oidc_issuer: str = Field(
        default="", description="OpenID provider at which people may sign in, by its address; empty for none."
    )
    oidc_client_id: str = Field(default="", description="What this board is called at the OpenID provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Secret of this board at the OpenID provider, where it wants one."
    )
    allow_private_addresses: bool = Field(
        default=False, description="Let sources be read from loopback and private addresses; refused otherwise."
    )
    way_back_days: int = Field(default=14, ge=0, description="Days after a cut-over during which it can be reverted.")
    support_days: int = Field(
        default=14, ge=0, description="Days after activation during which codes point at support."
    )
    shrink_share: Share = Field(
        default=0.20, description="A reading that lost more than this share of the jobs is held."
    )
    shrink_jobs: int = Field(
        default=5, ge=0, description="A reading that lost no more jobs than this is not held for it."
    )
    suspect_repeats: int = Field(
        default=6, ge=0, description="Readings that must agree before a held one is believed; 0 leaves it to a person."
    )
    suspect_hours: int = Field(
        default=24, ge=0, description="Hours for which they must agree; one without any job always waits for a person."
    )
    page_misses: int = Field(
        default=2, ge=1, le=2, description="Whole readings of a career site that must lack a job before it is closed."
    )
    quiet_minutes: Count = Field(
        default=30, description="Minutes without a new pushed job after which a push is whole."
    )
    fresh_factor: float = Field(default=2.0, ge=1, description="A pulled reading is fresh for its schedule times this.")
    fresh_hours_max: Count = Field(default=24, description="Hours after which no pulled reading is fresh any more.")
    resolve_overdue_hours: Count = Field(
        default=24, description="Hours after which a waiting resolve is shown as overdue."
    )
    read_every_minutes: Count = Field(default=60, description="Minutes between two readings of one source.")
    apply_per_hour: Count = Field(default=60, description="Application forms that one address may send within an hour.")
    offsite_after_failed_delivery: bool = Field(
        default=False,
        description="Whether a job of the Apply Connect wire is applied for at the ATS from the moment its first "
        "application could not be delivered at once, until the ATS tells the job again.",
    )
    rejection_hold_hours: int = Field(
        default=72,
        ge=0,
        le=72,
        description="Hours before a candidate sees a rejection, which may be taken back till then.",
    )
    retention_days: int = Field(
        default=0,
        ge=0,
        description="Days after which an application is erased, where its company says nothing; 0 is never.",
    )
    widget_token_minutes: int = Field(
        default=15, ge=1, le=60, description="Minutes for which a recruiter's token opens widgets in the ATS."
    )
    smtp_host: str = Field(default="", description="Mail server that e-mail to candidates goes to; empty sends none.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is encrypted."
    )
    smtp_user: str = Field(default="", description="Login at the mail server; empty for none.")
    smtp_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    mail_from: str = Field(default="jobs@localhost", description="Address that e-mail to candidates comes from.")
    legacy_notice_days: Count = Field(
        default=30, description="Days that what a revoked old source told last stays on the board before it ends."
    )
    match_weights: Folder | None = Field(
        default=None,
        description="File of weights for matching that `changeover train` wrote; the shipped ones if none.",
    )
    full_read_hours: Count = Field(
        default=24, description="Hours after which a source is read in full, though it says that it has not changed."
    )
    raw_snapshot_mb: int = Field(
        default=32,
        ge=0,
        le=1024,
        description="MB, compressed, kept of what a source answered last: to read it again and to ask for less.",
    )
    work_concurrency: Count = Field(default=4, description="Work items that one worker runs at once.")
    user_agent: str = Field(
        default="Changeover/0.1", min_length=1, description="How the fetcher names itself to sites."
    )
    contact: str = Field(default="", description="Address where a site's owner reaches you; added to the user agent.")
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people or for programs."
    )
    log_level: Literal["info", "warning"] = Field(
        default="info", description="Everything that is done is logged, or only what somebody should look at."
    )
    fetch_max_bytes: Count = Field(default=8_000_000_000, description="Largest feed read from a source, in bytes.")
    fetch_pause_seconds: float = Field(default=0.2, ge=0, description="Seconds between two requests to one host.")
    fetch_timeout_seconds: float = Field(default=30.0, gt=0, description="Seconds that a source may stay silent.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags over environment over file, and nothing else."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def secret_keys(self) -> list[str]:
        """The generations of the board's key, the newest first; ``KEY_FILE`` stands for the one in `data`."""
        newest = KEY_FILE if self.secret_key is None else self.secret_key.get_secret_value()
        older = [] if self.older_secret_keys is None else _split(self.older_secret_keys)
        return list(dict.fromkeys((newest, *older)))

    @property
    def signature(self) -> str:
        """The user agent as sent: with the contact, where one is given."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent


def load(**flags: Any) -> Settings:
    """Read the settings once: ``flags`` (None means not given) over environment over ``changeover.toml``.

    Raises `SettingsRefused` with one sentence for a value or a file that cannot be used.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        in_file = tomllib.loads(Path(FILE).read_text()) if Path(FILE).is_file() else {}
        settings = Settings(**given)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsRefused(f"{FILE} cannot be read: {problem}. Mend it or move it away.") from problem
    except ValidationError as problem:
        raise SettingsRefused(_sentence(problem, given)) from None
    settings._origins.update(_origins(given, in_file))
    return settings


def load_alone(**flags: Any) -> Settings:
    """Settings for a demonstration: ``flags`` and defaults, whatever board the user's own settings describe.

    Only which PostgreSQL runs and how the log is written are the user's.
    """
    own = {"data", "pg_bin", "log_format"}
    defaults = {name: field.get_default() for name, field in Settings.model_fields.items() if name not in own}
    return load(**flags).model_copy(update={name: value for name, value in defaults.items() if name not in flags})


def described(settings: Settings) -> list[Described]:
    """Every setting in the order of this module, secrets masked: what ``changeover settings`` prints."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        origin = settings._origins.get(name, "default")
        rows.append(Described(name, _shown(getattr(settings, name)), _shown(default), origin))
    return rows


def descriptions() -> dict[str, str]:
    """What each setting means, one line each, by name."""
    return {name: field.description or "" for name, field in Settings.model_fields.items()}


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return MASK
    return "" if value is None else str(value)


def _origins(given: dict[str, Any], in_file: dict[str, Any]) -> dict[str, str]:
    in_environment = {name.lower().removeprefix(PREFIX.lower()) for name, value in os.environ.items() if value}
    origins = dict.fromkeys(in_file, FILE)
    origins.update(dict.fromkeys(in_environment & set(Settings.model_fields), "environment"))
    origins.update(dict.fromkeys(given, "flag"))
    return origins


def _sentence(problem: ValidationError, given: dict[str, Any]) -> str:
    """The first fault as one sentence; the value is left out where it may be a secret."""
    fault = problem.errors()[0]
    name = str(fault["loc"][0]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        return f"There is no setting called {name} (in {FILE}). See docs/settings.md for their names."
    where = f"--{name.replace('_', '-')}" if name in given else f"{PREFIX}{name.upper()} (or {name} in {FILE})"
    secret = name in Settings.model_fields and "SecretStr" in str(Settings.model_fields[name].annotation)
    shown = "" if secret else f" {fault['input']!r}"
    reason = fault["msg"][:1].lower() + fault["msg"][1:]
    return f"The setting {where} cannot be{shown}: {reason}."
