"""Trains the model: the same input gives the same weights, bit for bit, on one machine.

All heads are linear in what `features` sees, so they are fitted in the space of the messages (a
kernel of some two thousand rows) and the weights are computed from there.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.features import (
    HASH_BITS,
    VERSION,
    columns_for,
    pieces,
    signs,
    wording,
)
from huying.triage.reader.fit import Floats, fit_shares, fit_slope
from huying.triage.reader.judge import Lines, Verdict, flagged_urgency
from huying.triage.reader.labelled import OWN_SOURCE, Labelled
from huying.triage.reader.language import language_of
from huying.triage.reader.marks import Mark, find_marks
from huying.triage.reader.model import NATURES
from huying.triage.reader.result import URGENCIES, Nature, Urgency
from huying.triage.reader.rulebook import CATEGORIES, Rulebook
from huying.triage.reader.text import readable

Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]

SEED = 20_221_124
PIECES_SEEN_MIN = 3  # a piece of wording seen less often says more of its message than of its kind
WORDING_SHARE = 10.0  # what the wording counts beside …
SIGNS_SHARE = 0.25  # … what the rules found
PENALTY = 1.0
BALANCE_SOURCES = 0.5  # 0: every message counts the same; 1: every source counts the same
BALANCE_NATURES = 0.7
BALANCE_CATEGORIES = 0.35
INNER_FOLDS = 4

# What the lines between lanes and urgencies are drawn for, on messages not trained on.
SEEN_MIN = 0.995  # share of critical and high pleas that some human sees
ACT_PRECISION_MIN = 0.95
CRITICAL_PRECISION_MIN = 0.76

CATEGORY_NAMES = tuple(sorted(CATEGORIES))


@dataclass(frozen=True)
class Examples:
    """Labelled messages as numbers."""

    messages: Sequence[Labelled]
    marks: Sequence[Sequence[Mark]]
    languages: Sequence[str]
    columns: dict[str, int]
    found: Sequence[NDArray[np.uint32]]
    named: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.messages)

    @cached_property
    def nature(self) -> Whole:
        return np.array([NATURES.index(message.nature) for message in self.messages])

    @cached_property
    def category(self) -> Whole:
        return np.array([CATEGORY_NAMES.index(message.category) for message in self.messages])

    @cached_property
    def urgency(self) -> Whole:
        return np.array([URGENCIES.index(message.urgency) for message in self.messages])

    @cached_property
    def flagged(self) -> Whole:
        """The urgency that the rules alone demand."""
        in_force = [[mark for mark in marks if mark.scope is None] for marks in self.marks]
        return np.array([URGENCIES.index(flagged_urgency(marks)) for marks in in_force])

    @cached_property
    def source(self) -> NDArray[np.str_]:
        return np.array([message.source for message in self.messages])

    @cached_property
    def rarity(self) -> NDArray[np.float32]:
        """How much each piece of wording counts: the rarer, the more; too rare, nothing."""
        seen = np.zeros(1 << HASH_BITS, dtype=np.float64)
        for found in self.found:
            seen[found] += 1
        rare = np.sqrt(np.log((1 + len(self)) / np.maximum(seen, 1)))
        return np.where(seen >= PIECES_SEEN_MIN, rare, 0.0).astype(np.float32)

    @cached_property
    def kernel(self) -> Floats:
        """How alike every two messages are."""
        kept = np.flatnonzero(self.rarity)
        place = np.zeros(1 << HASH_BITS, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        table = np.zeros((len(self), len(kept)), dtype=np.float32)
        for row, found in enumerate(self.found):
            known = found[self.rarity[found] > 0]
            table[row, place[known]] = self.rarity[known]
        table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
        wording_alike = (table @ table.T).astype(np.float64)
        signs_alike = (self.named @ self.named.T).astype(np.float64)
        alike: Floats = WORDING_SHARE * wording_alike + SIGNS_SHARE * signs_alike
        return alike


def examples_of(messages: Sequence[Labelled], rulebook: Rulebook) -> Examples:
    """Read the messages as far as the rules go, and turn them into numbers."""
    columns = columns_for([rule.id for rule in rulebook.rules])
    texts = [readable(message.text) for message in messages]
    marks = [find_marks(text, rulebook) for text in texts]
    return Examples(
        messages=messages,
        marks=marks,
        languages=[language_of(text.clean) for text in texts],
        columns=columns,
        found=[pieces(wording(text)) for text in texts],
        named=np.array(
            [signs(text, found, columns) for text, found in zip(texts, marks, strict=True)]
        ),
    )


def heads(examples: Examples, rows: Whole) -> Floats:
    """Fit all heads on some rows. Gives one column a head, in message space, the constant last."""
    lower = np.linalg.cholesky(
        examples.kernel[np.ix_(rows, rows)] + 1e-3 * np.eye(len(rows), dtype=np.float64)
    )
    points = np.column_stack([lower, np.ones(len(rows))])
    weight = _source_weight(examples.source[rows])
    nature, category = examples.nature[rows], examples.category[rows]
    urgency = examples.urgency[rows]
    plea = nature == NATURES.index(Nature.PLEA)
    themed = nature < 4  # the natures whose category matters: plea, consult, complaint, suggestion
    fitted = [
        _two(points, plea, weight),
        _two(points[plea], urgency[plea] == URGENCIES.index(Urgency.CRITICAL), weight[plea]),
        _two(points[plea], urgency[plea] >= URGENCIES.index(Urgency.HIGH), weight[plea]),
        _many(points, nature, len(NATURES), weight, BALANCE_NATURES),
        _many(
            points[themed], category[themed], len(CATEGORY_NAMES), weight[themed],
            BALANCE_CATEGORIES,
        ),
    ]  # fmt: skip
    found = np.column_stack(fitted)
    found[:-1] = np.linalg.solve(lower.T, found[:-1])
    return found


def scores_of(examples: Examples, rows: Whole, fitted: Floats, wanted: Whole) -> Floats:
    """Give the raw scores of the wanted rows by heads fitted on other rows."""
    alike = examples.kernel[np.ix_(wanted, rows)]
    return np.column_stack([alike, np.ones(len(wanted))]) @ fitted


def _two(points: Floats, wanted: Truths, weight: Floats) -> Floats:
    either = np.column_stack([~wanted, wanted]).astype(np.float64)
    found = fit_shares(points, either, weight, PENALTY)
    return found[:, 1:] - found[:, :1]


def _many(points: Floats, wanted: Whole, classes: int, weight: Floats, balance: float) -> Floats:
    counted = np.maximum(np.bincount(wanted, minlength=classes), 1)
    evened = (len(wanted) / classes / counted) ** balance
    return fit_shares(points, np.eye(classes)[wanted], weight * evened[wanted], PENALTY)


def _source_weight(source: NDArray[np.str_]) -> Floats:
    names, counted = np.unique(source, return_counts=True)
    even = len(source) / len(names)
    weight = {
        str(name): (even / int(count)) ** BALANCE_SOURCES
        for name, count in zip(names, counted, strict=True)
    }
    return np.array([weight[str(name)] for name in source])


@dataclass(frozen=True)
class Tuning:
    """What is set on messages that the heads were not fitted on."""

    slopes: dict[str, tuple[float, float]]
    lines: Lines


def tune(examples: Examples, rows: Whole) -> Tuning:
    """Calibrate and draw the lines by an inner cross-validation over `rows` alone."""
    scores = np.zeros((len(rows), 3))
    parts = folds(examples, rows, INNER_FOLDS)
    for part in range(INNER_FOLDS):
        here, there = rows[parts != part], rows[parts == part]
        scores[parts == part] = scores_of(examples, here, heads(examples, here), there)[:, :3]
    # Own messages are plainer than life; the lines are drawn where the real ones lie.
    real = examples.source[rows] != OWN_SOURCE
    if not real.any():
        real[:] = True
    plea = examples.nature[rows] == NATURES.index(Nature.PLEA)
    urgency = examples.urgency[rows]
    critical = urgency == URGENCIES.index(Urgency.CRITICAL)
    high = urgency >= URGENCIES.index(Urgency.HIGH)
    slopes = {
        "plea": fit_slope(scores[real, 0], plea[real]),
        "critical": fit_slope(scores[real & plea, 1], critical[real & plea]),
        "high": fit_slope(scores[real & plea, 2], high[real & plea]),
    }
    chances = np.column_stack(
        [calibrated(scores[:, at], slopes[name]) for at, name in enumerate(slopes)]
    )
    lines = _lines(
        chances[real], plea[real], critical[real] & plea[real], high[real] & plea[real],
        examples.flagged[rows][real],
    )  # fmt: skip
    return Tuning(slopes, lines)


def calibrated(scores: Floats, slope: tuple[float, float]) -> Floats:
    """Turn raw scores into probabilities."""
    chance: Floats = 1 / (1 + np.exp(-np.clip(slope[0] * scores + slope[1], -30, 30)))
    return chance


def _lines(chances: Floats, plea: Truths, critical: Truths, high: Truths, flagged: Whole) -> Lines:
    steps = np.arange(0.01, 0.99, 0.01)
    is_flagged = flagged >= URGENCIES.index(Urgency.HIGH)
    is_red = flagged == URGENCIES.index(Urgency.CRITICAL)
    likely = chances[:, 0] >= 0.5
    unsure = [
        step for step in steps if ((chances[high, 0] >= step) | is_flagged[high]).mean() >= SEEN_MIN
    ]
    act = [step for step in steps if _precision(chances[:, 0] >= step, plea) >= ACT_PRECISION_MIN]
    red = [
        step
        for step in steps
        if _precision(is_red | (likely & (chances[:, 1] >= step)), critical)
        >= CRITICAL_PRECISION_MIN
    ]
    return Lines(
        act=round(float(act[0]), 2) if act else 0.9,
        unsure=round(float(unsure[-1]), 2) if unsure else 0.01,
        critical=round(float(red[0]), 2) if red else 0.6,
        high=0.4,
    )


def _precision(said: Truths, true: Truths) -> float:
    return float(true[said].mean()) if said.any() else 1.0


def folds(examples: Examples, rows: Whole, count: int) -> Whole:
    """Give each row a fold; what shares a cluster shares the fold."""
    clusters = np.array([examples.messages[row].cluster for row in rows])
    names = np.unique(clusters)
    drawn = np.random.default_rng(SEED).permutation(len(names)) % count
    return drawn[np.searchsorted(names, clusters)]


def verdict_of(scores: Floats, tuning: Tuning) -> Verdict:
    """Give the verdict that the model would give for these raw scores."""
    chances = [
        float(calibrated(scores[at : at + 1], tuning.slopes[name])[0])
        for at, name in enumerate(("plea", "critical", "high"))
    ]
    natures, categories = scores[3 : 3 + len(NATURES)], scores[3 + len(NATURES) :]
    return Verdict(
        plea=chances[0],
        natures=dict(zip(NATURES, _shares(natures), strict=True)),
        categories=dict(zip(CATEGORY_NAMES, _shares(categories), strict=True)),
        critical=chances[1],
        high=chances[2],
        lines=tuning.lines,
    )


def _shares(scores: Floats) -> list[float]:
    powers = np.exp(scores - scores.max())
    return [float(share) for share in powers / powers.sum()]


def train(messages: Sequence[Labelled], rulebook: Rulebook, folder: Path) -> Tuning:
    """Train on all messages and write the model into `folder`."""
    examples = examples_of(messages, rulebook)
    rows = np.arange(len(examples))
    tuning = tune(examples, rows)
    fitted = heads(examples, rows)
    _write(examples, fitted, tuning, rulebook, folder)
    return tuning


def _write(
    examples: Examples, fitted: Floats, tuning: Tuning, rulebook: Rulebook, folder: Path
) -> None:
    table = np.zeros((1 << HASH_BITS, fitted.shape[1]))
    for row, found in enumerate(examples.found):
        rarity = examples.rarity[found].astype(np.float64)
        length = float(np.sqrt(rarity @ rarity)) or 1.0
        table[found] += WORDING_SHARE * np.outer(rarity / length, fitted[row])
    scale = np.abs(table).max(axis=0) / 127
    weights = np.rint(table / np.maximum(scale, 1e-12)).astype(np.int8)
    weights[examples.rarity == 0] = 0
    named = SIGNS_SHARE * examples.named.T.astype(np.float64) @ fitted[:-1]
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", weights)
    np.save(folder / "signs.npy", named.astype(np.float32))
    np.save(folder / "rarity.npy", examples.rarity.astype(np.float16))
    digest = hashlib.sha256(weights.tobytes() + named.astype(np.float32).tobytes()).hexdigest()
    card = {
        "version": digest[:12],
        "features": VERSION,
        "rulebook": rulebook.version,
        "messages": len(examples),
        "categories": CATEGORY_NAMES,
        "columns": examples.columns,
        "scale": scale.tolist(),
        "bias": fitted[-1].tolist(),
        "slopes": tuning.slopes,
        "lines": asdict(tuning.lines),
    }
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (folder / "model.json").write_text(text, encoding="utf-8")
