"""How well messages are read: the figures of the goals, with how sure they are."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huying.places.gazetteer import SURE, Gazetteer
from huying.triage.reader.judge import Judgement, judge
from huying.triage.reader.kernel import Whole
from huying.triage.reader.labelled import OWN_SOURCE, Labelled
from huying.triage.reader.result import Lane, Nature, Reading, Urgency
from huying.triage.reader.train import Examples, folds, heads, scores_of, tune, verdict_of

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

Columns = Mapping[str, NDArray[np.generic]]
Measures = Mapping[str, Callable[[Columns], float]]

DRAWS = 400  # of the bootstrap: enough for two digits of a 95 % interval


@dataclass(frozen=True)
class Figure:
    """One measured figure with the 95 % interval of a bootstrap over clusters."""

    name: str
    value: float
    low: float
    high: float


def judged_by_fold(
    examples: Examples, parts: Whole, on_part: Callable[[int], None] = lambda part: None
) -> dict[int, Judgement]:
    """Judge every row that has a part (0 and up) by a model that never saw that part.

    `on_part` is told the number of each part when it is done: one takes half a minute.

    Rows with part -1 (our own messages) are always trained on and never judged. Calibration and
    lines come from inside the training rows too.
    """
    judged: dict[int, Judgement] = {}
    for part in range(int(parts.max()) + 1):
        here, there = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        blind = examples.knowing(here)
        tuning = tune(blind, here)
        scores = scores_of(blind, here, heads(blind, here), there)
        for row, score in zip(there.tolist(), scores, strict=True):
            verdict = verdict_of(score, tuning)
            judged[row] = judge(examples.marks[row], examples.languages[row], verdict)
        on_part(part)
    return judged


def parts_by_cluster(examples: Examples, count: int = 5) -> Whole:
    """Split the real messages into `count` parts, near-duplicates together."""
    real = np.flatnonzero(examples.source != OWN_SOURCE)
    parts = np.full(len(examples), -1)
    parts[real] = folds(examples, real, count)
    return parts


def parts_by_source(examples: Examples) -> Whole:
    """Make every source of real messages a part: the next event is always a new one."""
    real = examples.source != OWN_SOURCE
    parts = np.full(len(examples), -1)
    parts[real] = np.unique(examples.source[real], return_inverse=True)[1]
    return parts


def figures(
    messages: Sequence[Labelled], judged: Sequence[Judgement] | Sequence[Reading]
) -> list[Figure]:
    """Give the figures of the goals' table that don't need the details."""
    columns = _columns(messages, judged)
    return _with_intervals(messages, columns, MEASURES)


def place_shares(messages: Sequence[Labelled], readings: Sequence[Reading]) -> list[Figure]:
    """Give how often the place of a plea is found, and lies in the one city that it names."""
    rows = [
        (message, _place_found(message, reading), _city_right(message, reading))
        for message, reading in zip(messages, readings, strict=True)
        if message.nature is Nature.PLEA and message.place
    ]
    columns: dict[str, NDArray[np.generic]] = {
        "found": np.array([found for _, found, _ in rows]),
        "named": np.array([right is not None for _, _, right in rows]),
        "right": np.array([bool(right) for _, _, right in rows]),
    }
    if not rows:
        return []
    return _with_intervals([message for message, _, _ in rows], columns, PLACE_MEASURES)


def _place_found(message: Labelled, reading: Reading) -> bool:
    size = len(message.place)
    starts = [found.start() for found in re.finditer(re.escape(message.place), message.text)]
    return any(
        detail.start < start + size and start < detail.end
        for detail in reading.details
        if detail.key == "place"
        for start in starts
    )


def _city_right(message: Labelled, reading: Reading) -> bool | None:
    """Whether the area lies in the city of the labelled place; None if that names no city."""
    named = {
        one.code[:4]
        for one in Gazetteer.shipped().find(message.place)
        if len(one.code) >= 4 and one.certainty in SURE
    }
    if len(named) != 1:
        return None
    codes = [detail.value for detail in reading.details if detail.key == "area"]
    return bool(codes) and codes[0][:4] in named


def _with_intervals(
    messages: Sequence[Labelled], columns: Columns, measures: Measures
) -> list[Figure]:
    clusters = np.unique([message.cluster for message in messages], return_inverse=True)[1]
    members = [np.flatnonzero(clusters == cluster) for cluster in range(clusters.max() + 1)]
    draw = np.random.default_rng(1)
    values: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(DRAWS):
        chosen = draw.integers(0, len(members), len(members))
        rows = np.concatenate([members[cluster] for cluster in chosen])
        drawn = {name: column[rows] for name, column in columns.items()}
        for name, measure in measures.items():
            values[name].append(measure(drawn))
    return [
        Figure(
            name,
            measure(columns),
            float(np.nanpercentile(values[name], 2.5)),
            float(np.nanpercentile(values[name], 97.5)),
        )
        for name, measure in measures.items()
    ]


def _columns(
    messages: Sequence[Labelled], judged: Sequence[Judgement] | Sequence[Reading]
) -> dict[str, NDArray[np.generic]]:
    pleas = np.array([message.nature is Nature.PLEA for message in messages])
    urgency = np.array([str(message.urgency) for message in messages])
    return {
        "is_plea": pleas,
        "is_critical": pleas & (urgency == Urgency.CRITICAL),
        "is_high": pleas & np.isin(urgency, (Urgency.CRITICAL, Urgency.HIGH)),
        "nature": np.array([str(message.nature) for message in messages]),
        "category": np.array([message.category for message in messages]),
        "plea": np.array([one.plea for one in judged]),
        "said_nature": np.array([str(one.nature) for one in judged]),
        "said_urgency": np.array([str(one.urgency) for one in judged]),
        "said_category": np.array([one.category for one in judged]),
        "lane": np.array([str(one.lane) for one in judged]),
    }


def area_under_curve(scores: NDArray[np.generic], wanted: NDArray[np.generic]) -> float:
    """Give the chance that a wanted message scores higher than another one."""
    true = wanted.astype(bool)
    _, place, counted = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counted)
    ranks = (ends - (counted - 1) / 2)[place]
    many, few = int(true.sum()), int((~true).sum())
    if not many or not few:
        return float("nan")
    return float((ranks[true].sum() - many * (many + 1) / 2) / (many * few))


def _share(said: NDArray[np.generic], among: NDArray[np.generic]) -> float:
    chosen = said[among.astype(bool)]
    return float(chosen.astype(bool).mean()) if len(chosen) else float("nan")


def _f1(columns: Columns, nature: str) -> float:
    said, true = columns["said_nature"] == nature, columns["nature"] == nature
    together = said.sum() + true.sum()
    return float(2 * (said & true).sum() / together) if together else float("nan")


def _macro_f1(columns: Columns) -> float:
    return float(np.nanmean([_f1(columns, str(nature)) for nature in Nature]))


def _said_critical(columns: Columns) -> NDArray[np.bool_]:
    return np.asarray(columns["said_urgency"] == str(Urgency.CRITICAL))


def _said_high(columns: Columns) -> NDArray[np.bool_]:
    return np.isin(columns["said_urgency"], (str(Urgency.CRITICAL), str(Urgency.HIGH)))


MEASURES: Measures = {
    "plea vs rest, AUC": lambda columns: area_under_curve(columns["plea"], columns["is_plea"]),
    "critical or high pleas not aside": lambda columns: _share(
        columns["lane"] != str(Lane.ASIDE), columns["is_high"]
    ),
    "non-pleas in act + unsure": lambda columns: _share(
        columns["lane"] != str(Lane.ASIDE), ~columns["is_plea"].astype(bool)
    ),
    "critical recalled as critical": lambda columns: _share(
        _said_critical(columns), columns["is_critical"]
    ),
    "critical, precision": lambda columns: _share(columns["is_critical"], _said_critical(columns)),
    "critical recalled as critical or high": lambda columns: _share(
        _said_high(columns), columns["is_critical"]
    ),
    "nature, macro-F1": _macro_f1,
    "plea, F1": lambda columns: _f1(columns, str(Nature.PLEA)),
    "category of pleas, accuracy": lambda columns: _share(
        columns["said_category"] == columns["category"], columns["is_plea"]
    ),
}
PLACE_MEASURES: Measures = {
    "place overlaps the labelled words": lambda columns: float(columns["found"].mean()),
    "area lies in the city that is named": lambda columns: _share(
        columns["right"], columns["named"]
    ),
}
