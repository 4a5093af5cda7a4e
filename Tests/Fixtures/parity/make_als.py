#!/usr/bin/env python3
"""Writes als/: implicit's least squares and item neighbours on artificial interactions. Made with implicit 0.7.3, numpy 1.26.4.

    make_als.py FOLDER

Per case the factors at the start, after 1 and after 15 iterations, and the loss; neighbours of |confidence| in float64.
"""

import json
import os
import pathlib
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import implicit  # noqa: E402
import numpy as np  # noqa: E402
import scipy.sparse  # noqa: E402
from implicit.cpu.als import AlternatingLeastSquares  # noqa: E402
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender  # noqa: E402

USERS, ITEMS, FACTORS = 23, 31, 5
CASES = {
    "chol": {"use_cg": False, "regularization": 0.05, "alpha": 1.0},
    "chol_alpha40": {"use_cg": False, "regularization": 0.01, "alpha": 40.0},
    "cg3": {"use_cg": True, "regularization": 0.05, "alpha": 1.0},
}


def interactions():
    """Counts with a few dislikes; the last user and the last item have none."""
    rng = np.random.default_rng(31)
    cells = rng.choice((USERS - 1) * (ITEMS - 1), size=120, replace=False)
    values = rng.integers(1, 9, len(cells)) / 2 * np.where(rng.random(len(cells)) < 0.05, -1, 1)
    return scipy.sparse.csr_matrix(
        (values.astype(np.float32), (cells // (ITEMS - 1), cells % (ITEMS - 1))), shape=(USERS, ITEMS))


def write(folder, name, matrix):
    lines = (",".join(repr(float(value)) for value in row) for row in matrix)
    (folder / name).write_text("\n".join(lines) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    matrix = interactions()
    entries = matrix.tocoo()
    with open(folder / "confidence.csv", "w") as out:
        out.write("user,item,confidence_f32\n")
        for user, item, value in sorted(zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist())):
            out.write(f"{user},{item},{value!r}\n")
    meta = {"implicit": implicit.__version__, "users": USERS, "items": ITEMS, "nnz": matrix.nnz, "cases": {}}
    for name, settings in CASES.items():
        start = np.random.default_rng(5)
        users, items = start.random((USERS, FACTORS)) * 0.01, start.random((ITEMS, FACTORS)) * 0.01
        write(folder, f"{name}_init_users.csv", users)
        write(folder, f"{name}_init_items.csv", items)
        for count in (1, 15):
            model = AlternatingLeastSquares(
                factors=FACTORS, dtype=np.float64, iterations=count, num_threads=1, calculate_training_loss=True,
                random_state=5, **settings)
            losses = []
            model.fit(matrix, show_progress=False, callback=lambda _, __, loss: losses.append(loss))
            write(folder, f"{name}_it{count}_users.csv", model.user_factors)
            write(folder, f"{name}_it{count}_items.csv", model.item_factors)
            meta["cases"][f"{name}_it{count}"] = {**settings, "factors": FACTORS, "loss": float(losses[-1])}
    (folder / "meta.json").write_text(json.dumps(meta) + "\n")
    for name, kind in (("cosine", CosineRecommender), ("tfidf", TFIDFRecommender), ("bm25", BM25Recommender)):
        model = kind(K=10, num_threads=1)
        model.fit(scipy.sparse.csr_matrix(abs(matrix).astype(np.float64)), show_progress=False)
        found = model.similarity.tocoo()
        with open(folder / f"itemknn_{name}_K10.csv", "w") as out:
            out.write("item,neighbour,similarity\n")
            for item, other, value in zip(found.row.tolist(), found.col.tolist(), found.data.tolist()):
                out.write(f"{item},{other},{value!r}\n")


main()
