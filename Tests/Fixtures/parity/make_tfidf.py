"""Writes tfidf/: scikit-learn's TfidfVectorizer and cosine_similarity on artificial tweets.

    python make_tfidf.py        (scikit-learn 1.9.1, numpy 1.26.4, scipy 1.17.1; CPython 3.11 for its Unicode tables)

corpus_a.jsonl, tokens_a.jsonl       texts and their tokens; the last 30 are edge cases
vocab_X.csv, matrix_X.csv            per variant X of meta.json: terms (UTF-8 in hex, document and total frequency, idf)
                                     and the vectors' entries
transform_a.json                     vectors of unseen texts by the vectorizer of variant a
cosine_queries_a.csv                 cosines above 0 of these texts (by number) and corpus_a
cosine_edge_block_a.csv              cosines among the edge cases
profiles_a.json                      weighted means of some texts' vectors and the 20 texts closest to each
corpus_b.jsonl, vocab_b*.csv, ...    a corpus with many ties at max_features: b is scikit-learn's own choice, which
                                     depends on the machine, b_det the choice by (-total frequency, code point);
                                     tie_pool_b.csv lists the terms tied at the cut

All variants with max_features use the latter choice.
"""
import csv
import json
import pathlib
import random

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

OUT = pathlib.Path(__file__).parent / "tfidf"
OUT.mkdir(exist_ok=True)
generator = random.Random(20)
SYLLABLES = "ka lo mi ru te shi va no be zu an or".split()
COMMON = "the of and to in this with from about more swift bird wing flight summer".split()
EDGES = [
    "", " ", "a b c", "!?", "\u0000", "ΟΔΟΣ ΟΔΟΣ.", "ΑΣ ΑΣΑ σας", "İstanbul DİYARBAKIR", "café cafe\u0301 CAFÉ", "नमस्ते दुनिया",
    "東京タワー 東京", "👩‍👩‍👧 family 🎺🎺", "zero\u200bwidth", "x_y __ _z", "1 22 3.14 2024", "ẞß ẞẞ", "ǅungla", "½² Ⅷⅷ",
    "#tag #Tag #TAG", "@Name @name", "don't can't", "https://ex.am/ple?a=bc", "the the the", "and the of", "swift" * 30,
    "𐐀𐐁 𐐨𐐩", "مرحبا بالعالم", "привет ПРИВЕТ", "kelvin \u212aelvin", "ﬁne ﬁne",
]


def word():
    return "".join(generator.choice(SYLLABLES) for _ in range(generator.randint(1, 3)))


def tweet(words):
    text = []
    for _ in range(generator.randint(0, 14)):
        kind = generator.random()
        token = generator.choice(COMMON) if kind < 0.35 else words[int(len(words) * generator.random() ** 2)]
        if kind > 0.9:
            token = generator.choice("#@") + token
        text.append(token.upper() if kind > 0.97 else token)
    return generator.choice([" ", ", ", " - "]).join(text)


def write_jsonl(name, values):
    (OUT / name).write_text("".join(json.dumps(v, separators=(",", ":")) + "\n" for v in values))


def write_csv(name, header, rows):
    with open(OUT / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([repr(float(x)) if isinstance(x, float) else x for x in row] for row in rows)


def fit(texts, params, own_cut=True):
    """The vectorizer, its matrix and the counts; max_features by (-total frequency, code point) if own_cut."""
    limit = params.get("max_features")
    rest = {k: v for k, v in params.items() if k != "max_features"}
    counting = {k: rest[k] for k in ("min_df", "max_df", "stop_words", "ngram_range") if k in rest}
    counter = CountVectorizer(**counting)
    totals = np.asarray(counter.fit_transform(texts).sum(axis=0)).ravel()
    terms = counter.get_feature_names_out()
    order = sorted(range(len(terms)), key=lambda i: (-totals[i], terms[i]))[:limit]
    if own_cut:
        fixed = {k: v for k, v in rest.items() if k not in ("min_df", "max_df")}
        vectorizer = TfidfVectorizer(vocabulary=sorted(terms[i] for i in order), **fixed)
    else:
        vectorizer = TfidfVectorizer(**params)
    matrix = vectorizer.fit_transform(texts).sorted_indices() if own_cut else None
    if matrix is None:
        matrix = vectorizer.fit_transform(texts)
        matrix.sort_indices()
    counts = CountVectorizer(vocabulary=vectorizer.get_feature_names_out(),
                             **{k: v for k, v in counting.items() if k not in ("min_df", "max_df")})
    return vectorizer, matrix, counts.fit_transform(texts), dict(zip(terms, totals))


def write_variant(name, vectorizer, matrix, counts):
    terms = vectorizer.get_feature_names_out()
    df = np.asarray((counts > 0).sum(axis=0)).ravel()
    tf = np.asarray(counts.sum(axis=0)).ravel()
    write_csv(f"vocab_{name}.csv", ["index", "term_utf8_hex", "df", "tf_total", "idf"],
              [[i, t.encode().hex(), int(df[i]), int(tf[i]), float(vectorizer.idf_[i])] for i, t in enumerate(terms)])
    entries = matrix.tocoo()
    order = np.lexsort((entries.col, entries.row))
    write_csv(f"matrix_{name}.csv", ["doc", "term", "value"],
              [[int(entries.row[k]), int(entries.col[k]), float(entries.data[k])] for k in order])


words = [word() for _ in range(120)]
texts = [tweet(words) for _ in range(70)] + EDGES
write_jsonl("corpus_a.jsonl", [{"i": i, "text": t} for i, t in enumerate(texts)])
analyze = TfidfVectorizer().build_analyzer()
write_jsonl("tokens_a.jsonl", [{"i": i, "tokens": analyze(t)} for i, t in enumerate(texts)])
VARIANTS = {
    "a": {}, "a_mf37": {"max_features": 37}, "a_mindf2": {"min_df": 2, "max_df": 0.2},
    "a_counts": {"min_df": 0.03, "max_df": 9}, "a_nosmooth": {"smooth_idf": False}, "a_sublin": {"sublinear_tf": True},
    "a_l1": {"norm": "l1"}, "a_nonorm": {"norm": None}, "a_stop": {"stop_words": "english"},
    "a_words": {"stop_words": ["swift", "BIRD", "don't", "и", "σας"]}, "a_bigram": {"ngram_range": [1, 2], "max_features": 60},
    "a_all": {"ngram_range": [2, 3], "stop_words": "english", "sublinear_tf": True, "norm": "l1", "smooth_idf": False,
              "min_df": 2},
}
meta = {}
for name, params in VARIANTS.items():
    fitted = fit(texts, {k: tuple(v) if k == "ngram_range" else v for k, v in params.items()})
    write_variant(name, *fitted[:3])
    meta[name] = {"params": params, "n_docs": len(texts), "n_terms": fitted[1].shape[1], "nnz": fitted[1].nnz}

vectorizer, matrix, _, _ = fit(texts, {})
unseen = ["", "wholly unmet qwertyuiop", "the swift bird", "Bird BIRD bird", "東京 café ΟΔΟΣ", "#tag 2024 summer", tweet(words)]
vectors = vectorizer.transform(unseen)
vectors.sort_indices()
rows = [vectors[i] for i in range(len(unseen))]
(OUT / "transform_a.json").write_text(json.dumps(
    [{"text": t, "indices": r.indices.tolist(), "values": r.data.tolist()} for t, r in zip(unseen, rows)]) + "\n")
cosines = cosine_similarity(vectors, matrix)
write_csv("cosine_queries_a.csv", ["query", "doc", "cosine"],
          [[int(q), int(d), float(cosines[q, d])] for q, d in np.argwhere(cosines > 0)])
edges = cosine_similarity(matrix[-len(EDGES):])
(OUT / "cosine_edge_block_a.csv").write_text("".join(",".join(repr(float(x)) for x in row) + "\n" for row in edges))

profiles = []
for _ in range(4):
    liked = sorted(generator.sample(range(70), 6))
    weights = [generator.random() for _ in liked]
    profile = np.asarray(np.array(weights) @ matrix[liked].toarray()) / sum(weights)
    scores = cosine_similarity(profile[None], matrix)[0]
    top = np.lexsort((np.arange(len(scores)), -scores))[:20]
    profiles.append({"liked": liked, "weights": weights, "top20": top.tolist(), "scores": scores[top].tolist(),
                     "norm": float(np.linalg.norm(profile))})
(OUT / "profiles_a.json").write_text(json.dumps(profiles) + "\n")

rare = [word() + word() for _ in range(400)]
texts_b = [tweet(rare) for _ in range(120)]
write_jsonl("corpus_b.jsonl", [{"i": i, "text": t} for i, t in enumerate(texts_b)])
limit = 200
own, matrix_b, counts_b, _ = fit(texts_b, {"max_features": limit}, own_cut=False)
write_variant("b", own, matrix_b, counts_b)
det, matrix_d, counts_d, totals = fit(texts_b, {"max_features": limit})
write_variant("b_det", det, matrix_d, counts_d)
cut = sorted(totals.values(), reverse=True)[limit - 1]
tied = sorted(t for t, n in totals.items() if n == cut)
chosen = set(own.get_feature_names_out())
write_csv("tie_pool_b.csv", ["term_utf8_hex", "chosen_by_sklearn_here"], [[t.encode().hex(), int(t in chosen)] for t in tied])
above = sum(n > cut for n in totals.values())
meta["b"] = {"params": {"max_features": limit}, "boundary_tf": int(cut), "n_terms_unlimited": len(totals),
             "n_forced_above": int(above), "n_tied_at_boundary": len(tied), "n_taken_from_tie": limit - int(above)}
(OUT / "meta.json").write_text(json.dumps(meta) + "\n")
