import os
import signal
import time
from collections.abc import Callable

from huying.config.children import Child, stop_all

# Stands for any of ours: starts one below itself, as the web does, and waits.
FAMILY = "import subprocess,sys,time; subprocess.Popen(['sleep','60']); time.sleep(60)"


def _eventually(happens: Callable[[], bool], within_s: float = 5.0) -> bool:
    patience = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > patience:
            return False
        time.sleep(0.02)
    return True


def _sleeper() -> Child:
    # `-m timeit -n 1 STATEMENT` runs any statement as a module would.
    return Child("sleeper", ("timeit", "-n1", "-r1", FAMILY))


def test_a_child_that_was_killed_is_started_again() -> None:
    said: list[str] = []
    child = _sleeper()
    child.start()
    first = child.pid
    assert first

    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        child.look(said.append)
        return child.pid not in (None, first)

    assert _eventually(again)
    assert said == ["sleeper ended (SIGKILL) and is started again in 0.5 s"]
    stop_all([child])


def test_what_a_dead_child_had_started_is_ended_with_it() -> None:
    child = _sleeper()
    child.start()
    group = child.pid
    assert group
    assert _eventually(lambda: _members(group) == 2)

    os.kill(group, signal.SIGKILL)
    assert _eventually(child.is_gone)
    child.look(lambda _: None)

    assert _eventually(lambda: _members(group) == 0)
    stop_all([child])


def test_one_that_dies_at_once_waits_longer_each_time() -> None:
    said: list[str] = []
    child = Child("broken", ("no_such_module",))
    child.start()

    def twice() -> bool:
        child.look(said.append)
        return len(said) == 2

    assert _eventually(twice)
    assert said[0].endswith("in 0.5 s")
    assert said[1].endswith("in 1 s")
    stop_all([child])


def test_a_story_that_is_told_is_not_told_again() -> None:
    child = Child("story", ("timeit", "-n1", "-r1", "pass"), once=True)
    child.start()
    assert _eventually(child.is_gone)

    child.look(lambda _: None)
    child.look(lambda _: None)

    assert child.pid is None


def _members(group: int) -> int:
    """How many processes of `group` live; the dead whom nobody has buried don't count."""
    living = 0
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                state, _, found = file.read().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        living += int(found) == group and state != "Z"
    return living
