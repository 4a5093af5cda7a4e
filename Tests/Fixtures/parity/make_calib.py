"""Writes calib/logreg_data.csv and calib/models.json: artificial rows with the optima of scikit-learn's logistic regression
(two penalties), Platt's scaling (with and without smoothing) and isotonic regression.

Made with CPython 3.11, numpy 1.26.4, scipy 1.17.1, scikit-learn 1.9.1. Seeded: the same versions give the same bytes.
Usage: python make_calib.py    (writes beside itself)
"""

import json
import os

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calib")


def logistic(x, y, c, weights=None):
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100000).fit(x, y, sample_weight=weights)
    return {"coef": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])}


def curve(s, t, w):
    """The optimum of the cross entropy of targets t by Newton's method; p = 1 / (1 + exp(-(a s + b)))."""
    point = np.zeros(2)
    design = np.stack([s, np.ones_like(s)], axis=1)
    for _ in range(60):
        p = 1 / (1 + np.exp(-design @ point))
        point -= np.linalg.solve(design.T @ (design * (w * p * (1 - p))[:, None]), design.T @ (w * (p - t)))
    return {"a": float(point[0]), "b": float(point[1])}


def smoothed(s, y, w):
    high = (w[y > 0].sum() + 1) / (w[y > 0].sum() + 2)
    low = 1 / (w[y <= 0].sum() + 2)
    return curve(s, np.where(y > 0, high, low), w)


def isotonic(s, y, grid, weights=None, increasing=True, bounds="clip"):
    model = IsotonicRegression(increasing=increasing, out_of_bounds=bounds).fit(s, y, sample_weight=weights)
    out = [None if np.isnan(v) else float(v) for v in model.predict(grid)]
    return {
        "x_thresholds": model.X_thresholds_.tolist(),
        "y_thresholds": model.y_thresholds_.tolist(),
        "grid": grid.tolist(),
        "grid_out": out,
    }


def main():
    random = np.random.default_rng(20240614)
    n = 120
    x = np.round(random.standard_normal((n, 3)) * [1, 2, 0.5] + [0, 1, 0], 4)
    y = (random.random(n) < 1 / (1 + np.exp(-(x @ [1.0, -0.5, 0.3])))).astype(float)
    w = np.round(random.random(n) * 2, 4)
    w[::17] = 0
    s = np.round(x @ [1.2, -0.4, 0.1], 1)  # rounded, so that scores tie
    sklearn_curve = _SigmoidCalibration().fit(s, y)
    ones = np.ones(n)
    grid = np.arange(-5, 5.01, 0.4)
    models = {
        "sklearn": sklearn.__version__,
        "C1": logistic(x, y, 1.0),
        "C0.1_weighted": logistic(x, y, 0.1, w),
        "scores": s.tolist(),
        "platt": curve(s, y, ones),
        "platt_smoothed": smoothed(s, y, ones),
        "platt_smoothed_weighted": smoothed(s, y, w),
        "platt_sklearn": {"a": float(-sklearn_curve.a_), "b": float(-sklearn_curve.b_)},
        "isotonic": isotonic(s, y, grid),
        "isotonic_weighted": isotonic(s, y, grid, weights=w),
        "isotonic_decreasing": isotonic(s, y, grid, increasing=False),
        "isotonic_nan": isotonic(s, y, grid, bounds="nan"),
    }
    os.makedirs(HERE, exist_ok=True)
    with open(os.path.join(HERE, "models.json"), "w") as file:
        json.dump(models, file, separators=(",", ":"))
        file.write("\n")
    with open(os.path.join(HERE, "logreg_data.csv"), "w") as file:
        file.write("y,weight," + ",".join(f"x{j}" for j in range(x.shape[1])) + "\n")
        for row in range(n):
            file.write(",".join([str(int(y[row])), str(w[row])] + [str(v) for v in x[row]]) + "\n")


if __name__ == "__main__":
    main()
