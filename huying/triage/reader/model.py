"""The small model at run time: a linear one, its weights mapped from a file, numpy alone.

A model is a folder: `weights.npy` (one row for each known piece of wording, one column for each
head, eight bits a weight), `rows.npy` (which row a hashed piece has; 0: unknown), `rarity.npy`,
`signs.npy` (the weights of what the rules found) and `model.json`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.features import PLACES, VERSION, signs, views
from huying.triage.reader.judge import Lines, Verdict
from huying.triage.reader.marks import Mark
from huying.triage.reader.result import Nature
from huying.triage.reader.text import Text

SHIPPED = Path(__file__).parent.parent / "model"
NATURES = tuple(Nature)
EITHER = ("plea", "critical", "high", "pressing")  # heads that are calibrated to a probability


class BadModel(Exception):
    """The model can't be used; the message names the file and says why."""


@dataclass(frozen=True)
class Model:
    """A trained model. Its heads are those of `EITHER`, then natures, then categories."""

    version: str
    categories: tuple[str, ...]
    columns: Mapping[str, int]
    rows: NDArray[np.int32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]  # of each head
    rarity: NDArray[np.float32]  # of each piece: how much it counts in the length of a message
    sign_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    slopes: Mapping[str, tuple[float, float]]  # calibration of the heads of `EITHER`
    lines: Lines

    def verdict(self, text: Text, marks: Sequence[Mark]) -> Verdict:
        """Give the probabilities of what a message is."""
        scores = self.scores(views(text), signs(text, marks, self.columns))
        first, last = len(EITHER), len(EITHER) + len(NATURES)
        natures = _shares(scores[first:last])
        categories = _shares(scores[last:])
        plea, critical, high, pressing = (
            self._calibrated(head, score)
            for head, score in zip(EITHER, scores[:first].tolist(), strict=True)
        )
        return Verdict(
            plea=plea,
            pressing=pressing,
            natures=dict(zip(NATURES, natures.tolist(), strict=True)),
            categories=dict(zip(self.categories, categories.tolist(), strict=True)),
            critical=critical,
            high=high,
            lines=self.lines,
        )

    def scores(
        self, found: Sequence[NDArray[np.uint32]], named: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Give the raw score of every head."""
        known = [self.rows[view] for view in found]
        rarities = [self.rarity[view] for view in known]
        # Each view counts the same, however long it is.
        rarity = np.concatenate([one / (float(np.sqrt(one @ one)) or 1.0) for one in rarities])
        wording_scores = rarity @ self.weights[np.concatenate(known)].astype(np.float32)
        total: NDArray[np.float32] = wording_scores * self.scale + named @ self.sign_weights
        return total + self.bias

    def _calibrated(self, head: str, score: float) -> float:
        slope, shift = self.slopes[head]
        return 1 / (1 + exp(-max(-30.0, min(30.0, slope * score + shift))))


def load_model(folder: Path = SHIPPED) -> Model:
    """Load a model, its weights mapped into memory. Raises `BadModel`."""
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        weights = np.load(folder / "weights.npy", mmap_mode="r")
        rows = np.load(folder / "rows.npy", mmap_mode="r")
        named = np.load(folder / "signs.npy")
        rarity = np.load(folder / "rarity.npy")
        model = Model(
            version=card["version"],
            categories=tuple(card["categories"]),
            columns=card["columns"],
            rows=np.asarray(rows),  # still mapped, without the cost of a memmap at every look
            weights=np.asarray(weights),
            scale=np.asarray(card["scale"], dtype=np.float32),
            rarity=rarity.astype(np.float32),
            sign_weights=named,
            bias=np.asarray(card["bias"], dtype=np.float32),
            slopes={head: (slope, shift) for head, (slope, shift) in card["slopes"].items()},
            lines=Lines(**card["lines"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise BadModel(f"{folder}: {trouble}") from trouble
    if card.get("features") != VERSION or rows.shape != (PLACES,):
        raise BadModel(f"{folder}: was trained for other features than this program's")
    return model


def _shares(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(scores - scores.max())
    shares: NDArray[np.float32] = powers / powers.sum()
    return shares
