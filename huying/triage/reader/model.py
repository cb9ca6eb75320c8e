"""The small model at run time: a linear one, its weights mapped from a file, numpy alone.

A model is a folder: `weights.npy` (one row for each hashed piece of wording, one column for each
head, eight bits a weight), `signs.npy` (the same for what the rules found) and `model.json`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.features import HASH_BITS, VERSION, pieces, signs, wording
from huying.triage.reader.judge import Lines, Verdict
from huying.triage.reader.marks import Mark
from huying.triage.reader.result import Nature
from huying.triage.reader.text import Text

SHIPPED = Path(__file__).parent.parent / "model"
NATURES = tuple(Nature)


class BadModel(Exception):
    """The model can't be used; the message names the file and says why."""


@dataclass(frozen=True)
class Model:
    """A trained model. `heads` are plea, critical, high, then natures, then categories."""

    version: str
    categories: tuple[str, ...]
    columns: Mapping[str, int]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]  # of each head
    rarity: NDArray[np.float32]  # of each piece: how much it counts in the length of a message
    sign_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    slopes: Mapping[str, tuple[float, float]]  # calibration of plea, critical and high
    lines: Lines

    def verdict(self, text: Text, marks: Sequence[Mark]) -> Verdict:
        """Give the probabilities of what a message is."""
        scores = self.scores(pieces(wording(text)), signs(text, marks, self.columns))
        first, last = 3, 3 + len(NATURES)
        natures = _shares(scores[first:last])
        categories = _shares(scores[last:])
        return Verdict(
            plea=self._calibrated("plea", float(scores[0])),
            natures=dict(zip(NATURES, natures.tolist(), strict=True)),
            categories=dict(zip(self.categories, categories.tolist(), strict=True)),
            critical=self._calibrated("critical", float(scores[1])),
            high=self._calibrated("high", float(scores[2])),
            lines=self.lines,
        )

    def scores(self, found: NDArray[np.uint32], named: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the raw score of every head."""
        rarity = self.rarity[found]
        length = float(np.sqrt(np.dot(rarity, rarity))) or 1.0
        wording_scores = (rarity / length) @ self.weights[found].astype(np.float32)
        total: NDArray[np.float32] = wording_scores * self.scale + named @ self.sign_weights
        return total + self.bias

    def _calibrated(self, head: str, score: float) -> float:
        slope, shift = self.slopes[head]
        return float(1 / (1 + np.exp(-np.clip(slope * score + shift, -30, 30))))


def load_model(folder: Path = SHIPPED) -> Model:
    """Load a model, its weights mapped into memory. Raises `BadModel`."""
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        weights = np.load(folder / "weights.npy", mmap_mode="r")
        named = np.load(folder / "signs.npy")
        rarity = np.load(folder / "rarity.npy")
        model = Model(
            version=card["version"],
            categories=tuple(card["categories"]),
            columns=card["columns"],
            weights=weights,
            scale=np.asarray(card["scale"], dtype=np.float32),
            rarity=rarity.astype(np.float32),
            sign_weights=named,
            bias=np.asarray(card["bias"], dtype=np.float32),
            slopes={head: (slope, shift) for head, (slope, shift) in card["slopes"].items()},
            lines=Lines(**card["lines"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise BadModel(f"{folder}: {trouble}") from trouble
    if card.get("features") != VERSION or weights.shape[0] != 1 << HASH_BITS:
        raise BadModel(f"{folder}: was trained for other features than this program's")
    return model


def _shares(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(scores - scores.max())
    shares: NDArray[np.float32] = powers / powers.sum()
    return shares
