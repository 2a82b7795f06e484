"""Writes `secml.json`: what secml says of the gradient of a support vector machine's poison, to hold ours against.

It needs an environment of its own, since secml 0.13 goes with old versions of numpy and scikit-learn:
    pip install --no-deps secml==0.13.post1
    pip install numpy==1.24.4 scipy==1.10.1 scikit-learn==1.2.2 joblib pillow requests python-dateutil matplotlib
    python secml_gradients.py

The poison has its weight at C in every case. Where it lies on the margin, secml leaves out how it moves the conditions
of the margin at its own place, and cannot be followed; a case of that is recorded as well, to say so.
"""

import json
from pathlib import Path

import numpy as np
import scipy.linalg
from secml.adv.attacks import CAttackPoisoningSVM
from secml.array import CArray
from secml.data import CDataset
from secml.ml.classifiers import CClassifierSVM
from secml.ml.kernels import CKernelLinear, CKernelPoly, CKernelRBF

scipy.linalg.pinv2 = scipy.linalg.pinv  # what secml asks for, by the name of it that is left

KERNELS = {
    "rbf": lambda: CKernelRBF(gamma=2.0),
    "poly": lambda: CKernelPoly(degree=2, gamma=0.5, coef0=1.0),
    "linear": CKernelLinear,
}
ARGUMENTS = {
    "rbf": {"gamma": 2.0}, "poly": {"gamma": 0.5, "degree": 2, "coef0": 1.0}, "linear": {},
}  # fmt: skip


def drawn(rng: np.random.RandomState, n: int) -> tuple:
    """Points (n, 2) of two blobs and their classes, 0 and 1."""
    label = np.arange(n) % 2
    return np.round((2.0 * label - 1.0)[:, None] * 0.7 + 0.8 * rng.standard_normal((n, 2)), 3), label


def case(kernel: str, cost: float, seed: int) -> dict:
    """One machine, and secml's gradient of the mean hinge loss at the validation points by its last point."""
    rng = np.random.RandomState(seed)
    x, label = drawn(rng, 25)
    x[-1] = np.round(x[rng.randint(24)] + 0.3 * rng.standard_normal(2), 3)
    label[-1] = rng.randint(2)
    looks, signs = drawn(rng, 30)
    train = CDataset(x[:-1], label[:-1])
    svm = CClassifierSVM(C=cost, kernel=KERNELS[kernel]())
    svm.fit(train.X, train.Y)
    attack = CAttackPoisoningSVM(
        svm, train, CDataset(looks, signs), lb=-5, ub=5, solver_params={"eta": 0.05}, random_seed=0
    )
    attack._xc, attack._yc, attack._idx = CArray(x[-1:]), CArray(label[-1:]), 0
    attack._update_poisoned_clf()
    alpha = attack._alpha_c(attack._poisoned_clf)
    size = 0.0 if isinstance(alpha, int) else float(np.abs(alpha.tondarray()).ravel()[0])
    gradient = attack.objective_function_gradient(CArray(x[-1]), normalization=False)
    return {
        "kernel": kernel, **ARGUMENTS[kernel], "C": cost, "weight": size, "x": x.tolist(), "label": label.tolist(),
        "looks": looks.tolist(), "signs": signs.tolist(), "gradient": gradient.tondarray().ravel().tolist(),
    }  # fmt: skip


def main() -> None:
    """Of each kernel the first three cases with poison at C that feel a gradient, and one on the margin."""
    found = []
    for kernel in KERNELS:
        for on_margin, wanted in ((False, 3), (True, 1)):
            seed = count = 0
            while count < wanted and seed < 400:
                one = case(kernel, 1.0, seed)
                seed += 1
                there = 0.02 < one["weight"] < 0.98 if on_margin else one["weight"] > 0.999
                if there and np.linalg.norm(one["gradient"]) > 1e-3:
                    found.append(one | {"on_margin": on_margin})
                    count += 1
    Path(__file__).with_name("secml.json").write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
