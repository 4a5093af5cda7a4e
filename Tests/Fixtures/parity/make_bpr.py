#!/usr/bin/env python3
"""Writes bpr/: implicit's Bayesian personalised ranking on the interactions of als/. Made with implicit 0.7.3, numpy 1.26.4.

    make_bpr.py FOLDER

FOLDER/../als/confidence.csv must be there. samples.csv is the stream of a Mersenne Twister through libstdc++'s
uniform_int_distribution (since GCC 11), written here in Python, checked by replaying it to the library's own factors.
"""

import json
import math
import pathlib
import sys

import implicit
import numpy as np
import scipy.sparse
from implicit.cpu.bpr import BayesianPersonalizedRanking

FACTORS, RATE, PENALTY, EPOCHS, SEED = 5, 0.05, 0.01, 4, 17


def write(folder, name, matrix):
    lines = (",".join(repr(float(value)) for value in row) for row in matrix)
    (folder / name).write_text("\n".join(lines) + "\n")


def start(matrix):
    rng = np.random.default_rng(SEED)
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    items = (rng.random((matrix.shape[1], FACTORS + 1)) - 0.5) / FACTORS
    items[counts == 0] = 0
    users = (rng.random((matrix.shape[0], FACTORS + 1)) - 0.5) / FACTORS
    users[np.diff(matrix.indptr) == 0] = 0
    users[:, FACTORS] = 1
    return users, items, int(rng.integers(0, 2**31, size=1)[0])


def draws(seed, count):
    bits = np.random.MT19937()
    bits._legacy_seeding(seed)
    while True:
        product = int(bits.random_raw()) * count
        if product % 2**32 >= (2**32 - count) % count:
            yield product >> 32


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    meta = json.loads((folder.parent / "als/meta.json").read_text())
    cells = np.loadtxt(folder.parent / "als/confidence.csv", delimiter=",", skiprows=1)
    matrix = scipy.sparse.csr_matrix(
        (np.ones(len(cells), np.float32), (cells[:, 0].astype(int), cells[:, 1].astype(int))),
        shape=(meta["users"], meta["items"]))
    matrix.sort_indices()
    users, items, stream_seed = start(matrix)
    write(folder, "init_users.csv", users)
    write(folder, "init_items.csv", items)
    model = BayesianPersonalizedRanking(
        factors=FACTORS, learning_rate=RATE, regularization=PENALTY, dtype=np.float64, iterations=EPOCHS, num_threads=1,
        random_state=SEED)
    model.fit(matrix, show_progress=False)
    write(folder, "final_users.csv", model.user_factors)
    write(folder, "final_items.csv", model.item_factors)
    stream = draws(stream_seed, matrix.nnz)
    owners = np.repeat(np.arange(meta["users"]), np.diff(matrix.indptr))
    rate, penalty = float(np.float32(RATE)), float(np.float32(PENALTY))
    skipped = correct = 0
    with open(folder / "samples.csv", "w") as out:
        out.write("epoch,user,liked,disliked,skipped\n")
        for epoch in range(EPOCHS):
            for _ in range(matrix.nnz):
                first, second = next(stream), next(stream)
                user, liked, other = int(owners[first]), int(matrix.indices[first]), int(matrix.indices[second])
                is_skipped = bool(matrix[user, other])
                out.write(f"{epoch},{user},{liked},{other},{int(is_skipped)}\n")
                if is_skipped:
                    skipped += 1
                    continue
                u, i, j = users[user].copy(), items[liked].copy(), items[other].copy()
                z = 1 / (1 + math.exp(float(u @ (i - j))))
                correct += z < 0.5
                users[user, :FACTORS] += rate * (z * (i - j) - penalty * u)[:FACTORS]
                items[liked] += rate * (z * u - penalty * i)
                items[other] += rate * (-z * u - penalty * j)
    assert np.abs(users - model.user_factors).max() < 1e-13 and np.abs(items - model.item_factors).max() < 1e-13
    (folder / "meta.json").write_text(json.dumps({
        "implicit": implicit.__version__, "factors": FACTORS, "learning_rate": RATE, "regularization": PENALTY,
        "iterations": EPOCHS, "random_state": SEED, "rng_seed": stream_seed, "nnz": int(matrix.nnz), "skipped": skipped,
        "correct": correct}) + "\n")


main()
