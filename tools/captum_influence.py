"""Records what captum's exact influence function says of small nets, for tests/influences/test_functions.py.

It needs captum beside torch: `pip install --target DIR --no-deps captum`, then with DIR in PYTHONPATH
`python -m tools.captum_influence > tests/data/captum-influence.json`. Nets, points and penalty are written out too, so
that the test needs neither captum nor whatever drew them. What captum explains is by how much the class decided is
behind the other. Its Hessian is that of the sum of losses, to whose diagonal the penalty of all weights is added.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import torch

PENALTY = 0.05
CASES = {"logistic": (), "net": (3,)}


def main() -> None:
    """Write one JSON object to standard output."""
    json.dump({name: recorded(hidden) for name, hidden in CASES.items()}, sys.stdout)


def recorded(hidden: tuple[int, ...]) -> dict[str, Any]:
    """A net at the minimum of its penalised loss, its points, and captum's scores (places, points)."""
    from captum.influence._core.influence_function import NaiveInfluenceFunction

    torch.manual_seed(3)
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(3)
    x = torch.tensor(rng.normal(size=(14, 2)))
    y = torch.tensor((x[:, 0].numpy() + 0.6 * rng.normal(size=14) > 0).astype(np.int64))
    places = torch.tensor(rng.normal(size=(3, 2)))
    decided = torch.tensor([0, 1, 1])
    sizes = (2, *hidden, 2)
    parts: list[torch.nn.Module] = []
    for fan_in, out in pairwise(sizes):
        parts += [torch.nn.Linear(fan_in, out), torch.nn.Tanh()]
    net = torch.nn.Sequential(*parts[:-1])

    def loss(z: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Of each point."""
        return torch.nn.functional.cross_entropy(z, label, reduction="none")

    def behind(z: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """By how much the class decided is behind the other, of each place."""
        at = torch.arange(len(z))
        return z[at, 1 - label] - z[at, label]

    solver = torch.optim.LBFGS(net.parameters(), max_iter=4000, tolerance_grad=1e-13, tolerance_change=1e-16,
                               line_search_fn="strong_wolfe")  # fmt: skip

    def closure() -> torch.Tensor:
        solver.zero_grad()
        penalty = torch.stack([p.square().sum() for p in net.parameters()]).sum()
        mean = loss(net(x), y).mean() + 0.5 * PENALTY * penalty
        mean.backward()
        return mean

    solver.step(closure)
    data = torch.utils.data.TensorDataset(x, y)
    captum = NaiveInfluenceFunction(
        net, data, "", lambda *_: None, loss_fn=loss, test_loss_fn=behind, batch_size=len(x), projection_dim=1000,
        projection_on_cpu=True, hessian_reg=len(x) * PENALTY, hessian_inverse_tol=0.0,
        sample_wise_grads_per_batch=False,
    )  # fmt: skip
    scores = captum.influence((places, decided))
    return {
        "x": x.tolist(), "label": y.tolist(), "places": places.tolist(), "decided": decided.tolist(),
        "weights": [p.detach().flatten().tolist() for p in net.parameters()], "hidden": list(hidden),
        "penalty": PENALTY, "scores": scores.tolist(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
