"""A small folder of logs, and what the usual Python stack makes of it: pandas, scikit-learn, Surprise and networkx.

Made with scikit-learn 1.9.1, scikit-surprise 1.1.5, networkx 3.6.1 and pandas 3.0.6 on numpy 1.26.4 and CPython 3.11. Run
it in an environment with these:

    python make_classic.py

Files: user_engagements.csv, tweets.csv, user_graph.csv and users.csv as `apus train` reads them, all made up;
expected.json with what the libraries' defaults make of them, as `apus train --recipe classic` does: the factorisation, the
vectors and profiles, both PageRanks, popularity, the similarities of users and of tweets, and what SVD and KNNBasic predict
for some users and all tweets; expected_options.json with the same for OPTIONS below. Factors are rounded to 32 bits, what is
compared to 1e-7 to twelve digits.

Where a library leaves a choice open, the documented one of Apus is made here: terms tied at the vocabulary's cut go by code
point, neighbours tied at a list's end by the smaller inner id, and parallel edges are summed.
"""

import json
import os
from dataclasses import dataclass

import networkx
import numpy as np
import pandas
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from surprise import SVD, Dataset, KNNBasic, Reader

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "classic")
WORDS = (
    "comet river bread tide maple orbit lantern gravel falcon ember quartz willow harbor saffron glacier pepper violin "
    "meadow anchor thunder").split()
# Users whose predictions are written: two with repeated pairs, two others, one without engagements, one nobody knows.
ASKING = ["user_1", "user_2", "user_5", "user_9", "Zoë", "nobody"]


@dataclass(frozen=True)
class Options:
    """What `apus train --recipe classic` is asked for; by default, its defaults and those of the libraries."""

    arguments: tuple = ()
    seed: int = 42
    svd: tuple = ()
    factors: int = 100
    similarity: str = "cosine"
    min_support: int = 1
    neighbours: int = 40
    vocabulary: int = 5000
    text: tuple = ()
    damping: float = 0.85


OPTIONS = Options(
    arguments=(
        "--unbiased --seed 7 --factors 8 --epochs 15 --learning-rate 0.01 --regularization 0.05 "
        "--similarity pearson_baseline --min-support 3 --neighbours 3 --vocabulary 60 --stop-words english --ngrams 1-2 "
        "--max-df 0.25 --sublinear-tf --damping 0.9").split(),
    seed=7, svd=(("biased", False), ("n_epochs", 15), ("lr_all", 0.01), ("reg_all", 0.05)), factors=8,
    similarity="pearson_baseline", min_support=3, neighbours=3, vocabulary=60,
    text=(("stop_words", "english"), ("ngram_range", (1, 2)), ("max_df", 0.25), ("sublinear_tf", True)), damping=0.9)


def make_texts(random, count):
    texts = []
    for number in range(count):
        words = [WORDS[random.randint(len(WORDS))] for _ in range(random.randint(1, 9))]
        if number % 5 == 0:
            words[0] = "#" + words[0].upper()
        if number % 7 == 0:
            words.append("Übermut in İstanbul, हिन्दी a I")
        texts.append(" ".join(words))
    texts[3] = 'They said "comet", and\n"the river" was not "bread"'
    texts[10] = ""
    texts[16] = "a I - !"
    texts[17] = "the and of"
    return texts


def make_logs():
    random = np.random.RandomState(3)
    users = [f"user_{n}" for n in range(12)] + ["700", "Zoë"]
    tweets = [f"post_{n}" for n in range(18)] + ["9000000000000000001", "42"]
    pandas.DataFrame({
        "tweet_id": tweets, "author_id": [users[random.randint(len(users))] for _ in tweets],
        "text": make_texts(random, len(tweets))}).to_csv(
            os.path.join(HERE, "tweets.csv"), index=False, lineterminator="\n")

    # In any order; nobody has rated the last tweet.
    scores = [0.1, 0.25, 0.3, 0.75, 1.0]
    pairs = [(u, t) for u in range(len(users) - 2) for t in range(len(tweets) - 1) if random.random_sample() < 0.35]
    rows = [(users[u], tweets[t], scores[random.randint(5)]) for u, t in (pairs[n] for n in random.permutation(len(pairs)))]
    rows.insert(5, (users[1], "unlisted", 0.6))
    # Pairs that repeat: at once, later, with the same and with other scores, and one three times.
    own = [row for row in rows if row[0] == "user_1"]
    rows.insert(rows.index(own[0]) + 1, own[0][:2] + (0.9,))
    rows.insert(len(rows) // 2, own[2])
    for score in (0.2, 0.7):
        rows.append(next(row for row in rows if row[0] == "user_2")[:2] + (score,))
    rows.insert(20, next(row for row in reversed(rows) if row[0] == "user_7")[:2] + (0.4,))
    engagements = pandas.DataFrame(rows, columns=["user_id", "tweet_id", "engagement_score"])
    engagements["timestamp"] = 1_600_000_000 + np.arange(len(rows))
    engagements.to_csv(os.path.join(HERE, "user_engagements.csv"), index=False, lineterminator="\n")

    edges = [(users[random.randint(len(users))], users[random.randint(len(users))], 1 + random.randint(3))
             for _ in range(40)]
    # A loop, parallel edges of which one weighs nothing, and a user whose only edge weighs nothing.
    edges += [("user_3", "user_3", 2), edges[0][:2] + (0,), edges[1][:2] + (5,), ("mute", "user_4", 0)]
    pandas.DataFrame(edges, columns=["src_user_id", "dst_user_id", "weight"]).to_csv(
        os.path.join(HERE, "user_graph.csv"), index=False, lineterminator="\n")
    pandas.DataFrame({"user_id": ["lurker", "user_2", "8"]}).to_csv(
        os.path.join(HERE, "users.csv"), index=False, lineterminator="\n")


def read(name):
    return pandas.read_csv(
        os.path.join(HERE, name), keep_default_na=False, float_precision="round_trip",
        dtype={c: str for c in ("user_id", "tweet_id", "text", "author_id", "src_user_id", "dst_user_id")})


def single(numbers):
    """Rounded to 32 bits."""
    return [float(str(np.float32(x))) for x in numbers]


def digits(number):
    return float(f"{number:.12g}")


def nearest(model, options, count, raw):
    """Each one's neighbours: those of positive similarity, the highest first, among equals the smaller inner id."""
    lists = {}
    for i in range(count):
        others = sorted((-model.sim[i, j], j) for j in range(count) if j != i and model.sim[i, j] > 0)
        lists[raw(i)] = {raw(j): digits(-s) for s, j in others[:options.neighbours]}
    return lists


def mean_ratings(lists):
    """A trainset's ratings with the scores of each repeated pair averaged, as the model's neighbour signals have them."""
    means = {}
    for y, ratings in lists.items():
        own = {}
        for x, rating in ratings:
            own.setdefault(x, []).append(rating)
        means[y] = [(x, sum(scores) / len(scores)) for x, scores in own.items()]
    return means


def predict(model, tweets, rated=frozenset()):
    """Estimates by user and tweet, without the pairs in `rated`; None where the library says it is impossible."""
    table = {}
    for user in ASKING:
        found = {t: model.predict(user, t, clip=False) for t in tweets if (user, t) not in rated}
        table[user] = {t: None if p.details["was_impossible"] else digits(p.est) for t, p in found.items()}
    return table


def factorise(engagements, tweets, options):
    train = Dataset.load_from_df(
        engagements[["user_id", "tweet_id", "engagement_score"]], Reader(rating_scale=(0, 1))).build_full_trainset()
    model = SVD(n_factors=options.factors, random_state=options.seed, **dict(options.svd)).fit(train)
    pairs = engagements[["user_id", "tweet_id"]]
    rated = set(pairs.itertuples(index=False, name=None))
    repeated = pairs[pairs.duplicated()]
    similarities, predictions = {}, {"svd": predict(model, tweets)}
    for side, count, raw in (("users", train.n_users, train.to_raw_uid), ("tweets", train.n_items, train.to_raw_iid)):
        knn = KNNBasic(k=1000, verbose=False, sim_options={
            "name": options.similarity, "user_based": side == "users", "min_support": options.min_support}).fit(train)
        similarities[side] = nearest(knn, options, count, raw)
        plain = predict(knn, tweets, rated)
        knn.yr = mean_ratings(knn.yr)
        predictions[side] = predict(knn, tweets, rated)
        # Only what rests on repeated pairs differs from the plain library.
        for user, row in plain.items():
            for tweet, estimate in row.items():
                own = tweet in set(repeated["tweet_id"]) if side == "users" else user in set(repeated["user_id"])
                assert own or abs((estimate or 0) - (predictions[side][user][tweet] or 0)) < 1e-11
    return {
        # Without biases an estimate has no mean in it.
        "mean": float(train.global_mean) if model.biased else 0.0,
        "user_factors": {train.to_raw_uid(u): single([model.bu[u], *model.pu[u]]) for u in train.all_users()},
        "tweet_factors": {train.to_raw_iid(i): single([model.bi[i], *model.qi[i]]) for i in train.all_items()},
        "similarities": similarities,
        **({"predictions": predictions} if options.neighbours > max(train.n_users, train.n_items) else {}),
    }


def vectorise(tweets, engagements, options):
    text = dict(options.text)
    counter = CountVectorizer(**{name: value for name, value in text.items() if name != "sublinear_tf"})
    counts = np.asarray(counter.fit_transform(tweets["text"]).sum(axis=0)).ravel()
    order = sorted(zip(-counts, counter.get_feature_names_out().tolist()))
    vectorizer = TfidfVectorizer(vocabulary=sorted(term for _, term in order[:options.vocabulary]), **text)
    matrix = vectorizer.fit_transform(tweets["text"])
    terms = vectorizer.get_feature_names_out().tolist()
    if len(order) <= options.vocabulary:
        assert terms == TfidfVectorizer(max_features=options.vocabulary, **text).fit(
            tweets["text"]).get_feature_names_out().tolist()

    def row(vector):
        return {terms[c]: digits(v) for c, v in zip(vector.indices, vector.data) if v != 0}

    place = {tweet: n for n, tweet in enumerate(tweets["tweet_id"])}
    profiles = {}
    for user, own in engagements.groupby("user_id"):
        total = np.zeros(len(terms))
        for tweet, score in zip(own["tweet_id"], own["engagement_score"]):
            if tweet in place:
                total += score * matrix[place[tweet]].toarray().ravel()
        norm = np.sqrt((total**2).sum())
        profiles[user] = {terms[c]: digits(total[c] / norm) for c in np.flatnonzero(total)} if norm > 0 else {}
    return {
        "terms": dict(zip(terms, vectorizer.idf_.tolist())),
        "vectors": {tweet: row(matrix[n]) for tweet, n in place.items()},
        "profiles": profiles,
    }


def ranks(nodes, edges, options):
    graph = networkx.DiGraph()
    graph.add_nodes_from(nodes)
    for source, target, weight in edges:
        before = graph.get_edge_data(source, target, {"weight": 0})["weight"]
        graph.add_edge(source, target, weight=before + weight)
    return networkx.pagerank(graph, alpha=options.damping, tol=1e-15 / len(nodes), max_iter=10_000)


def write(name, expected):
    """One line for each row of a table."""
    tables = []
    for key, value in sorted(expected.items()):
        if isinstance(value, dict):
            rows = [f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False, separators=(',', ':'))}"
                    for k, v in sorted(value.items())]
            tables.append(f'"{key}": {{\n' + ",\n".join(rows) + "\n}")
        else:
            tables.append(f'"{key}": {json.dumps(value)}')
    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as file:
        file.write("{\n" + ",\n".join(tables) + "\n}\n")


def expect(name, options):
    engagements, tweets, graph = read("user_engagements.csv"), read("tweets.csv"), read("user_graph.csv")
    users = sorted({*engagements["user_id"], *tweets["author_id"], *graph["src_user_id"], *graph["dst_user_id"],
                    *read("users.csv")["user_id"]})
    all_tweets = sorted(set(engagements["tweet_id"]) | set(tweets["tweet_id"]))
    both = ranks(
        [("u", u) for u in users] + [("t", t) for t in all_tweets],
        [(("u", u), ("t", t), w) for u, t, w in
         zip(engagements["user_id"], engagements["tweet_id"], engagements["engagement_score"])], options)
    write(name, {
        "arguments": list(options.arguments), "factors": options.factors,
        **factorise(engagements, all_tweets + ["never seen"], options), **vectorise(tweets, engagements, options),
        "popularity": engagements.groupby("tweet_id")["engagement_score"].sum().to_dict(),
        "tweet_ranks": {key: rank for (kind, key), rank in both.items() if kind == "t"},
        "user_ranks": ranks(users, zip(graph["src_user_id"], graph["dst_user_id"], graph["weight"]), options),
    })


def main():
    os.makedirs(HERE, exist_ok=True)
    make_logs()
    expect("expected.json", Options())
    expect("expected_options.json", OPTIONS)


main()
