"""Makes the k-NN part of the project's own parity pack: Tests/Fixtures/parity/knn.

    python Tests/Fixtures/parity/make_knn.py

Input: artificial ratings on a scale from 0 to 1, drawn here with a fixed seed; some users give always the same, some
pairs are rated twice, and ratings.csv has zeros too. Output: what scikit-surprise 1.1.5 on numpy 1.26.4 (CPython
3.11, x86-64) makes of them, floats in shortest round-trip decimal.

    ratings_pos.csv          user_id,tweet_id,engagement_score, none of them 0; everything below is made from it
    ratings.csv              the same with some zeros, for meta.json's zero_division
    sim_M_SIDE_msN.csv       similarity matrix, rows and columns by inner id
    baseline_METHOD_bu.csv   user biases, _bi.csv item biases; *_custom: als n_epochs=5 reg_u=12 reg_i=5,
                             sgd n_epochs=7 reg=0.05 learning_rate=0.01
    pred_ALGO_M_kK_minkN_SIDE.csv   predictions, unclipped too; actual_k is empty where none was counted
    meta.json                which measures raise ZeroDivisionError on ratings.csv; mean of ratings_pos.csv
"""

import json
import os

import numpy
import pandas
import surprise

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "knn")
MEASURES = ["cosine", "msd", "pearson", "pearson_baseline"]
SIDES = ["user", "item"]
CUSTOM = {
    "als": {},
    "als_custom": {"method": "als", "n_epochs": 5, "reg_u": 12, "reg_i": 5},
    "sgd": {"method": "sgd"},
    "sgd_custom": {"method": "sgd", "n_epochs": 7, "reg": 0.05, "learning_rate": 0.01},
}


def draw():
    """Ratings of 14 users for 17 tweets; the last two users always give 0.3, some pairs come twice."""
    generator = numpy.random.default_rng(20)
    rows = []
    for _ in range(120):
        user, tweet = int(generator.integers(14)), int(min(generator.integers(17), generator.integers(17)))
        score = 0.3 if user >= 12 else float(generator.choice([0.1, 0.3, 0.5, 0.6, 0.8, 1.0]))
        rows.append((f"u{user}", f"t{tweet}", score))
    return rows


def trainset(rows):
    reader = surprise.Reader(rating_scale=(0, 1))
    frame = pandas.DataFrame(rows, columns=["user", "item", "score"])
    return surprise.Dataset.load_from_df(frame, reader).build_full_trainset()


def path(name):
    return os.path.join(FOLDER, name)


def write_lines(name, lines):
    with open(path(name), "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def options(measure, side, support=1):
    return {"name": measure, "user_based": side == "user", "min_support": support}


def main():
    os.makedirs(FOLDER, exist_ok=True)
    rows = draw()
    zeros = [(user, tweet, 0.0 if tweet in ("t1", "t9") else score) for user, tweet, score in rows]
    header = "user_id,tweet_id,engagement_score"
    for name, table in [("ratings_pos.csv", rows), ("ratings.csv", zeros)]:
        write_lines(name, [header] + [f"{user},{tweet},{score!r}" for user, tweet, score in table])
    data = trainset(rows)

    for measure in MEASURES:
        for side in SIDES:
            for support in [1, 3]:
                if support == 3 and measure in ("msd", "pearson"):
                    continue
                algorithm = surprise.KNNBasic(sim_options=options(measure, side, support), verbose=False).fit(data)
                lines = [",".join(repr(float(value)) for value in row) for row in algorithm.sim]
                write_lines(f"sim_{measure}_{side}_ms{support}.csv", lines)

    for name, method in CUSTOM.items():
        algorithm = surprise.BaselineOnly(bsl_options=method, verbose=False).fit(data)
        for part, values in [("bu", algorithm.bu), ("bi", algorithm.bi)]:
            write_lines(f"baseline_{name}_{part}.csv", [repr(float(value)) for value in values])

    pairs = [(f"u{user}", f"t{tweet}") for user in range(0, 14, 2) for tweet in range(0, 17, 3)]
    pairs += [("nobody", "t0"), ("u0", "nothing"), ("nobody", "nothing"), ("u12", "t1"), ("u13", "t2")]
    cases = [("cosine", 40, 1), ("msd", 3, 1), ("pearson_baseline", 5, 2), ("pearson", 3, 1)]
    for kind in [surprise.KNNBasic, surprise.KNNWithMeans, surprise.KNNBaseline]:
        for measure, k, min_k in cases:
            for side in SIDES:
                algorithm = kind(k=k, min_k=min_k, sim_options=options(measure, side), verbose=False).fit(data)
                lines = ["user,item,est,est_unclipped,was_impossible,actual_k"]
                for user, item in pairs:
                    clipped = algorithm.predict(user, item)
                    plain = algorithm.predict(user, item, clip=False)
                    details = clipped.details
                    lines.append(
                        f"{user},{item},{float(clipped.est)!r},{float(plain.est)!r},"
                        f"{int(details['was_impossible'])},{details.get('actual_k', '')}"
                    )
                write_lines(f"pred_{kind.__name__}_{measure}_k{k}_mink{min_k}_{side}.csv", lines)

    outcome = {}
    zero = trainset(zeros)
    for measure in MEASURES:
        for side in SIDES:
            try:
                surprise.KNNBasic(sim_options=options(measure, side), verbose=False).fit(zero)
                outcome[f"{measure}/{side}"] = "ok"
            except ZeroDivisionError as error:
                outcome[f"{measure}/{side}"] = repr(error)
    meta = {"zero_division": outcome, "global_mean": float(data.global_mean)}
    write_lines("meta.json", [json.dumps(meta)])


if __name__ == "__main__":
    main()
