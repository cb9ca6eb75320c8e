from pathlib import Path

import pytest

from huying.clocks.policy import FOLDER, MADE, URGENCIES, BadPolicy, policies, policy_for, read

DEFAULT = (FOLDER / "default.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_urgency_promises_everything(path: Path) -> None:
    spans = read(path).spans

    assert set(spans) == URGENCIES
    for urgency, promises in spans.items():
        assert set(promises) >= MADE, urgency


def test_a_desk_has_its_own_policy_and_all_others_the_default() -> None:
    assert policy_for("sz-civil").version == "sz-civil-1"
    assert policy_for("desk").version == "default-1"
    assert policies()[-1].version == "default-1"


@pytest.mark.parametrize(
    ("before", "instead", "says"),
    [
        ("settle = 7200", "settle = 0", "spans.critical.settle"),
        ("settle = 7200", "settle = true", "spans.critical.settle"),
        ("settle = 7200", 'settle = "2 h"', "spans.critical.settle"),
        ("settle = 7200", "settle = { days = 2 }", "spans.critical.settle"),
        ("settle = 7200", 'settle = { working_days = "2" }', "spans.critical.settle.working_days"),
        ("settle = 7200", "setle = 7200", "spans.critical promises nothing for settle"),
        ("settle = 7200", "settle = 7200\nlunch = 3600", "spans.critical.lunch"),
        ("rung = 120", "rung = { working_days = 1 }", "spans.critical.rung"),
        ("[spans.critical]", "[spans.crtical]", "must be exactly"),
        ("desks = []", 'desks = "desk"', "desks is a list"),
        ("desks = []", "", "desks"),
        ("desks = []", "desks = [", "bad.toml"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, before: str, instead: str, says: str
) -> None:
    path = tmp_path / "bad.toml"
    assert before in DEFAULT
    path.write_text(DEFAULT.replace(before, instead, 1), encoding="utf-8")

    with pytest.raises(BadPolicy, match=r"bad\.toml") as refused:
        read(path)

    assert says in str(refused.value)


def test_a_file_that_is_no_text_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(BadPolicy, match=r"bad\.toml"):
        read(tmp_path / "bad.toml")
