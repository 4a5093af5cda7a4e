"""The classic recipe behind FastAPI, as teams serve it: one worker, a JSON body, vectorised numpy and a sparse matrix.

    MODEL=model.safetensors uvicorn fastapi_service:app --port 7430 --log-level warning
"""
import json
import os

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

tensors = load_file(os.environ["MODEL"])
user_rows = {int(key): row for row, key in enumerate(tensors["users.id"])}
tweet_rows = {int(key): row for row, key in enumerate(tensors["tweets.id"])}
user_factors, tweet_factors = tensors["users.factors"], tensors["tweets.factors"]


def sparse(name, rows):
    terms = len(tensors["vocabulary.idf"])
    parts = (tensors[name + ".weights"], tensors[name + ".terms"].astype(np.int32), tensors[name + ".offsets"].astype(np.int64))
    return csr_matrix(parts, shape=(rows, terms))


profiles, vectors = sparse("users.profile", len(user_rows)), sparse("tweets.vector", len(tweet_rows))
author_ranks = tensors["users.pagerank"][np.minimum(tensors["tweets.author"], len(user_rows) - 1)]
numbers = (tensors["tweets.bias"] + tensors["tweets.pagerank"] + author_ranks).astype(np.float32)


class RankRequest(BaseModel):
    user_id: int
    tweet_ids: list[int]


app = FastAPI()


@app.post("/rank")
async def rank(request: RankRequest):
    user = user_rows[request.user_id]
    rows = np.fromiter((tweet_rows[key] for key in request.tweet_ids), dtype=np.int64, count=len(request.tweet_ids))
    profile = np.zeros(profiles.shape[1], dtype=np.float32)
    own = slice(profiles.indptr[user], profiles.indptr[user + 1])
    profile[profiles.indices[own]] = profiles.data[own]
    scores = tweet_factors[rows] @ user_factors[user] + numbers[rows] + vectors[rows] @ profile
    order = np.argsort(-scores)
    return {"tweet_ids": [request.tweet_ids[i] for i in order], "scores": scores[order].tolist()}


def bodies(path, count, candidates, seed=42):
    """A wrk script that posts drawn requests, for run.sh."""
    random = np.random.default_rng(seed)
    offsets, users = tensors["users.profile.offsets"], tensors["users.id"]
    known = users[np.flatnonzero(offsets[1:] > offsets[:-1])]
    with open(path, "w") as file:
        file.write("local bodies = {\n")
        for _ in range(count):
            tweets = random.choice(tensors["tweets.id"], candidates).tolist()
            file.write("'" + json.dumps({"user_id": int(random.choice(known)), "tweet_ids": tweets}) + "',\n")
        file.write("}\nlocal next = 0\nrequest = function()\n  next = next % #bodies + 1\n  return wrk.format('POST', '/rank', "
                   "{['Content-Type'] = 'application/json'}, bodies[next])\nend\n")
