"""Fits linear heads in numpy alone, the same bits for the same input on the same machine."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Points = NDArray[np.float32] | NDArray[np.float64]

STEPS_MAX = 150
MEMORY = 10


def fit_shares(points: Points, wanted: Floats, weight: Floats, penalty: float) -> Floats:
    """Give the coefficients (one row a dimension, one column a class) of a softmax regression.

    The last dimension of `points` is the constant; it is hardly penalised.
    """
    shape = (points.shape[1], wanted.shape[1])
    held = np.ones((shape[0], 1))
    held[-1] = 0.01

    def loss(flat: Floats) -> tuple[float, Floats]:
        coefficients = flat.reshape(shape)
        scores = (points @ coefficients.astype(points.dtype)).astype(np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        likely = float((weight * ((scores * wanted).sum(axis=1) - np.log(sums[:, 0]))).sum())
        slope = points.T @ ((powers / sums - wanted) * weight[:, None]).astype(points.dtype)
        pull = held * coefficients
        value = penalty / 2 * float((pull * coefficients).sum()) - likely
        return value, (slope + penalty * pull).ravel()

    return _descend(loss, np.zeros(shape[0] * shape[1])).reshape(shape)


def fit_slope(scores: Floats, wanted: NDArray[np.bool_]) -> tuple[float, float]:
    """Give slope and shift that turn scores into calibrated probabilities (Platt's method)."""
    points = np.column_stack([scores, np.ones_like(scores)])
    either = np.column_stack([~wanted, wanted]).astype(np.float64)
    found = fit_shares(points, either, np.ones(len(scores)), 1e-3)
    slope, shift = found[:, 1] - found[:, 0]
    return float(slope), float(shift)


def _descend(loss: Callable[[Floats], tuple[float, Floats]], at: Floats) -> Floats:
    """Go down by L-BFGS until it hardly gets better."""
    value, slope = loss(at)
    moves: list[tuple[Floats, Floats]] = []
    for _ in range(STEPS_MAX):
        way = -_scaled(slope, moves)
        step = 1.0 if moves else min(1.0, 1.0 / float(np.abs(slope).sum()))
        fall = float(slope @ way)
        new_value, new_slope = loss(at + step * way)
        while new_value > value + 1e-4 * step * fall and step > 1e-8:
            step /= 2
            new_value, new_slope = loss(at + step * way)
        move, bend = step * way, new_slope - slope
        if float(move @ bend) > 1e-12:
            moves = [*moves, (move, bend)][-MEMORY:]
        is_done = abs(value - new_value) < 1e-7 * max(1.0, abs(value))
        at, value, slope = at + move, new_value, new_slope
        if is_done:
            break
    return at


def _scaled(slope: Floats, moves: list[tuple[Floats, Floats]]) -> Floats:
    way = slope.copy()
    shares = []
    for move, bend in reversed(moves):
        share = float(move @ way) / float(bend @ move)
        shares.append(share)
        way -= share * bend
    if moves:
        move, bend = moves[-1]
        way *= float(move @ bend) / float(bend @ bend)
    for (move, bend), share in zip(moves, reversed(shares), strict=True):
        way += move * (share - float(bend @ way) / float(bend @ move))
    return way
