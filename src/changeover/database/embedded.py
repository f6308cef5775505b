"""The embedded server: made, started, found again and stopped, by one process at a time."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from changeover.database import archive, folders
from changeover.database.binaries import choose
from changeover.database.folders import Home
from changeover.database.refused import DatabaseRefused

PORT = 5432  # names the socket file only; nothing listens on the network
RETRY_SECONDS = 30.0
RECOVERY_SECONDS = 600.0
# Stands in the home while the server was ended on purpose.
ENDED = "ended"
NO_PROCESS = 2**31 - 2  # above every system's largest process id

OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    # A large reading waited for 16 MB of zeros to be on the disk before each 16 MB of its log.
    "wal_init_zero": "off",
    # And at each commit for the rest of its log, which the WAL writer writes on the way (every 200 ms as shipped).
    "wal_writer_delay": "10ms",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_lock_waits": "on",
    # One log file for each day of the week, begun anew when its day comes round.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server, reached by its socket alone."""

    socket_dir: Path
    data: Path
    port: int = PORT

    def conninfo(self, dbname: str, user: str) -> str:
        """What psycopg connects to for this database as this role."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, dbname=dbname, user=user)


class _State(Enum):
    ANSWERS = "a query was answered"
    STARTING = "it says that it is starting or stopping"
    SILENT = "nothing answers"


def ensure_running(data: Path, pg_bin: Path | None, *, durable: bool = True) -> Server:
    """The server of this data folder, made or started where needed; it runs on when this process ends.

    A server that runs already is taken as it is. ``durable=False`` trades the data's safety for speed and is for
    tests alone. Raises `DatabaseRefused` for a folder, a version or programs that cannot be used.
    """
    data = data.expanduser().absolute()
    with folders.plainly(data):
        home = folders.settled(data)
    if home and _state(home) is _State.ANSWERS:
        return Server(home.socket_dir, data)
    with folders.locked(data):
        home = folders.settle(data)
        if _state(home) is not _State.ANSWERS:
            programs = home.programs(choose(pg_bin, home.made_by()))
            if home.made_by() is None:
                _create(home, programs, durable)
            start(home, programs, durable)
    return Server(home.socket_dir, data)


def revive(data: Path, pg_bin: Path | None) -> bool:
    """Start the server of this data folder again where it has died; whether it had. One that was stopped stays so.

    Raises `DatabaseRefused` where it cannot be started.
    """
    home = folders.settled(data)
    if home is None or (home.path / ENDED).exists() or _postmaster(home) is not None:
        return False
    ensure_running(data, pg_bin)
    return True


def stop(data: Path) -> bool:
    """Stop this data folder's server, its open transactions rolled back; False where none was running."""
    data = data.expanduser().absolute()
    with folders.plainly(data):
        home = folders.settled(data)
    if home is None:
        return False
    with folders.locked(data):
        pid = _postmaster(home)
        if pid is None:
            return False
        home.write(ENDED, "")
        for signal in ("INT", "QUIT"):
            home.account.run(["sh", "-c", 'kill -s "$1" "$2"', "-", signal, str(pid)], Path("/"))
            if _gone(home, seconds=60):
                return True
    raise DatabaseRefused(
        f"The database server (process {pid}) does not stop. Look at its log in {home.server / 'log'}, or kill it: "
        "what it acknowledged is safe."
    )


@contextmanager
def passing(prefix: str) -> Iterator[Path]:
    """A new data folder, deleted after with its database."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    # Where root runs this, the database's own user passes through.
    made.chmod(0o711)
    try:
        yield made
    finally:
        discard(made)
        shutil.rmtree(made, ignore_errors=True)


def discard(data: Path) -> None:
    """Stop this data folder's server and delete its database; for demonstrations and tests."""
    stop(data)
    home = folders.settled(data.expanduser().absolute())
    if home:
        folders.discard(home, data)


def _state(home: Home) -> _State:
    try:
        conninfo = Server(home.socket_dir, home.path).conninfo("postgres", "postgres")
        with psycopg.connect(conninfo, connect_timeout=3, autocommit=True) as connection:
            connection.execute("select 1")
    except psycopg.Error as problem:
        text = str(problem)
        # A server with every place taken is alive, though it has none for this question.
        if "too many clients" in text or "remaining connection slots" in text:
            return _State.ANSWERS
        return _State.STARTING if "the database system is" in text else _State.SILENT
    return _State.ANSWERS


def _create(home: Home, programs: Path, durable: bool) -> None:
    """Make the cluster beside its place and rename it, so that a killed attempt leaves no half of one."""
    home.account.run(["rm", "-rf", "cluster.new"], home.server)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale-provider=libc", "--locale=C"]
    options += ["--no-instructions", *([] if durable else ["--no-sync"])]
    done = home.account.run([programs / "initdb", "-D", "cluster.new", *options], home.server)
    if done.returncode == 0:
        done = home.account.run(["mv", "cluster.new", "cluster"], home.server)
        _keep_names(home.server)
    if done.returncode != 0:
        raise DatabaseRefused(
            f"PostgreSQL could not make its database in {home.server}: {_last_line(done.stdout)}. "
            "Mend that, or give another folder with --data or CHANGEOVER_DATA."
        )


def _keep_names(folder: Path) -> None:
    """Make a rename in this folder survive a power failure, as it carries the commits that follow."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def start(
    home: Home,
    programs: Path,
    durable: bool = True,
    *,
    recovery: dict[str, str] | None = None,
    patience: float = RECOVERY_SECONDS,
) -> None:
    """Start the server and wait for its first answer.

    Tried again for a while: for some seconds after a kill, the old server's process, its children or its memory
    may still be there, and PostgreSQL rightly refuses to start beside them. ``recovery``: options of a restore;
    ``patience``: seconds that it may recover. Raises DatabaseRefused. The caller holds the lock.
    """
    configure(home, durable, recovery)
    (home.path / ENDED).unlink(missing_ok=True)
    home.account.run(["rm", "-f", "start.log"], home.server)
    command: list[str | Path] = [programs / "pg_ctl", "start", "-D", "cluster", "-l", "start.log", "-w", "-t", "60"]
    started = time.monotonic()
    while True:
        _bury(home)
        done = home.account.run([*command, "-o", "-c config_file=../server.conf"], home.server)
        if _awaited(home, patience):
            return
        waited = time.monotonic() - started
        if waited > (RETRY_SECONDS if _may_pass(home) else RETRY_SECONDS / 10):
            break
        time.sleep(0.2)
    pid = _postmaster(home)
    if pid is not None:
        raise DatabaseRefused(
            f"A database server (process {pid}) holds the folder {home.server} and does not answer. "
            "End it with `changeover db stop` and try again."
        )
    raise DatabaseRefused(
        f"The database server does not start: {_reason(home) or _last_line(done.stdout)}. "
        f"Its logs are in {home.server}; docs/running-the-database.md says what can be done."
    )


def configure(home: Home, durable: bool = True, recovery: dict[str, str] | None = None) -> None:
    """Write the server's options, which it reads as it starts or is told to. The caller holds the lock."""
    buffers = _buffers()
    sizes = {"shared_buffers": f"{buffers}MB", "effective_cache_size": f"{max(1024, 2 * buffers)}MB"}
    options = OPTIONS | sizes | {"unix_socket_directories": f'"{home.socket_dir}"'}
    options |= archive.options(home) | ({} if durable else NOT_DURABLE) | (recovery or {})
    quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in options.items()}
    lines = [f"{name} = '{value}'\n" for name, value in quoted.items()]
    head = "# Written at each start. To change a setting for good, use ALTER SYSTEM.\n"
    home.write("server.conf", head + "".join(lines))


def _buffers() -> int:
    """MB of pages that the server holds: a sixteenth of the memory there is, from 128 MB to 2 GB.

    A reading of a million jobs with 2 % changed touches over 256 MB of them, and took half as long again with no more.
    The server takes them as it needs them.
    """
    memory = 4 << 30
    with suppress(OSError, ValueError):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # of a container, where it has a limit of its own
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(max(memory // 16 >> 20, 128), 2048)


def _awaited(home: Home, patience: float) -> bool:
    """Whether the server answers, waiting as long as it says that it is recovering, at most ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while (state := _state(home)) is _State.STARTING and time.monotonic() < deadline:
        time.sleep(0.1)
    return state is _State.ANSWERS


def _pid(home: Home) -> int | None:
    try:
        return int((home.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _postmaster(home: Home) -> int | None:
    """The process id of the server that lives in this cluster, whether or not it answers."""
    pid = _pid(home)
    if pid is None or home.account.run(["sh", "-c", 'kill -s 0 "$1"', "-", str(pid)], Path("/")).returncode != 0:
        return None
    where = Path(f"/proc/{pid}/cwd")
    try:
        # A process id is used again in time; a server's working folder is its cluster.
        return pid if not where.parent.is_dir() or where.readlink() == home.cluster.resolve() else None
    except OSError:
        return None


def _bury(home: Home) -> None:
    """Where the killed server is a zombie that nobody reaps, name another process in its lock file.

    PostgreSQL takes a zombie for a living server, for ever where process 1 does not reap. The rest of the lock
    file stays, so that it still refuses to start while a child of the old server uses its memory.
    """
    pid = _pid(home)
    try:
        dead = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return
    if dead:
        home.account.run(["sed", "-i", f"1s/.*/{NO_PROCESS}/", "cluster/postmaster.pid"], home.server)
        home.account.run(["rm", "-f", f".s.PGSQL.{PORT}.lock"], home.socket_dir)


def _gone(home: Home, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while (home.cluster / "postmaster.pid").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _may_pass(home: Home) -> bool:
    text = _reason(home)
    return "already exists" in text or "still in use" in text


def _reason(home: Home) -> str:
    """The last thing that the server said before it gave up."""
    logs = [home.server / "start.log", *sorted((home.server / "log").glob("*"), key=lambda log: log.stat().st_mtime)]
    fatal = [
        line.partition("FATAL:")[2] or line.partition("PANIC:")[2]
        for log in logs
        if log.is_file()
        for line in log.read_text(errors="replace").splitlines()[-50:]
        # What it answers to our own asking is no reason.
        if ("FATAL:" in line or "PANIC:" in line) and "the database system is" not in line
    ]
    return fatal[-1].strip() if fatal else ""


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip().rstrip(".") if lines else "it said nothing"
