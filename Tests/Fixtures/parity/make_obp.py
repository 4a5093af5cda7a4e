"""Writes bandit/obp.json: an artificial log of lists of three positions, and what Open Bandit Pipeline estimates of it.

Made with CPython 3.11, numpy 1.26.4, pandas 1.5.3, scikit-learn 1.3.2, obp 0.5.7. Seeded: the same versions give the
same bytes. The numbers of the log are ours; obp brings the estimators. obp imports torch for estimators of gradients,
which are not asked here: without torch a stand-in serves.
Usage: python make_obp.py    (writes beside itself)
"""

import json
import os
import sys

import numpy as np

HOME = os.path.dirname(os.path.abspath(__file__))
HERE = os.path.join(HOME, "bandit")
sys.path.insert(0, os.path.join(HOME, "..", "..", "..", "Benchmarks", "counterfactual"))
import torchless  # noqa: E402

torchless.allow()

from obp.ope import (  # noqa: E402
    DirectMethod,
    DoublyRobust,
    InverseProbabilityWeighting,
    SelfNormalizedInverseProbabilityWeighting,
    SlateIndependentIPS,
)

LISTS, ACTIONS, POSITIONS, CLIP = 80, 5, 3, 2.0


def distributions(random):
    weights = np.round(random.gamma(1.0, size=(LISTS, ACTIONS, POSITIONS)), 3) + 0.05
    return weights / weights.sum(axis=1, keepdims=True)


def main():
    random = np.random.default_rng(20)
    logging, target = distributions(random), distributions(random)
    forecast = np.round(random.random((LISTS, ACTIONS, POSITIONS)), 4)
    actions = np.array(
        [[random.choice(ACTIONS, p=logging[i, :, k]) for k in range(POSITIONS)] for i in range(LISTS)]
    )
    chance = 0.1 + 0.8 * random.random(ACTIONS)
    rewards = (random.random((LISTS, POSITIONS)) < chance[actions] / np.arange(1, POSITIONS + 1)).astype(float)
    rewards -= 0.5 * (random.random((LISTS, POSITIONS)) < 0.1)
    index = np.arange(LISTS)
    taken = [logging[index, actions[:, k], k] for k in range(POSITIONS)]
    wanted = [target[index, actions[:, k], k] for k in range(POSITIONS)]

    by_position = []
    for k in range(POSITIONS):
        log = dict(reward=rewards[:, k], action=actions[:, k], pscore=taken[k], position=np.full(LISTS, k))
        log["action_dist"] = target
        model = dict(log, estimated_rewards_by_reg_model=forecast)
        by_position.append(
            {
                "ips": InverseProbabilityWeighting().estimate_policy_value(**log),
                "ips_clipped": InverseProbabilityWeighting(lambda_=CLIP).estimate_policy_value(**log),
                "snips": SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(**log),
                "dm": DirectMethod().estimate_policy_value(
                    action_dist=target, estimated_rewards_by_reg_model=forecast, position=log["position"]
                ),
                "dr": DoublyRobust().estimate_policy_value(**model),
                "dr_clipped": DoublyRobust(lambda_=CLIP).estimate_policy_value(**model),
            }
        )
    total = SlateIndependentIPS(len_list=POSITIONS).estimate_policy_value(
        slate_id=np.repeat(index, POSITIONS),
        reward=rewards.ravel(),
        position=np.tile(np.arange(POSITIONS), LISTS),
        pscore_item_position=np.stack(taken, axis=1).ravel(),
        evaluation_policy_pscore_item_position=np.stack(wanted, axis=1).ravel(),
    )
    value = {
        "clip": CLIP,
        "actions": actions.tolist(),
        "rewards": rewards.tolist(),
        "propensities": np.stack(taken, axis=1).tolist(),
        "target": np.moveaxis(target, 1, 2).tolist(),
        "forecast": np.moveaxis(forecast, 1, 2).tolist(),
        "positions": by_position,
        "slate_ips": total,
    }
    os.makedirs(HERE, exist_ok=True)
    with open(os.path.join(HERE, "obp.json"), "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


main()
