"""Reference outputs of numpy's random streams for Tests/Fixtures/parity/rng.

Made with numpy 1.26.4 on CPython 3.11. Run it in an environment with it:

    python make_rng.py

numpy.json holds, by seed, the first numbers of RandomState(seed) and default_rng(seed), each list from a fresh stream;
seeds of 2**32 and more, which RandomState does not take, stand for RandomState([low, high]). 64-bit numbers are text.
"""

import json
import os

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rng")


def state(seed):
    return np.random.RandomState(seed if seed < 2**32 else [seed % 2**32, seed >> 32])


def main():
    table = {}
    for seed in (1, 2016, 2**32 - 1, 2**32 + 5, 2**63 + 12345):
        table[str(seed)] = {
            "uint32": state(seed).randint(0, 2**32, 10, dtype=np.uint32).tolist(),
            "random_sample": state(seed).random_sample(12).tolist(),
            "normal_0_0.1_first20": state(seed).normal(0, 0.1, 20).tolist(),
            "normal_index_2000": float(state(seed).normal(0, 0.1, 2001)[2000]),
            "sums_of_samples": {str(n): float(state(seed).random_sample(n).sum()) for n in (5, 100, 129, 777, 5000)},
            "default_rng_random_f64": np.random.default_rng(seed).random(12).tolist(),
            "default_rng_random_f32": [float(x) for x in np.random.default_rng(seed).random(12, dtype=np.float32)],
            "default_rng_raw_u64": [str(x) for x in np.random.default_rng(seed).bit_generator.random_raw(8)],
            "default_rng_integers_1000": np.random.default_rng(seed).integers(0, 1000, 20).tolist(),
            "default_rng_integers_2_40": [str(x) for x in np.random.default_rng(seed).integers(0, 2**40 - 7, 10)],
        }
    with open(os.path.join(HERE, "numpy.json"), "w", encoding="utf-8") as file:
        json.dump(table, file)


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    main()
