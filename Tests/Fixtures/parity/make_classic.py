"""A small folder of logs, and what the usual Python stack makes of it: pandas, scikit-learn, Surprise and networkx.

Made with scikit-learn 1.9.1, scikit-surprise 1.1.5, networkx 3.6.1 and pandas 3.0.6 on numpy 1.26.4 and CPython 3.11. Run
it in an environment with these:

    python make_classic.py

Files: user_engagements.csv, tweets.csv and user_graph.csv as `apus train` reads them, all made up; expected.json with the
factorisation, the vectors and profiles, both PageRanks, popularity and the similarities of users and of tweets, by key.
"""

import json
import os

import networkx
import numpy as np
import pandas
from sklearn.feature_extraction.text import TfidfVectorizer
from surprise import SVD, Dataset, KNNBasic, Reader

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "classic")
SEED, FACTORS, EPOCHS, DAMPING = 11, 8, 20, 0.85
WORDS = (
    "comet river bread tide maple orbit lantern gravel falcon ember quartz willow harbor saffron glacier pepper violin "
    "meadow anchor thunder").split()


def make_logs():
    random = np.random.RandomState(3)
    users = [f"user_{n}" for n in range(12)] + ["700", "Zoë"]
    tweets = [f"post_{n}" for n in range(18)] + ["9000000000000000001", "42"]
    texts = []
    for number in range(len(tweets)):
        words = [WORDS[random.randint(len(WORDS))] for _ in range(random.randint(0, 9))]
        if number % 5 == 0 and words:
            words[0] = "#" + words[0].upper()
        if number % 7 == 0:
            words.append("Übermut in İstanbul, हिन्दी a I")
        texts.append(" ".join(words))
    frame = pandas.DataFrame({
        "tweet_id": tweets, "author_id": [users[random.randint(len(users))] for _ in tweets], "text": texts})
    frame.to_csv(os.path.join(HERE, "tweets.csv"), index=False, lineterminator="\n")

    pairs = [(u, t) for u in range(len(users) - 2) for t in range(len(tweets)) if random.random_sample() < 0.35]
    # One tweet that nobody wrote down, and in any order.
    pairs = [pairs[n] for n in random.permutation(len(pairs))]
    rows = [(users[u], tweets[t], [0.25, 0.5, 0.75, 1.0][random.randint(4)]) for u, t in pairs]
    rows.insert(5, (users[1], "unlisted", 0.5))
    engagements = pandas.DataFrame(rows, columns=["user_id", "tweet_id", "engagement_score"])
    engagements["timestamp"] = 1_600_000_000 + np.arange(len(rows))
    engagements.to_csv(os.path.join(HERE, "user_engagements.csv"), index=False, lineterminator="\n")

    edges = [(users[random.randint(len(users))], users[random.randint(len(users))], 1 + random.randint(3))
             for _ in range(40)]
    edges.append(("user_3", "user_3", 2))
    pandas.DataFrame(edges, columns=["src_user_id", "dst_user_id", "weight"]).to_csv(
        os.path.join(HERE, "user_graph.csv"), index=False, lineterminator="\n")


def read(name):
    return pandas.read_csv(os.path.join(HERE, name), dtype={c: str for c in ("user_id", "tweet_id", "text", "author_id",
                           "src_user_id", "dst_user_id")}, keep_default_na=False)


def factorise(engagements):
    train = Dataset.load_from_df(
        engagements[["user_id", "tweet_id", "engagement_score"]], Reader(rating_scale=(0, 1))).build_full_trainset()
    model = SVD(n_factors=FACTORS, n_epochs=EPOCHS, random_state=SEED).fit(train)
    similarities = {}
    for side, count, raw in (("users", train.n_users, train.to_raw_uid), ("tweets", train.n_items, train.to_raw_iid)):
        sim = KNNBasic(sim_options={"name": "cosine", "user_based": side == "users"}, verbose=False).fit(train).sim
        similarities[side] = {
            raw(i): {raw(j): float(sim[i, j]) for j in range(count) if j != i and sim[i, j] > 0} for i in range(count)}
    return {
        "mean": float(train.global_mean),
        "users": {train.to_raw_uid(u): [float(model.bu[u])] + model.pu[u].tolist() for u in train.all_users()},
        "tweets": {train.to_raw_iid(i): [float(model.bi[i])] + model.qi[i].tolist() for i in train.all_items()},
        "similarities": similarities,
    }


def vectorise(tweets, engagements):
    vectorizer = TfidfVectorizer(max_features=5000)
    matrix = vectorizer.fit_transform(tweets["text"])
    terms = vectorizer.get_feature_names_out().tolist()

    def row(vector):
        return {terms[c]: float(v) for c, v in zip(vector.indices, vector.data) if v != 0}

    place = {tweet: n for n, tweet in enumerate(tweets["tweet_id"])}
    profiles = {}
    for user, own in engagements.groupby("user_id"):
        total = np.zeros(len(terms))
        for tweet, score in zip(own["tweet_id"], own["engagement_score"]):
            if tweet in place:
                total += score * matrix[place[tweet]].toarray().ravel()
        norm = np.sqrt((total**2).sum())
        profiles[user] = {terms[c]: float(total[c] / norm) for c in np.flatnonzero(total)} if norm > 0 else {}
    return {
        "terms": dict(zip(terms, vectorizer.idf_.tolist())),
        "vectors": {tweet: row(matrix[n]) for tweet, n in place.items()},
        "profiles": profiles,
    }


def ranks(nodes, edges):
    graph = networkx.DiGraph()
    graph.add_nodes_from(nodes)
    for source, target, weight in edges:
        before = graph.get_edge_data(source, target, {"weight": 0})["weight"]
        graph.add_edge(source, target, weight=before + weight)
    return networkx.pagerank(graph, alpha=DAMPING, tol=1e-15 / len(nodes), max_iter=10_000)


def main():
    os.makedirs(HERE, exist_ok=True)
    make_logs()
    engagements, tweets, graph = read("user_engagements.csv"), read("tweets.csv"), read("user_graph.csv")
    users = sorted(set(engagements["user_id"]) | set(tweets["author_id"]) | set(graph["src_user_id"])
                   | set(graph["dst_user_id"]))
    all_tweets = sorted(set(engagements["tweet_id"]) | set(tweets["tweet_id"]))
    both = ranks(
        [("u", u) for u in users] + [("t", t) for t in all_tweets],
        [(("u", u), ("t", t), w) for u, t, w in
         zip(engagements["user_id"], engagements["tweet_id"], engagements["engagement_score"])])
    expected = {
        "seed": SEED, "factors": FACTORS, "epochs": EPOCHS,
        **factorise(engagements), **vectorise(tweets, engagements),
        "popularity": engagements.groupby("tweet_id")["engagement_score"].sum().to_dict(),
        "tweet_ranks": {key: rank for (kind, key), rank in both.items() if kind == "t"},
        "user_ranks": ranks(users, zip(graph["src_user_id"], graph["dst_user_id"], graph["weight"])),
    }
    # The factors of both sides stand under keys of their own.
    expected["user_factors"], expected["tweet_factors"] = expected.pop("users"), expected.pop("tweets")
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(expected, file, ensure_ascii=False, indent=0, sort_keys=True)
        file.write("\n")


main()
