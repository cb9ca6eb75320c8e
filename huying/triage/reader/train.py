"""Trains the model: the same input gives the same weights, bit for bit, on one machine.

All heads are linear in what `features` sees, so they are fitted in the space of the messages (a
kernel of some two thousand rows) and the weights are computed from there.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.features import (
    PLACES,
    VERSION,
    VIEWS,
    columns_for,
    signs,
    views,
)
from huying.triage.reader.fit import Floats, Points, fit_shares, fit_slope
from huying.triage.reader.judge import Lines, Verdict, between, flagged_urgency
from huying.triage.reader.kernel import Space, Whole, products
from huying.triage.reader.labelled import OWN_SOURCE, Labelled
from huying.triage.reader.language import language_of
from huying.triage.reader.marks import Mark, find_marks
from huying.triage.reader.model import EITHER, NATURES
from huying.triage.reader.result import URGENCIES, Nature, Urgency
from huying.triage.reader.rulebook import CATEGORIES, Rulebook
from huying.triage.reader.text import readable

Truths = NDArray[np.bool_]

SEED = 20_221_124
PIECES_SEEN_MIN = 3  # a piece of wording seen less often says more of its message than of its kind
WORDING_SHARE = 5.0  # what each view of the wording counts beside …
SIGNS_SHARE = 0.25  # … what the rules found
PENALTIES = {"plea": 8.0, "critical": 8.0, "high": 16.0, "pressing": 8.0}
NATURE_PENALTY = 2.0
CATEGORY_PENALTY = 1.0
REAL_APART = 0.5  # what two real messages say alike counts so much more
BALANCE_SOURCES = 0.5  # 0: every message counts the same; 1: every source counts the same
BALANCE_NATURES = 0.7
BALANCE_CATEGORIES = 0.6
THEMED_BESIDE_PLEAS = 0.3  # what the theme of a question or complaint counts beside a plea's
INNER_FOLDS = 4

# What the lines between lanes and urgencies are drawn for, on messages not trained on.
SEEN_MIN = 0.998  # share of critical and high pleas that some human sees
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
    found: Sequence[tuple[NDArray[np.uint32], ...]]  # of each message each view
    named: NDArray[np.float32]
    known: Whole | None = None  # the rows that tell how rare a piece is; None: all

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
        rows = range(len(self)) if self.known is None else self.known.tolist()
        seen = np.zeros(PLACES, dtype=np.float64)
        for row in rows:
            seen[np.concatenate(self.found[row])] += 1
        rare = np.sqrt(np.log((1 + len(rows)) / np.maximum(seen, 1)))
        return np.where(seen >= PIECES_SEEN_MIN, rare, 0.0).astype(np.float32)

    @cached_property
    def kernel(self) -> Floats:
        """How alike every two messages are."""
        alike: Floats = SIGNS_SHARE * (self.named @ self.named.T).astype(np.float64)
        for view in range(VIEWS):
            alike += WORDING_SHARE * products(*self._weighed(view), len(self))
        return alike

    def _weighed(self, view: int) -> tuple[Whole, Whole, Floats]:
        """Give row, piece and weight of all wording of a view; each row's weights have length 1."""
        found = [views[view][self.rarity[views[view]] > 0] for views in self.found]
        row = np.repeat(np.arange(len(self)), [len(one) for one in found])
        piece = np.concatenate(found).astype(np.int64)
        weight = self.rarity[piece].astype(np.float64)
        length = np.sqrt(np.bincount(row, weight * weight, len(self)))
        return row, piece, weight / np.maximum(length, 1e-9)[row]

    def knowing(self, rows: Whole) -> "Examples":
        """Give the same messages, seen by one who has read only those rows."""
        return replace(self, known=rows)


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
        found=[views(text) for text in texts],
        named=np.array(
            [signs(text, found, columns) for text, found in zip(texts, marks, strict=True)]
        ),
    )


def heads(examples: Examples, rows: Whole) -> Floats:
    """Fit all heads on some rows. Gives one column a head, in message space, the constant last."""
    kernel = examples.kernel[np.ix_(rows, rows)]
    real = examples.source[rows] != OWN_SOURCE
    weight = _source_weight(examples.source[rows])
    nature, category = examples.nature[rows], examples.category[rows]
    urgency = examples.urgency[rows]
    plea = nature == NATURES.index(Nature.PLEA)
    critical = urgency == URGENCIES.index(Urgency.CRITICAL)
    high = urgency >= URGENCIES.index(Urgency.HIGH)
    themed = nature < 4  # the natures whose category matters: plea, consult, complaint, suggestion
    theme_weight = weight * np.where(plea, 1.0, THEMED_BESIDE_PLEAS)
    # What presses and what it is about is the same everywhere; what people in need and others
    # write like is learnt from all messages, and again from the real ones.
    shared = Space(kernel)
    points = shared.points
    pressure = shared.in_messages(
        _two(points[plea], critical[plea], weight[plea], PENALTIES["critical"]),
        _two(points[plea], high[plea], weight[plea], PENALTIES["high"]),
    )
    theme = shared.in_messages(
        _many(points[themed], category[themed], len(CATEGORY_NAMES),
              _evened(category[themed], theme_weight[themed], BALANCE_CATEGORIES),
              CATEGORY_PENALTY),
    )  # fmt: skip
    apart = Space(kernel * (1 + REAL_APART * np.outer(real, real)))
    points = apart.points
    kind = apart.in_messages(
        _two(points, plea, weight, PENALTIES["plea"]),
        _two(points, plea & high, weight, PENALTIES["pressing"]),
        _many(points, nature, len(NATURES), _evened(nature, weight, BALANCE_NATURES),
              NATURE_PENALTY),
    )  # fmt: skip
    kind[:-1] *= 1 + REAL_APART * real[:, None]  # whatever is read later is real
    return np.column_stack([kind[:, :1], pressure, kind[:, 1:], theme])


def scores_of(examples: Examples, rows: Whole, fitted: Floats, wanted: Whole) -> Floats:
    """Give the raw scores of the wanted rows by heads fitted on other rows."""
    alike = examples.kernel[np.ix_(wanted, rows)]
    return np.column_stack([alike, np.ones(len(wanted))]) @ fitted


def _two(points: Points, wanted: Truths, weight: Floats, penalty: float) -> Floats:
    either = np.column_stack([~wanted, wanted]).astype(np.float64)
    found = fit_shares(points, either, weight, penalty)
    return found[:, 1:] - found[:, :1]


def _many(points: Points, wanted: Whole, classes: int, weight: Floats, penalty: float) -> Floats:
    return fit_shares(points, np.eye(classes)[wanted], weight, penalty)


def _evened(wanted: Whole, weight: Floats, balance: float) -> Floats:
    """Let rare classes count for more. 0: as often as they are; 1: every class the same."""
    counted = np.maximum(np.bincount(wanted), 1)
    evened: Floats = weight * ((len(wanted) / len(counted) / counted) ** balance)[wanted]
    return evened


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
    scores = np.zeros((len(rows), len(EITHER) + len(NATURES) + len(CATEGORY_NAMES)))
    parts = folds(examples, rows, INNER_FOLDS)
    for part in range(INNER_FOLDS):
        here, there = rows[parts != part], rows[parts == part]
        scores[parts == part] = scores_of(examples, here, heads(examples, here), there)
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
        "pressing": fit_slope(scores[real, 3], (plea & high)[real]),
    }
    chances = np.column_stack(
        [calibrated(scores[:, at], slopes[name]) for at, name in enumerate(slopes)]
    )
    natures = np.array([_shares(row[len(EITHER) : len(EITHER) + len(NATURES)]) for row in scores])
    lines = _lines(
        chances[real], natures[real], plea[real], (critical & plea)[real], (high & plea)[real],
        examples.flagged[rows][real],
    )  # fmt: skip
    return Tuning(slopes, lines)


def calibrated(scores: Floats, slope: tuple[float, float]) -> Floats:
    """Turn raw scores into probabilities."""
    chance: Floats = 1 / (1 + np.exp(-np.clip(slope[0] * scores + slope[1], -30, 30)))
    return chance


def _lines(
    chances: Floats, natures: Floats, plea: Truths, critical: Truths, high: Truths, flagged: Whole
) -> Lines:
    steps = np.arange(0.01, 0.99, 0.01)
    is_flagged = flagged >= URGENCIES.index(Urgency.HIGH)
    is_red = flagged == URGENCIES.index(Urgency.CRITICAL)
    likely = natures.argmax(axis=1) == NATURES.index(Nature.PLEA)
    chance = (chances[:, 0] + natures[:, NATURES.index(Nature.PLEA)]) / 2  # as in `Verdict`
    wanting = between(chances[:, 3], chances[:, 0])  # as in `Verdict`
    unsure = [
        step
        for step in np.geomspace(0.001, 0.5, 300)
        if ((wanting[high] >= step) | (likely | is_flagged)[high]).mean() >= SEEN_MIN
    ]
    act = [step for step in steps if _precision(chance >= step, plea) >= ACT_PRECISION_MIN]
    red = [
        step
        for step in steps
        if _precision(is_red | (likely & (chances[:, 1] >= step)), critical)
        >= CRITICAL_PRECISION_MIN
    ]
    return Lines(
        act=round(float(act[0]), 2) if act else 0.9,
        unsure=round(float(unsure[-1]), 4) if unsure else 0.001,
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
        for at, name in enumerate(EITHER)
    ]
    first, last = len(EITHER), len(EITHER) + len(NATURES)
    natures, categories = scores[first:last], scores[last:]
    return Verdict(
        plea=chances[0],
        natures=dict(zip(NATURES, _shares(natures), strict=True)),
        categories=dict(zip(CATEGORY_NAMES, _shares(categories), strict=True)),
        critical=chances[1],
        high=chances[2],
        pressing=chances[3],
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
    kept = np.flatnonzero(examples.rarity)
    place = np.zeros(PLACES, dtype=np.int32)
    place[kept] = np.arange(1, len(kept) + 1)
    table = np.zeros((len(kept) + 1, fitted.shape[1]))
    for row, found in enumerate(examples.found):
        for view in found:
            rarity = examples.rarity[view].astype(np.float64)
            length = float(np.sqrt(rarity @ rarity)) or 1.0
            table[place[view]] += WORDING_SHARE * np.outer(rarity / length, fitted[row])
    table[0] = 0.0
    scale = np.abs(table).max(axis=0) / 127
    weights = np.rint(table / np.maximum(scale, 1e-12)).astype(np.int8)
    named = SIGNS_SHARE * examples.named.T.astype(np.float64) @ fitted[:-1]
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", weights)
    np.save(folder / "signs.npy", named.astype(np.float32))
    np.save(folder / "rows.npy", place)
    np.save(folder / "rarity.npy", np.append(0.0, examples.rarity[kept]).astype(np.float16))
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
