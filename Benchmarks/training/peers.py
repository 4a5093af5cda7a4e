"""What each comparison measures on the side of the Python libraries.

A case is a function of the data folder that prepares its input untimed and returns a `Case`: what to time, and how good
the result is. Times are wall-clock; every library is held to one thread by compare.py.
"""

import dataclasses
import time
import typing

import numpy as np


@dataclasses.dataclass
class Case:
    """One thing to time."""

    # The timed work; its result goes to `quality`.
    run: typing.Callable[[], typing.Any]
    # Name and value of what the result is worth, for the table.
    quality: typing.Callable[[typing.Any], dict]
    # How many times the work was done within one run; times are divided by it.
    times: int = 1


def best_of(case, repeats):
    """Seconds of the fastest of `repeats` runs, and the quality of the last result."""
    seconds, result = [], None
    for _ in range(repeats):
        result = None
        begin = time.perf_counter()
        result = case.run()
        seconds.append((time.perf_counter() - begin) / case.times)
    return min(seconds), case.quality(result)


def table(folder, name, columns):
    """Columns of a tab-separated file of numbers."""
    data = np.loadtxt(folder / name, delimiter="\t", ndmin=2)
    return [data[:, c] for c in range(columns)]


def lines(folder, name):
    return (folder / name).read_text(encoding="utf-8").splitlines()


# Factorisation


def svd(folder):
    import pandas
    from surprise import SVD, Dataset, Reader

    def trainset(name):
        users, items, scores = table(folder, name, 3)
        frame = pandas.DataFrame({"u": users.astype(int), "i": items.astype(int), "r": scores})
        return Dataset.load_from_df(frame, Reader(rating_scale=(1, 5)))

    train = trainset("ratings.tsv").build_full_trainset()
    held_out = [(int(u), int(i), r) for u, i, r in zip(*table(folder, "ratings-held-out.tsv", 3))]

    def rmse(model):
        errors = [model.predict(u, i).est - r for u, i, r in held_out]
        return {"held-out RMSE": float(np.sqrt(np.mean(np.square(errors))))}

    return Case(lambda: SVD(n_factors=100, n_epochs=20, random_state=7).fit(train), rmse)


def _knn(folder):
    import pandas
    from surprise import Dataset, KNNBasic, Reader

    users, items, scores = table(folder, "ratings.tsv", 3)
    frame = pandas.DataFrame({"u": users.astype(int), "i": items.astype(int), "r": scores})
    train = Dataset.load_from_df(frame, Reader(rating_scale=(1, 5))).build_full_trainset()
    pairs = [(int(u), int(i), r) for u, i, r in zip(*table(folder, "ratings-held-out.tsv", 3))]
    return KNNBasic(k=40, sim_options={"name": "cosine", "user_based": False}, verbose=False), train, pairs


def knn_similarity(folder):
    model, train, _ = _knn(folder)
    return Case(lambda: model.fit(train), lambda m: {"similarities": int(m.sim.shape[0] ** 2)})


def knn_predict(folder):
    model, train, pairs = _knn(folder)
    model.fit(train)

    def rmse(predictions):
        return {"held-out RMSE": float(np.sqrt(np.mean([(p.est - p.r_ui) ** 2 for p in predictions])))}

    return Case(lambda: model.test(pairs), rmse, times=len(pairs))


def als(folder):
    import scipy.sparse
    from implicit.als import AlternatingLeastSquares

    users, items, scores = table(folder, "interactions.tsv", 3)
    matrix = scipy.sparse.csr_matrix((scores.astype(np.float32), (users.astype(int), items.astype(int))))
    iterations = 3

    def fit(**more):
        model = AlternatingLeastSquares(
            factors=64, regularization=0.05, iterations=iterations, use_cg=True, num_threads=1, random_state=7,
            calculate_training_loss=bool(more))
        model.fit(matrix, show_progress=False, **more)

    def loss(_):
        # The same factors once more, untimed: looking at the loss costs the library a tenth of the time.
        losses = []
        fit(callback=lambda *about: losses.append(about[-1]))
        return {"loss": float(losses[-1])}

    return Case(fit, loss, times=iterations)


# Text


def tfidf_fit(folder):
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = lines(folder, "texts.txt")
    return Case(
        lambda: TfidfVectorizer(max_features=5000).fit_transform(texts),
        lambda m: {"weights": int(m.nnz), "sum": float(m.sum())})


def tfidf_transform(folder):
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = lines(folder, "texts.txt")
    vectorizer = TfidfVectorizer(max_features=5000).fit(texts)
    few = texts[:200]
    return Case(
        lambda: [vectorizer.transform([text]) for text in few],
        lambda m: {"sum": float(sum(v.sum() for v in m))}, times=len(few))


def similarity(folder):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    texts = lines(folder, "texts.txt")
    vectors = TfidfVectorizer(max_features=5000).fit_transform(texts)
    profile, candidates = vectors[0], vectors[1:501]

    def run():
        for _ in range(100):
            result = cosine_similarity(profile, candidates)
        return result

    return Case(run, lambda r: {"sum": float(r.sum())}, times=100)


# Graph


def _edges(folder):
    sources, targets = table(folder, "edges.tsv", 2)
    return sources.astype(int), targets.astype(int)


def ranks_error(folder, ranks):
    """L1 distance to the fixed point, by one plain step of the power method per digit until it stands still."""
    import scipy.sparse

    sources, targets = _edges(folder)
    n = len(ranks)
    matrix = scipy.sparse.csr_matrix((np.ones(len(sources)), (sources, targets)), shape=(n, n))
    out = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, out, out=np.zeros(n), where=out > 0)
    x = np.array(ranks)
    for _ in range(200):
        y = 0.85 * (matrix.T @ (x * scale) + x[out == 0].sum() / n) + 0.15 / n
        moved, x = np.abs(y - x).sum(), y
        if moved < 1e-15:
            break
    return {"L1 error": float(np.abs(x - np.array(ranks)).sum())}


def pagerank_networkx(folder):
    import networkx

    sources, targets = _edges(folder)
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(max(sources.max(), targets.max()) + 1))
    graph.add_edges_from(zip(sources.tolist(), targets.tolist()))
    # networkx stops at N * tol: this asks for the L1 change at which Apus stops.
    tolerance = 1e-10 / graph.number_of_nodes()
    return Case(
        lambda: networkx.pagerank(graph, tol=tolerance, max_iter=500),
        lambda r: ranks_error(folder, [r[i] for i in range(len(r))]))


def pagerank_igraph(folder):
    import igraph

    sources, targets = _edges(folder)
    graph = igraph.Graph(
        n=int(max(sources.max(), targets.max())) + 1, edges=list(zip(sources.tolist(), targets.tolist())), directed=True)
    return Case(lambda: graph.pagerank(damping=0.85), lambda r: ranks_error(folder, r))


# Bandit


def bandit_update(folder):
    from mabwiser.mab import MAB, LearningPolicy

    arms, rewards = table(folder, "rewards.tsv", 2)
    arms = arms.astype(int).tolist()
    model = MAB(arms=list(range(100)), learning_policy=LearningPolicy.UCB1(alpha=1.25), seed=7)
    model.fit(decisions=arms, rewards=rewards.tolist())

    def run():
        for _ in range(20):
            model.partial_fit(decisions=arms, rewards=rewards.tolist())
        return model

    return Case(run, lambda _: {"events": len(arms)}, times=20)


CASES = {
    "svd": svd,
    "als": als,
    "knn-similarity": knn_similarity,
    "knn-predict": knn_predict,
    "tfidf-fit": tfidf_fit,
    "tfidf-transform": tfidf_transform,
    "similarity": similarity,
    "pagerank-networkx": pagerank_networkx,
    "pagerank-igraph": pagerank_igraph,
    "bandit-update": bandit_update,
}
