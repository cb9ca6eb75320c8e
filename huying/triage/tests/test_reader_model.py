"""The model: the same from the same, never alone in charge, and not needed to go on."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from huying.triage.reader.labelled import OWN, OWN_SOURCE, BadLabel, load_labelled
from huying.triage.reader.measure import area_under_curve, figures
from huying.triage.reader.model import SHIPPED, BadModel, load_model
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Lane, Nature, Urgency
from huying.triage.reader.rulebook import load
from huying.triage.reader.train import train

AT = datetime(2022, 4, 2, 3, tzinfo=UTC)
MESSAGES = load_labelled(OWN, OWN_SOURCE)
HELD_OUT = load_labelled(Path(__file__).parent / "held_out", "held out")  # never to be trained on
BY_RULES = Reader(load())


def test_the_shipped_model_loads_and_is_small() -> None:
    reader = Reader.shipped()

    assert not reader.degraded
    assert reader.rulebook.version == json.loads((SHIPPED / "model.json").read_text())["rulebook"]
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 8_000_000


def test_the_same_messages_give_the_same_weights_bit_for_bit(tmp_path: Path) -> None:
    some = MESSAGES[::6]

    for name in ("one", "two"):
        train(some, load(), tmp_path / name)

    for file in ("weights.npy", "rows.npy", "signs.npy", "rarity.npy", "model.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_broken_model_is_told_and_rules_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED, folder)
    (folder / "weights.npy").write_bytes(b"nothing")

    with pytest.raises(BadModel):
        load_model(folder)
    reading = BY_RULES.read("我妈昏迷叫不醒，120打不通，求救", at=AT)

    assert BY_RULES.degraded
    assert reading.model is None
    assert reading.nature is Nature.PLEA
    assert reading.urgency is Urgency.CRITICAL


def test_a_model_for_other_features_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED, folder)
    card = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(card | {"features": "0"}))

    with pytest.raises(BadModel, match="features"):
        load_model(folder)


def test_no_own_plea_that_presses_is_laid_aside() -> None:
    reader = Reader.shipped()
    pressing = [
        message
        for message in MESSAGES
        if message.nature is Nature.PLEA
        and not message.done
        and message.urgency in (Urgency.CRITICAL, Urgency.HIGH)
    ]

    aside = [one.text for one in pressing if reader.read(one.text, at=AT).lane is Lane.ASIDE]

    assert len(pressing) > 200
    assert aside == []


def test_messages_that_were_never_trained_on_are_read_well() -> None:
    read = [Reader.shipped().read(message.text, at=AT) for message in HELD_OUT]

    measured = {one.name: one.value for one in figures(HELD_OUT, read)}

    # A little below what the model card says, so that a lucky or unlucky message breaks nothing.
    assert measured["critical or high pleas not aside"] >= 0.98
    assert measured["plea vs rest, AUC"] >= 0.93
    assert measured["critical recalled as critical"] >= 0.75
    assert measured["critical recalled as critical or high"] >= 0.85
    assert measured["non-pleas in act + unsure"] <= 0.42


def test_an_update_says_that_the_need_is_met_and_closes_nothing() -> None:
    reading = Reader.shipped().read("【更新】昨天求床位的老人已经住院了，谢谢大家，请勿再转", at=AT)

    assert reading.done


def test_the_figures_of_rules_alone_on_our_own_messages_stand() -> None:
    read = [BY_RULES.read(message.text, at=AT) for message in MESSAGES]

    measured = {one.name: one.value for one in figures(MESSAGES, read)}

    assert measured["plea vs rest, AUC"] > 0.8
    assert measured["critical recalled as critical or high"] > 0.8


def test_area_under_curve_counts_ties_half() -> None:
    assert area_under_curve(np.array([0.1, 0.9]), np.array([False, True])) == 1.0
    assert area_under_curve(np.array([0.5, 0.5]), np.array([False, True])) == 0.5


def test_a_bad_label_names_its_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('{"text":"a","nature":"plea"}\n{"text":"b","nature":"wish"}\n')

    with pytest.raises(BadLabel, match=r"gold\.jsonl:2.*wish"):
        load_labelled(file)
