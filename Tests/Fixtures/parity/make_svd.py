"""Reference outputs of surprise.SVD for Tests/Fixtures/parity/svd, from artificial ratings.

Made with scikit-surprise 1.1.5 on numpy 1.26.4 and CPython 3.11. Run it in an environment with these:

    python make_svd.py

Files: ratings.csv in the order of the log; order.csv, users.csv and items.csv as Surprise numbers and visits them; for
each case the factors before the first and after some epochs, one row a line, and estimates of known pairs before clipping;
meta.json with parameters and predictions; edge.json with degenerate logs. Numbers are float64 in shortest decimal.
"""

import json
import os

import numpy as np
import pandas
from surprise import SVD, Dataset, Reader

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "svd")
PARTS = ("bu", "bi", "pu", "qi")
RATES = {f"{kind}_{part}": value for kind, value in (("lr", 0.005), ("reg", 0.02)) for part in PARTS}
CASES = {
    "default": (dict(n_factors=100, n_epochs=20), [20]),
    "f5": (dict(n_factors=5, n_epochs=20), [1, 2, 20]),
    "unbiased": (dict(n_factors=10, n_epochs=20, biased=False), [20]),
    "custom": (
        dict(n_factors=7, n_epochs=33, init_mean=0.05, init_std_dev=0.2, lr_bu=0.01, lr_bi=0.02, lr_pu=0.007,
             lr_qi=0.003, reg_bu=0.1, reg_bi=0.05, reg_pu=0.03, reg_qi=0.01),
        [33],
    ),
}
DEFAULTS = dict(n_factors=100, n_epochs=20, biased=True, init_mean=0, init_std_dev=0.1, **RATES)


def trainset(ratings):
    frame = pandas.DataFrame(ratings, columns=["user", "item", "score"])
    return Dataset.load_from_df(frame, Reader(rating_scale=(0, 1))).build_full_trainset()


def fitted(train, parameters, seed):
    model = SVD(random_state=seed, **parameters)
    model.fit(train)
    return model


def write_rows(name, rows):
    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(",".join(str(value) for value in row) + "\n")


def write_matrix(name, matrix):
    write_rows(name, [[repr(float(value)) for value in row] for row in np.atleast_2d(matrix)])


def artificial_ratings():
    random = np.random.RandomState(20)
    users = ["u1", "u2", "ünï", "u4", "5", "u6"]
    items = ["t1", "t2", "t3", "tweet🎉", "500", "t6", "t7", "t8"]
    ratings = []
    for _ in range(40):
        user, item = users[min(random.randint(6), random.randint(6))], items[random.randint(8)]
        ratings.append((user, item, [0.0, 0.25, 0.6, 0.8, 1.0][random.randint(5)]))
    return ratings + [ratings[3], (ratings[3][0], ratings[3][1], 0.1)]


def predictions(model, pairs):
    rows = []
    for user, item in pairs:
        clipped, raw = model.predict(user, item), model.predict(user, item, clip=False)
        rows.append(dict(user=user, item=item, est=clipped.est, est_unclipped=float(raw.est),
                         was_impossible=clipped.details["was_impossible"]))
    return rows


def main():
    ratings = artificial_ratings()
    train = trainset(ratings)
    write_rows("ratings.csv", [("user_id", "tweet_id", "engagement_score")] + ratings)
    order = list(train.all_ratings())
    write_rows("order.csv", [("k", "inner_u", "inner_i", "r")] + [(k, *row) for k, row in enumerate(order)])
    write_rows("users.csv", [("inner", "raw")] + [(u, train.to_raw_uid(u)) for u in train.all_users()])
    write_rows("items.csv", [("inner", "raw")] + [(i, train.to_raw_iid(i)) for i in train.all_items()])
    meta = dict(n_users=train.n_users, n_items=train.n_items, n_ratings=train.n_ratings,
                global_mean=float(train.global_mean), cases={})
    pairs = [("u1", "t1"), ("ünï", "tweet🎉"), ("5", "500"), ("nobody", "t1"), ("u1", "no_tweet"), ("nobody", "nothing")]
    for name, (parameters, epochs) in CASES.items():
        start = fitted(train, dict(parameters, n_epochs=0), 42)
        write_matrix(f"{name}_init_pu.csv", start.pu)
        write_matrix(f"{name}_init_qi.csv", start.qi)
        for epoch in epochs:
            model = fitted(train, dict(parameters, n_epochs=epoch), 42)
            write_matrix(f"{name}_ep{epoch}_bu.csv", model.bu[:, None])
            write_matrix(f"{name}_ep{epoch}_bi.csv", model.bi[:, None])
            write_matrix(f"{name}_ep{epoch}_pu.csv", model.pu)
            write_matrix(f"{name}_ep{epoch}_qi.csv", model.qi)
        grid = [(u, i, repr(float(model.estimate(u, i)))) for u in train.all_users() for i in train.all_items()]
        write_rows(f"{name}_pred_grid.csv", [("inner_u", "inner_i", "est_unclipped")] + grid)
        errors = [model.predict(train.to_raw_uid(u), train.to_raw_iid(i)).est - r for u, i, r in order]
        meta["cases"][name] = dict(params=dict(DEFAULTS, **parameters), seed=42, epochs_saved=epochs,
                                   predictions=predictions(model, pairs),
                                   train_rmse=float(np.sqrt(np.mean(np.square(errors)))),
                                   train_mae=float(np.mean(np.abs(errors))))
    with open(os.path.join(HERE, "meta.json"), "w", encoding="utf-8") as file:
        json.dump(meta, file, ensure_ascii=False)
    edges = {
        "one user": [("u", f"t{i}", i / 8) for i in range(9)],
        "one tweet": [(f"u{i}", "t", i / 8) for i in range(9)],
        "one rating": [("u", "t", 0.75)],
        "all equal": [(f"u{i % 4}", f"t{i % 7}", 0.6) for i in range(30)],
        "all zero": [(f"u{i % 3}", f"t{i % 5}", 0.0) for i in range(20)],
        "one pair again and again": [("u", "t", i / 10) for i in range(11)],
    }
    rows = []
    for name, ratings in edges.items():
        train = trainset(ratings)
        model = fitted(train, dict(n_factors=12), 7)
        rows.append(dict(name=name, seed=7, factors=12, epochs=20,
                         users=[u for u, _, _ in ratings], tweets=[i for _, i, _ in ratings],
                         scores=[r for _, _, r in ratings], mean=float(train.global_mean),
                         **{part: getattr(model, part).ravel().tolist() for part in PARTS}))
    with open(os.path.join(HERE, "edge.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file)


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    main()
