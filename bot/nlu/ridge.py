"""Ridge regression solved among examples instead of features.

With n examples the kernel is n × n whatever the features are, so that one Cholesky factor gives the weights for every class at once, and the scores of
examples by a model that has not seen them (Allen's PRESS formula). The time grows with n³.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import spotrf, spotrs, strtri

from bot.nlu.calibration import Floats
from weijing.errors import TrainingFailed

RIDGE = 0.3
"""Strength of the regularisation; between 0.1 and 1.0 accuracy hardly moves."""
_BLOCK = 1024
"""Columns that are squared at a time."""


def solve(kernel: Floats, targets: Floats, share: Floats, last: int) -> tuple[Floats, Floats]:
    """(what each example says of each label, scores of the `last` examples by a model without each).

    Args:
        kernel: its lower triangle; single precision is plenty, the ridge keeps it well-behaved.

    Raises:
        TrainingFailed: the kernel is no kernel.
    """
    system = np.array(kernel.T, order="F")  # the order of columns that LAPACK wants
    system[np.diag_indices(len(share))] += RIDGE / share
    factor, failed = spotrf(system, lower=False, clean=False, overwrite_a=True)
    if failed:
        raise TrainingFailed("the intent classifier cannot be fitted: is an example's share 0 or not a number?")
    dual, _ = spotrs(factor, np.asfortranarray(targets), lower=False)
    root, _ = strtri(np.array(factor[-last:, -last:], order="F"), lower=False, overwrite_c=True)
    unseen: Floats = targets[-last:] - dual[-last:] / _row_squares(root)[:, None]  # the diagonal of the inverse
    return np.ascontiguousarray(dual), unseen


def _row_squares(upper: Floats) -> Floats:
    """The squared length of each row of an upper triangle, whatever lies below it."""
    found = np.zeros(len(upper), np.float32)
    for start in range(0, len(upper), _BLOCK):
        columns = np.triu(upper[:, start : start + _BLOCK], -start)
        found += np.einsum("ij,ij->i", columns, columns)
    return found
