#!/usr/bin/env python3
"""Writes pagerank/: reference ranks of artificial graphs. Made with networkx 3.6.1, scipy 1.17.1, numpy 1.26.4.

    make_pagerank.py FOLDER

cases.json holds small graphs with every option of networkx.pagerank, the number of iterations that it took, and the exact
ranks from a dense linear solver; medium_*.csv one graph at the default tolerance and at a tight one.
"""

import json
import pathlib
import sys

import networkx as nx
import numpy as np

RNG = np.random.default_rng(20240607)


def graph(nodes, edges, directed=True, multi=False):
    kind = {(True, False): nx.DiGraph, (True, True): nx.MultiDiGraph, (False, False): nx.Graph}[directed, multi]
    made = kind()
    made.add_nodes_from(nodes)
    for source, target, weight in edges:
        made.add_edge(source, target, weight=weight)
    return made


def iterations(made, options):
    """The least max_iter with which the call converges."""
    limit = options.get("max_iter", 100)
    rest = {name: value for name, value in options.items() if name != "max_iter"}
    for count in range(1, limit + 1):
        try:
            nx.pagerank(made, max_iter=count, **rest)
            return count
        except nx.PowerIterationFailedConvergence:
            pass
    return None


def exact(made, options):
    nodes = list(made)
    n = len(nodes)
    alpha = options.get("alpha", 0.85)
    weights = nx.to_numpy_array(made, nodelist=nodes, weight=options.get("weight", "weight"), multigraph_weight=sum)
    p = np.full(n, 1 / n)
    if options.get("personalization"):
        p = np.array([options["personalization"].get(v, 0.0) for v in nodes])
        p /= p.sum()
    q = p
    if options.get("dangling"):
        q = np.array([options["dangling"].get(v, 0.0) for v in nodes])
        q /= q.sum()
    out = weights.sum(axis=1)
    shares = np.array([weights[i] / out[i] if out[i] != 0 else q for i in range(n)])
    ranks = np.linalg.solve(np.eye(n) - alpha * shares.T, (1 - alpha) * p)
    return dict(zip(nodes, map(float, ranks / ranks.sum())))


def case(name, nodes, edges, directed=True, multi=False, **options):
    made = graph(nodes, edges, directed, multi)
    # Read back: a graph without parallel edges keeps the last weight given to a pair.
    kept = [[source, target, weight] for source, target, weight in made.edges(data="weight")]
    row = {
        "name": name, "directed": directed, "multigraph": multi, "nodes_in_order": list(made), "edges": kept,
        "options": options}
    try:
        row["pagerank"] = nx.pagerank(made, **options)
        if len(made):
            row["iterations"] = iterations(made, options)
            row["pagerank_exact"] = exact(made, options)
    except (nx.PowerIterationFailedConvergence, ZeroDivisionError) as error:
        row["error"] = f"{type(error).__name__}: {error}"
    return row


def random_edges(n, count, weighted=True):
    chosen = {}
    while len(chosen) < count:
        pair = (f"n{RNG.integers(n)}", f"n{min(RNG.integers(n), RNG.integers(n))}")
        chosen[pair] = float(RNG.random() * 3 + 0.1) if weighted else 1
    return [[source, target, weight] for (source, target), weight in chosen.items()]


def bipartite():
    users, tweets = [f"u{i}" for i in range(12)], [f"t{i}" for i in range(20)]
    edges, leaving = {}, {}
    for user in users[:-1]:
        for tweet in RNG.choice(tweets, size=RNG.integers(1, 5), replace=False):
            edges[user, str(tweet)] = float(RNG.choice([0.1, 0.3, 0.5, 1.0]))
    for (user, _), weight in edges.items():
        leaving[user] = leaving.get(user, 0) + weight
    row = case("seed_bipartite", users + tweets, [[u, t, w] for (u, t), w in edges.items()])
    base = 1 / (len(users) + len(tweets) + 0.85 * len(leaving))
    row["closed_form"] = {v: base for v in users}
    for tweet in tweets:
        received = sum(w / leaving[u] for (u, t), w in edges.items() if t == tweet)
        row["closed_form"][tweet] = base * (1 + 0.85 * received)
    return row


def small():
    six = [f"n{i}" for i in range(6)]
    edges = random_edges(6, 9)
    social = [f"n{i}" for i in range(60)]
    follows = random_edges(60, 240)
    return [
        case("default", six, edges),
        case("alpha", six, edges, alpha=0.6),
        case("tight", six, edges, tol=1e-13, max_iter=500),
        case("unweighted", six, edges, weight=None),
        case("dangling", six + ["x", "y"], edges + [["n0", "x", 2.0]], dangling={"n1": 2.0, "x": 1.0}),
        case("personalized", six, edges, personalization={"n2": 1.0, "n3": 2.5, "ghost": 4.0}),
        case("both", six + ["x"], edges, personalization={"n2": 1.0}, dangling={"n4": 1.0}),
        case("start", six, edges, nstart={"n5": 3.0, "n0": 1.0}),
        case("no_personalization", six, edges, personalization={"n1": 0.0}),
        case("too_few_iterations", six, edges, max_iter=2, tol=1e-12),
        case("never_converges", ["a", "b"], [["a", "b", 1], ["b", "a", 1]], alpha=1.0, nstart={"a": 1.0}),
        case("empty", [], []),
        case("one_node", ["a"], []),
        case("self_loops", ["a", "b", "c"], [["a", "a", 1.0], ["a", "b", 2.0], ["b", "b", 0.5]]),
        case("zero_weights", ["a", "b", "c"], [["a", "b", 0.0], ["b", "c", 2.0], ["c", "a", 0.0], ["c", "b", 1.0]]),
        case("negative_weights", six, edges + [["n0", "n5", -0.2], ["n3", "n4", -0.1]]),
        case("cancelling_weights", ["a", "b", "c"], [["a", "b", 1.0], ["a", "c", -1.0], ["b", "a", 1.0]]),
        case("no_edges", ["a", "b", "c"], []),
        case("parallel_edges", ["a", "b", "c"], [["a", "b", 1.0], ["a", "b", 2.5], ["b", "c", 1.0], ["c", "a", 0.5],
                                                ["c", "b", 1.5], ["c", "b", 0.5]], multi=True),
        case("undirected", ["a", "b", "c", "d"], [["a", "b", 2.0], ["b", "c", 1.0], ["c", "c", 3.0]], directed=False),
        case("social", social, follows),
        case("social_personalized", social, follows, personalization={"n7": 1.0}),
        bipartite(),
    ]


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in small()) + "\n]\n")
    n = 300
    codes = np.unique(RNG.integers(0, n, 900) * n + np.minimum(RNG.integers(0, n, 900), RNG.integers(0, n, 900)))
    codes = RNG.permutation(codes)
    weights = RNG.random(len(codes)) + 0.01
    made = nx.DiGraph()
    made.add_nodes_from(range(n))
    made.add_weighted_edges_from(zip((codes // n).tolist(), (codes % n).tolist(), weights.tolist()))
    with open(folder / "medium_edges.csv", "w") as out:
        out.write("src,dst,weight\n")
        for code, weight in zip(codes.tolist(), weights.tolist()):
            out.write(f"{code // n},{code % n},{weight!r}\n")
    tight = {"tol": 1e-12, "max_iter": 500}
    loose_ranks, tight_ranks = nx.pagerank(made), nx.pagerank(made, **tight)
    with open(folder / "medium_pagerank.csv", "w") as out:
        out.write("node,default_tol,tol_1e-12\n")
        for node in range(n):
            out.write(f"{node},{loose_ranks[node]!r},{tight_ranks[node]!r}\n")
    medium = {"N": n, "E": len(codes), "iters_default": iterations(made, {}), "iters_tight": iterations(made, tight)}
    (folder / "meta.json").write_text(json.dumps({"networkx": nx.__version__, "medium": medium}) + "\n")


main()
