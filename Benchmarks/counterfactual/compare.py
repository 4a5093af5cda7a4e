#!/usr/bin/env python3
"""Asks Apus and Open Bandit Pipeline what the policy `bts` would have earned, from what the policy `random` showed.

    compare.py --apus BINARY --work FOLDER [--campaign all|men|women] [--json]

Called by run.sh, which sets up everything. Data: the sample of the Open Bandit Dataset inside obp, 10,000 items of each
policy and campaign. It is read where pip put it; what Apus reads is written to the work folder.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import torchless  # noqa: E402

torchless.allow()

import numpy as np  # noqa: E402
from obp.dataset import OpenBanditDataset  # noqa: E402
from obp.ope import (  # noqa: E402
    DoublyRobust,
    InverseProbabilityWeighting,
    RegressionModel,
    SelfNormalizedInverseProbabilityWeighting,
)
from obp.policy import BernoulliTS  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

SEED = 12345


def sample(campaign):
    """What random showed, what bts would have done, and what is predicted, cross-fitted in three folds."""
    dataset = OpenBanditDataset(behavior_policy="random", campaign=campaign)
    log = dataset.obtain_batch_bandit_feedback()
    policy = BernoulliTS(
        n_actions=dataset.n_actions, len_list=dataset.len_list, is_zozotown_prior=True, campaign=campaign,
        random_state=SEED,
    )
    target = policy.compute_batch_action_dist(n_sim=100_000, n_rounds=log["n_rounds"])
    model = RegressionModel(
        n_actions=dataset.n_actions, len_list=dataset.len_list, action_context=log["action_context"],
        base_model=LogisticRegression(C=100, max_iter=1000, random_state=SEED),
    )
    forecast = model.fit_predict(
        context=log["context"], action=log["action"], reward=log["reward"], pscore=log["pscore"],
        position=log["position"], action_dist=target, n_folds=3, random_state=SEED,
    )
    shown = OpenBanditDataset(behavior_policy="bts", campaign=campaign).obtain_batch_bandit_feedback()
    return log, target, forecast, shown["reward"]


def theirs(log, target, forecast, rows, clip):
    """obp's estimates and their bootstrap intervals."""
    asked = dict(
        reward=log["reward"][rows], action=log["action"][rows], pscore=log["pscore"][rows],
        position=log["position"][rows], action_dist=target[rows],
    )
    model = dict(asked, estimated_rewards_by_reg_model=forecast[rows])
    result = {}
    for name, estimator, inputs in [
        ("ips", InverseProbabilityWeighting(lambda_=clip), asked),
        ("snips", SelfNormalizedInverseProbabilityWeighting(lambda_=clip), asked),
        ("dr", DoublyRobust(lambda_=clip), model),
    ]:
        interval = estimator.estimate_interval(**inputs, n_bootstrap_samples=1000, random_state=SEED)
        result[name] = (
            estimator.estimate_policy_value(**inputs), interval["95.0% CI (lower)"], interval["95.0% CI (upper)"],
        )
    weights = target[rows][np.arange(rows.size), asked["action"], asked["position"]] / asked["pscore"]
    result["ess"] = (np.minimum(weights, clip).sum() ** 2 / (np.minimum(weights, clip) ** 2).sum(),)
    return result


def ours(binary, work, log, target, forecast, rows, clip):
    """Apus's from the same numbers, each item a list of its own."""
    path = pathlib.Path(work) / "items.csv"
    index = np.arange(rows.size)
    action, position = log["action"][rows], log["position"][rows]
    wanted, predicted = target[rows][index, :, position], forecast[rows][index, :, position]
    with open(path, "w") as file:
        file.write("list,position,propensity,target,reward,predicted,expected\n")
        for i in index:
            numbers = [
                log["pscore"][rows][i], wanted[i, action[i]], log["reward"][rows][i], predicted[i, action[i]],
                wanted[i] @ predicted[i],
            ]
            file.write(f"{i},1,{','.join(repr(float(number)) for number in numbers)}\n")
    command = [binary, str(path)] + (["--clip", repr(clip)] if np.isfinite(clip) else [])
    output = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    total = output["result"]["total"]
    result = {
        name: tuple(total["estimates"][name]["reward"][part] for part in ("value", "low", "high"))
        for name in ("ips", "snips", "dr")
    }
    result["ess"] = (total["support"]["effective_sample_size"],)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--apus", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--campaign", default="all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    log, target, forecast, truth = sample(options.campaign)
    cases = [("all positions", np.arange(log["n_rounds"]), np.inf), ("weights up to 2", np.arange(log["n_rounds"]), 2.0)]
    cases += [(f"position {k + 1}", np.flatnonzero(log["position"] == k), np.inf) for k in range(3)]
    found = []
    for name, rows, clip in cases:
        a = theirs(log, target, forecast, rows, clip)
        b = ours(options.apus, options.work, log, target, forecast, rows, clip)
        # obp's SNIPS takes a bound of the weights and does not use it.
        for estimator in a if np.isinf(clip) else [name for name in a if name != "snips"]:
            found.append({"case": name, "estimator": estimator, "obp": a[estimator], "apus": b[estimator]})
    if options.json:
        print(json.dumps(found, indent=1, default=float))
        return
    print(f"{'case':16} {'':6} {'obp':>12} {'95 %':>21} {'Apus':>12} {'95 %':>21} {'difference':>11}")
    for line in found:
        cells = []
        for value, *interval in (line["obp"], line["apus"]):
            cells += [f"{value:12.8g}", f"{interval[0]:10.6f}…{interval[1]:.6f}" if interval else ""]
        difference = abs(line["apus"][0] - line["obp"][0]) / abs(line["obp"][0])
        print(f"{line['case']:16} {line['estimator']:6} {cells[0]} {cells[1]:>21} {cells[2]} {cells[3]:>21} {difference:11.1e}")
    print(f"bts itself earned {truth.mean():.4f} of {truth.size} items, random {log['reward'].mean():.4f}")


main()
