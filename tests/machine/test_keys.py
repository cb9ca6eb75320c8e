import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from huying.config import keys


def test_keys_are_made_once_and_for_their_owner_only(home: Path) -> None:
    made = keys.load_or_create(home)

    assert keys.load_or_create(home) == made
    assert stat.S_IMODE((home / "keys.toml").stat().st_mode) == 0o600
    assert Fernet(made.person_keys[0])


def test_processes_that_race_get_the_same_keys(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from huying.config import keys;"
        " print(keys.load_or_create(Path(sys.argv[1])).lookup_key)"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE)
        for _ in range(6)
    ]

    told = {racer.communicate()[0] for racer in racers}

    assert told == {f"{keys.load_or_create(home).lookup_key}\n".encode()}


@pytest.mark.parametrize("text", ["", "secret_key = ", 'secret_key = "a"', "\x00\xff"])
def test_a_broken_file_is_never_replaced(home: Path, text: str) -> None:
    (home / "keys.toml").write_text(text)

    with pytest.raises(keys.KeysUnusable, match="back-up"):
        keys.load_or_create(home)

    assert (home / "keys.toml").read_text() == text


def test_keys_that_are_gone_beside_their_database_are_not_made_anew(home: Path) -> None:
    (home / "pg" / "data").mkdir(parents=True)
    (home / "pg" / "data" / "PG_VERSION").write_text("18\n")

    with pytest.raises(keys.KeysUnusable, match="missing"):
        keys.load_or_create(home)

    assert not (home / "keys.toml").exists()


def test_a_refusal_tells_no_secret(home: Path) -> None:
    (home / "keys.toml").write_text('secret_key = "very-secret" nonsense')

    with pytest.raises(keys.KeysUnusable) as refused:
        keys.load_or_create(home)

    assert "very-secret" not in str(refused.value)
