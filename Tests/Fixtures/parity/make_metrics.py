"""Writes metrics/binary.json and metrics/ranking.json: artificial labels and scores with what scikit-learn makes of them.

Made with CPython 3.11, numpy 1.26.4, scikit-learn 1.9.1. Seeded: the same versions give the same bytes.
Usage: python make_metrics.py    (writes beside itself)
"""

import json
import os

import numpy as np
from sklearn.metrics import auc, average_precision_score, log_loss, ndcg_score, precision_recall_curve, roc_auc_score

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "metrics")


def binary(y, p):
    precision, recall, _ = precision_recall_curve(y, p)
    rate = float(np.mean(y))
    loss = log_loss(y, p)
    baseline = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    return {
        "y": [int(v) for v in y],
        "p": [float(v) for v in p],
        "roc_auc": float(roc_auc_score(y, p)),
        "average_precision": float(average_precision_score(y, p)),
        "prauc_trapezoid": float(auc(recall, precision)),
        "log_loss": float(loss),
        "rce": float((1 - loss / baseline) * 100),
    }


def ranking(rel, score, k):
    rel, score = np.asarray(rel, float), np.asarray(score, float)
    order = np.argsort(-score, kind="stable")
    shown = min(k, len(rel))
    discount = 1 / np.log2(np.arange(2, shown + 2))
    ordered, best = rel[order], np.sort(rel)[::-1]
    hits = ordered > 0
    relevant = int(hits.sum())

    def gain(values):
        return float((values[:shown] * discount).sum())

    precisions = np.cumsum(hits) / np.arange(1, len(rel) + 1)
    return {
        "rel": rel.tolist(),
        "score": score.tolist(),
        "k": k,
        "order_stable": order.tolist(),
        "sklearn_ndcg_ties_averaged": float(ndcg_score([rel], [score], k=k)),
        # The order of ties is numpy's unstable argsort: it depends on the machine where scores tie.
        "sklearn_ndcg_ignore_ties": float(ndcg_score([rel], [score], k=k, ignore_ties=True)),
        "ndcg_linear_gain_stable": gain(ordered) / gain(best) if relevant else 0.0,
        "ndcg_exp_gain_stable": gain(2**ordered - 1) / gain(2**best - 1) if relevant else 0.0,
        "ap_at_k": float((precisions * hits)[:shown].sum()) / min(k, relevant) if relevant else 0.0,
        "mrr": float(1 / (np.argmax(hits) + 1)) if relevant else 0.0,
        "recall_at_k": float(hits[:shown].sum()) / relevant if relevant else 0.0,
        "precision_at_k": float(hits[:shown].sum()) / k,
    }


def main():
    random = np.random.default_rng(20240611)
    binaries = []
    for n, digits in [(40, None), (150, 1), (150, 2)]:
        y = random.integers(0, 2, n)
        p = np.clip(0.5 + 0.15 * (2 * y - 1) + 0.25 * random.standard_normal(n), 0.02, 0.98)
        binaries.append(binary(y, p if digits is None else np.round(p, digits)))
    binaries.append(binary([0, 1, 1, 0, 0], [0.5] * 5))  # all scores equal
    binaries.append(binary([1, 1, 0, 0], [1.0, 0.9, 0.2, 0.0]))  # separable, with certain predictions
    binaries.append(binary([1, 0, 0, 1], [0.0, 1.0, 0.9, 0.2]))  # certain and wrong
    rankings = []
    for n, k, steps in [(12, 5, None), (40, 10, None), (40, 10, 4), (9, 20, 3)]:
        rel = random.integers(0, 4, n) * random.integers(0, 2, n)
        score = random.random(n)
        rankings.append(ranking(rel, score if steps is None else np.round(score * steps) / steps, k))
    rankings.append(ranking([0, 2, 0, 1], [1, 1, 1, 1], 2))  # all scores equal
    rankings.append(ranking([0, 0, 0], [0.3, 0.2, 0.1], 2))  # nothing relevant
    os.makedirs(HERE, exist_ok=True)
    for name, cases in [("binary", binaries), ("ranking", rankings)]:
        with open(os.path.join(HERE, name + ".json"), "w") as file:
            json.dump(cases, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main()
