"""Writes cosine/: scikit-learn's cosine_similarity of awkward rows, dense and sparse, which differ where rows are tiny.

    python make_cosine.py        (scikit-learn 1.9.1, numpy 1.26.4, scipy 1.17.1)

rows.csv               [n, 7], among them zero, tiny and huge rows, and rows of one value
similarity.csv         [n, n], of the rows as a dense array
similarity_sparse.csv  [n, n], of the same rows as a sparse matrix
"""
import pathlib

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics.pairwise import cosine_similarity

OUT = pathlib.Path(__file__).parent / "cosine"
OUT.mkdir(exist_ok=True)
random = np.random.default_rng(11)
rows = random.standard_normal((9, 7)) * (random.random((9, 7)) < 0.6)
rows = np.vstack([rows, rows[:1] * 3, -rows[1:2], np.zeros((1, 7)), np.eye(7)[:2]] +
                 [np.full((1, 7), x) for x in (1e-160, 1e-170, 1e150, -1.0, 1e-15, 3e-15)])


def write(name, matrix):
    (OUT / name).write_text("".join(",".join(repr(float(x)) for x in row) + "\n" for row in matrix))


write("rows.csv", rows)
write("similarity.csv", cosine_similarity(rows))
write("similarity_sparse.csv", cosine_similarity(csr_matrix(rows)))
