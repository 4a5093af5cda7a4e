"""Writes bandit/mabwiser.json (what MABWiser's policies expect after artificial events) and bandit/ope.json (off-policy
estimates of an artificial log, by their formulas in numpy; no library is asked).

Made with CPython 3.11, numpy 1.26.4, mabwiser 2.7.4. Seeded: the same versions give the same bytes.
Usage: python make_bandit.py    (writes beside itself)
"""

import json
import os
from importlib.metadata import version

import numpy as np
from mabwiser.mab import MAB, LearningPolicy

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bandit")


def plain(expectations):
    return {arm: float(value) for arm, value in expectations.items()}


def write(name, value):
    os.makedirs(HERE, exist_ok=True)
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


def policies(random):
    arms = [f"a{i}" for i in range(4)]
    n, width = 120, 6
    decisions = [arms[i] for i in random.integers(0, len(arms), n)]
    contexts = np.round(random.standard_normal((n, width)), 4)
    chance = {arm: 0.15 + 0.2 * i for i, arm in enumerate(arms)}
    rewards = [float(random.random() < chance[arm]) for arm in decisions]
    tests = np.round(random.standard_normal((5, width)), 4)

    def fitted(policy, context=False):
        mab = MAB(arms=arms, learning_policy=policy)
        half = n // 2  # learned in two steps, as a server would
        if context:
            mab.fit(decisions[:half], rewards[:half], contexts[:half])
            mab.partial_fit(decisions[half:], rewards[half:], contexts[half:])
        else:
            mab.fit(decisions[:half], rewards[:half])
            mab.partial_fit(decisions[half:], rewards[half:])
        return mab

    thompson = fitted(LearningPolicy.ThompsonSampling())._imp
    write(
        "mabwiser.json",
        {
            "mabwiser": version("mabwiser"),
            "decisions": decisions,
            "rewards": rewards,
            "contexts": contexts.tolist(),
            "ucb1_alpha1.25_expectations": plain(fitted(LearningPolicy.UCB1(1.25)).predict_expectations()),
            "greedy_means": plain(fitted(LearningPolicy.EpsilonGreedy(0)).predict_expectations()),
            "ts_alpha_beta": {
                arm: [int(thompson.arm_to_success_count[arm]), int(thompson.arm_to_fail_count[arm])] for arm in arms
            },
            "test_contexts": tests.tolist(),
            "linucb_alpha.7_l2.2": [
                plain(e) for e in fitted(LearningPolicy.LinUCB(0.7, 2), True).predict_expectations(tests)
            ],
            "ridge_mean_l2.2": [
                plain(e) for e in fitted(LearningPolicy.LinGreedy(0, 2), True).predict_expectations(tests)
            ],
        },
    )


def estimates(random):
    n, k = 90, 4
    base = random.random((n, k)) + 0.1
    base /= base.sum(axis=1, keepdims=True)
    q = random.random((n, k))
    actions = np.array([random.choice(k, p=row) for row in base])
    rows = np.arange(n)
    rewards = (random.random(n) < q[rows, actions]).astype(float)
    q_hat = np.clip(q + 0.2 * random.standard_normal((n, k)), 0, 1)
    target = np.full((n, k), 0.05)
    target[rows, q_hat.argmax(axis=1)] = 1 - 0.05 * (k - 1)
    pscore = base[rows, actions]
    w = target[rows, actions] / pscore
    direct = (target * q_hat).sum(axis=1)
    residual = rewards - q_hat[rows, actions]
    match = target.argmax(axis=1) == actions
    write(
        "ope.json",
        {
            "actions": actions.tolist(),
            "rewards": rewards.tolist(),
            "pscore": pscore.tolist(),
            "pi_e": target.tolist(),
            "q_hat": q_hat.tolist(),
            "ips": float((w * rewards).mean()),
            "ips_clip1.5": float((np.minimum(w, 1.5) * rewards).mean()),
            "snips": float((w * rewards).sum() / w.sum()),
            "dm": float(direct.mean()),
            "dr": float((direct + w * residual).mean()),
            "sndr": float(direct.mean() + (w * residual).sum() / w.sum()),
            "switch_dr_tau1.5": float((direct + np.where(w <= 1.5, w, 0) * residual).mean()),
            "dros_lambda10": float((direct + 10 * w / (w**2 + 10) * residual).mean()),
            "ess": float(w.sum() ** 2 / (w**2).sum()),
            "replay_argmax_policy": {"matched": int(match.sum()), "mean_reward": float(rewards[match].mean())},
        },
    )


if __name__ == "__main__":
    policies(np.random.default_rng(20240612))
    estimates(np.random.default_rng(20240613))
