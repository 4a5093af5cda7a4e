"""Artificial input for the comparisons: the same files for every program, made once from a seed."""

import numpy as np


def write(folder, name, *columns, formats):
    np.savetxt(folder / name, np.column_stack(columns), fmt=formats, delimiter="\t")


def power_law(rng, n, size, exponent=0.8):
    weights = (np.arange(n) + 1.0) ** -exponent
    return rng.choice(n, size=size, p=weights / weights.sum())


def distinct_pairs(rng, users, items, count):
    """`count` distinct pairs with popular users and items, in random order."""
    codes = np.empty(0, dtype=np.int64)
    while len(codes) < count:
        more = power_law(rng, users, count) * np.int64(items) + power_law(rng, items, count)
        codes = np.unique(np.concatenate([codes, more]))
    codes = rng.permutation(codes)[:count]
    return codes // items, codes % items


def ratings(folder, rng):
    """1 to 5 stars with biases and a hidden factor model: 943 users, 1,682 items, 100,000 to learn from, 10,000 held out."""
    users, items = distinct_pairs(rng, 943, 1682, 110_000)
    tastes, traits = rng.normal(0, 0.45, (943, 8)), rng.normal(0, 0.45, (1682, 8))
    bias = rng.normal(0, 0.4, 943)[users] + rng.normal(0, 0.5, 1682)[items]
    scores = 3.5 + bias + (tastes[users] * traits[items]).sum(axis=1) + rng.normal(0, 0.8, len(users))
    scores = np.clip(np.rint(scores), 1, 5)
    cut = 100_000
    form = ["%d", "%d", "%d"]
    write(folder, "ratings.tsv", users[:cut], items[:cut], scores[:cut], formats=form)
    write(folder, "ratings-held-out.tsv", users[cut:], items[cut:], scores[cut:], formats=form)


def interactions(folder, rng):
    """1.3 million implicit interactions of 20,000 users with 30,000 items, counts from 1 to 10."""
    users, items = distinct_pairs(rng, 20_000, 30_000, 1_300_000)
    write(folder, "interactions.tsv", users, items, rng.integers(1, 11, len(users)), formats=["%d", "%d", "%d"])


def follow_graph(rng, nodes, count):
    """`count` distinct edges among `nodes` accounts, of which one in five follows nobody."""
    followers = rng.permutation(nodes)[: nodes * 4 // 5]
    names = rng.permutation(nodes)
    codes = np.empty(0, dtype=np.int64)
    while len(codes) < count:
        more = rng.choice(followers, count) * np.int64(nodes) + names[power_law(rng, nodes, count)]
        codes = np.unique(np.concatenate([codes, more]))
    codes = np.sort(rng.permutation(codes)[:count])
    return codes // nodes, codes % nodes


def edges(folder, rng):
    """A follow graph of 100,000 accounts and a million edges."""
    write(folder, "edges.tsv", *follow_graph(rng, 100_000, 1_000_000), formats=["%d", "%d"])


def large_edges(folder, rng):
    """One of a million accounts and ten million edges, as raw 32-bit numbers: all sources, then all targets."""
    np.concatenate(follow_graph(rng, 1_000_000, 10_000_000)).astype(np.uint32).tofile(folder / "large-edges.u32")


def texts(folder, rng):
    """50,000 tweets of 4 to 30 words out of a vocabulary of 60,000 with Zipf's frequencies, with tags, names and links."""
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
    shape = (np.arange(26) + 1.0) ** -0.7
    lengths = rng.integers(2, 11, 60_000)
    drawn = rng.choice(letters, size=lengths.sum(), p=shape / shape.sum())
    words = ["".join(w) for w in np.split(drawn, np.cumsum(lengths)[:-1])]
    made = []
    for count in rng.integers(4, 31, 50_000):
        tweet = [words[w] for w in power_law(rng, len(words), count, exponent=1.0)]
        dice = rng.random(3)
        if dice[0] < 0.3:
            tweet.insert(0, "@" + tweet[0].capitalize())
        if dice[1] < 0.4:
            tweet.append("#" + tweet[-1].upper())
        if dice[2] < 0.5:
            tweet.append("https://t.co/" + words[rng.integers(60_000)])
        made.append(" ".join(tweet))
    (folder / "texts.txt").write_text("\n".join(made) + "\n", encoding="utf-8")


def rewards(folder, rng):
    """5,000 events over 100 arms."""
    arms = rng.integers(0, 100, 5_000)
    write(folder, "rewards.tsv", arms, rng.random(5_000) < 0.01 + arms / 500, formats=["%d", "%d"])


def make(folder):
    """Writes all files, unless they are there."""
    done = folder / "complete"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number, world in enumerate([ratings, interactions, edges, texts, rewards, large_edges]):
        world(folder, np.random.default_rng([20161108, number]))
    done.touch()
