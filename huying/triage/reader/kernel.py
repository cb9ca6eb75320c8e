"""How alike messages are, and the space in which heads are fitted on them. numpy alone."""

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.fit import Floats

Whole = NDArray[np.int64]

COMMON = 60  # a piece of wording is common if more than one message in so many holds it
BLOCK = 256  # rows that are solved at once


def products(row: Whole, piece: Whole, weight: Floats, count: int) -> Floats:
    """Give the products of every two of `count` rows that are told piece by piece.

    What many rows hold is multiplied as a table, what few hold pair by pair: together nine
    times faster than one table of everything.
    """
    _, column, held_by = np.unique(piece, return_inverse=True, return_counts=True)
    is_common = (held_by > count // COMMON)[column]
    places = np.unique(column[is_common])
    table = np.zeros((count, len(places)), dtype=np.float32)
    table[row[is_common], np.searchsorted(places, column[is_common])] = weight[is_common]
    found: Floats = (table @ table.T).astype(np.float64)
    rare = np.flatnonzero(~is_common)
    rare = rare[np.argsort(column[rare], kind="stable")]
    held = held_by[column[rare]]
    for size in np.unique(held).tolist():
        alike = rare[held == size].reshape(-1, size)  # one line a piece
        rows, weights = row[alike], weight[alike]
        pairs = rows[:, :, None] * count + rows[:, None, :]
        products = weights[:, :, None] * weights[:, None, :]
        kept, place = np.unique(pairs, return_inverse=True)
        found.ravel()[kept] += np.bincount(place.ravel(), products.ravel())
    return found


class Space:
    """Messages as points whose products are a kernel, where heads are fitted."""

    def __init__(self, kernel: Floats) -> None:
        kernel = kernel.copy()
        kernel[np.diag_indices_from(kernel)] += 1e-3  # so that equal messages are no trouble
        self._lower = np.linalg.cholesky(kernel)
        # Half the digits are enough for a slope, and take half the time.
        self.points = np.column_stack([self._lower, np.ones(len(kernel))]).astype(np.float32)

    def in_messages(self, *fitted: Floats) -> Floats:
        """Give fitted heads as a weight for every message and one for the constant."""
        found = np.column_stack(fitted)
        # Backward substitution in blocks; numpy has no solver for triangles, and its general one
        # would take most of the training.
        for first in reversed(range(0, len(self._lower), BLOCK)):
            block = slice(first, first + BLOCK)
            found[:-1][block] = np.linalg.solve(self._lower[block, block].T, found[:-1][block])
            found[:first] -= self._lower[block, :first].T @ found[:-1][block]
        return found
