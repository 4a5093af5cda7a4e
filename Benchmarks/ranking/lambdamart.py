"""LambdaMART (LightGBM) on the very signals that the ranker's blend learned from and ranked.

    apus evaluate --data DIR --impressions FILE --signals-to signals.safetensors
    pip install lightgbm safetensors numpy
    python Benchmarks/ranking/lambdamart.py signals.safetensors

Prints NDCG@10 of the blend and of LambdaMART learned from the lists that came, from those in hindsight, and from both.
Rows of a list are shuffled before training and ties are broken at random: the positive comes first in each list.
"""

import sys

import lightgbm
import numpy
from safetensors.numpy import load_file


def ndcg(scores, labels, offsets, generator):
    """Mean NDCG@10 over lists with a positive; equal scores in random order."""
    gains = []
    for begin, end in zip(offsets, offsets[1:]):
        label, score = labels[begin:end], scores[begin:end]
        if not label.any():
            continue
        order = numpy.lexsort((generator.random(len(score)), -score))
        discounts = 1 / numpy.log2(numpy.arange(2, 12))
        found = label[order][:10]
        ideal = discounts[: min(10, int(label.sum()))].sum()
        gains.append((found * discounts[: len(found)]).sum() / ideal)
    return numpy.mean(gains)


def shuffled(tensors, parts, generator):
    """Rows, labels and list lengths of some parts, rows of each list in random order."""
    rows, labels, lengths = [], [], []
    for part in parts:
        values, label = tensors[part + ".values"], tensors[part + ".labels"]
        offsets = tensors[part + ".offsets"].astype(int)
        for begin, end in zip(offsets, offsets[1:]):
            order = begin + generator.permutation(end - begin)
            rows.append(values[order])
            labels.append(label[order])
            lengths.append(end - begin)
    return numpy.concatenate(rows), numpy.concatenate(labels), lengths


def main(path):
    tensors = load_file(path)
    offsets = tensors["impressions.offsets"].astype(int)
    labels, generator = tensors["impressions.labels"], numpy.random.default_rng(42)
    print(f"{'blend':<32}{ndcg(tensors['impressions.ranker'], labels, offsets, generator):.4f}")
    for name, parts in [
        ("lists as they came", ["temporal"]), ("lists in hindsight", ["retrospective"]),
        ("both", ["temporal", "retrospective"]),
    ]:
        rows, targets, lengths = shuffled(tensors, parts, generator)
        model = lightgbm.LGBMRanker(
            n_estimators=300, num_leaves=31, learning_rate=0.05, min_child_samples=50, label_gain=[0, 1],
            random_state=42, verbose=-1,
        )
        model.fit(rows, targets, group=lengths)
        scores = model.predict(tensors["impressions.values"])
        print(f"LambdaMART, {name:<20}{ndcg(scores, labels, offsets, generator):.4f}")


if __name__ == "__main__":
    main(sys.argv[1])
