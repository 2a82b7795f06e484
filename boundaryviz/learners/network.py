"""A network on the replica axis that can be asked: what every learner that is one net has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.alone import Alone
from boundaryviz.learners.assessing import Assess
from boundaryviz.learners.base import Answers, Problem
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.handing import handed
from boundaryviz.learners.masking import AS_IT_IS, Asking, Mask
from boundaryviz.learners.measures import Scale
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward, layers
from boundaryviz.learners.net_assessing import NetAssessing, in_place
from boundaryviz.learners.specs_net import FIT_RESPONSES, NetSpec
from boundaryviz.scene.lift import lift_map
from boundaryviz.scene.responses import taught
from boundaryviz.scene.section import Ask, Section

if TYPE_CHECKING:
    from boundaryviz.learners.compiled.program import Program

_FLOATS = 1 << 18  # of the widest layer, worked out at a time: more would leave the cache
_FLOATS_OF_A_GPU = 1 << 27  # which has no such cache, and does better the more it has to do
_INPUTS = 1 << 21  # of what a net is shown, however many places it is asked about


class Network:
    """R nets with one layout, their initial weights, and what `Learner` says of asking.

    P: the parameters of all replicas, one flat buffer (R, n). asked: those that answer, as `Layout.views`; P itself
    unless a learner trains one net and shows another. mask: what is done to it whenever it is asked, and not by those
    who ask with other parameters.
    """

    differentiable = True
    """That `answers` says how it depends on its inputs; of a learner without this, none does."""

    def __init__(
        self,
        spec: NetSpec,
        hidden: tuple[int, ...],
        activation: str,
        loss: losses.LossName,
        squash: bool,
        problem: Problem,
        device: torch.device | str,
        dtype: torch.dtype,
        gamma: float = losses.FOCUSING,
    ) -> None:
        self.problem, self.device, self.dtype = problem, torch.device(device), dtype
        self.features = FeatureMap(spec, problem.width)
        self.mask = Mask()
        self._loss, self._squash, self._gamma = loss, squash, gamma
        self.hidden = hidden
        self.layout = self._laid_out()
        self.P = self._begun(spec).to(self.device)
        self.asked = self.layout.views(self.P)
        self._activate = ACTIVATIONS[activation]
        self._in_place = in_place(activation, self._activate)

    def _laid_out(self) -> Layout:
        """The layers of the net: outputs as its loss asks for them."""
        return Layout((self.features.size, *self.hidden, losses.outputs(self._loss, self.problem.classes)))

    def _begun(self, spec: NetSpec) -> Tensor:
        """The initial weights (R, n). Off the plane that data were lifted from those of the inputs are
        `spec.init_off_plane` times as large."""
        begun = self.layout.init(self.problem.seeds, spec.init, self.dtype)
        times, width = spec.init_off_plane, self.problem.width
        if not self.problem.lifted or times == 1.0 or not spec.features:
            return begun
        first = self.layout.views(begun)[0][:, :, :width]
        scaled = lift_map(width) / (1.0 if self.problem.scale is None else self.problem.scale.unit)
        along = torch.from_numpy(np.linalg.qr(scaled.T)[0]).to(self.dtype)  # orthonormal, (D, 2)
        first.lerp_(first @ along @ along.T, 1.0 - times)
        return begun

    def step_by(self, program: Program | None) -> None:
        """From the next step on the compiled program does what it can do of the steps; None for torch. Here nothing."""

    @contextmanager
    def _standing(self, idle: NDArray[np.int64], tensors: Sequence[Tensor]) -> Iterator[None]:
        """Whatever is done within, the replicas `idle` have the same rows of `tensors` (R, ...) afterwards: those that
        have nothing to learn from, which penalties and unlabelled points would move because others train."""
        if not len(idle):
            yield
            return
        rows = torch.from_numpy(idle).to(self.device)
        kept = [tensor.detach().index_select(0, rows) for tensor in tensors]
        yield
        with torch.no_grad():
            for tensor, before in zip(tensors, kept, strict=True):
                tensor.index_copy_(0, rows, before)

    def alone(self, replica: int = 0) -> Alone:
        """The net of one replica that answers, by itself and as it is now."""
        flat = torch.cat([p[replica].detach().reshape(-1) for p in self.asked]).cpu().double()
        return Alone(
            flat, self.layout, self._activate, self._loss, self._squash, self._gamma, self.features, self._targets
        )

    @property
    def scale(self) -> Scale:
        """What its scores are: logits, but for one output with margins at -1 and 1."""
        return "probabilities" if losses.outputs(self._loss, self.problem.classes) == 1 else "logits"

    @property
    def own_is_log(self) -> bool:
        """Of cross-entropy."""
        return self._loss == "cross-entropy"

    @property
    def settled(self) -> bool:
        """Never: a net can always be trained further."""
        return False

    @property
    def parameters(self) -> int:
        """How many numbers one replica learns."""
        return self.layout.size

    def _targets(
        self, label: NDArray[np.int64], response: NDArray[np.float64] | None = None, smoothing: float = 0.0
    ) -> Tensor:
        """`losses.targets` (K, N) of labels (N,), or what is `taught` where there are responses (N,) for this loss; on
        the host."""
        if response is not None and self._loss in FIT_RESPONSES and self.problem.classes == 2:
            return torch.tensor(taught(label, response), dtype=self.dtype)[None]
        return losses.targets(torch.tensor(label), self._loss, self.problem.classes, self.dtype, smoothing)

    def _inputs(self, x: NDArray[np.float64]) -> Tensor:
        return handed(torch.from_numpy(self.features(x)).to(self.dtype), self.device)

    def _parts(self, x: NDArray[np.float64], replica: int | None) -> Iterator[tuple[list[Tensor], Tensor]]:
        """The parameters of one replica or of all, with inputs (1, F, g) at `x` (G, D) in parts that fit the cache."""
        params = self.asked
        if replica is not None and len(self.P) > 1:
            params = [p[replica : replica + 1] for p in params]
        columns = self._together(len(params[0]))
        many = max(columns, _INPUTS // self.features.size // columns * columns)
        for start in range(0, max(len(x), 1), many):
            some = x[start : start + many]
            if self.mask.moves:
                some = self.mask.places(some, self.problem.scale)
            for part in self._inputs(some)[None].split(columns, 2):
                yield params, part

    def _together(self, replicas: int) -> int:
        """How many points so many nets are asked about at a time."""
        floats = _FLOATS_OF_A_GPU if self.device.type == "cuda" else _FLOATS
        return max(256, floats // (replicas * max(self.layout.dims)))

    def _outputs(self, x: NDArray[np.float64], replica: int | None) -> Tensor:
        """What the last layer says of `x` (G, D), (R or 1, K, G)."""
        parts = [forward(params, part, self._activate) for params, part in self._parts(x, replica)]
        return self._said(torch.cat(parts, 2))

    def _said(self, z: Tensor) -> Tensor:
        """What is told of outputs (R, K, N) of the last layer."""
        return self.mask.outputs(torch.tanh(z) if self._squash else z)

    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `x` (G, D): float32 (R, C, G), or (1, C, G) of one replica."""
        return losses.probabilities(self._loss, self._outputs(x, replica)).float().cpu().numpy()

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `x` (G, D): int64 (R, G), or (1, G) of one replica."""
        return losses.leading(self._outputs(x, replica)).cpu().numpy()

    def scores(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """What decides at `x` (G, D): of two classes the second's lead (1, G), else the outputs (C, G); float32.

        Smoother than the probabilities, which saturate: `shown` turns them into those, wherever they come from.
        """
        return losses.scores(self._outputs(x, replica))[0].float().cpu().numpy()

    def on_plane(self, section: Section, replica: int = 0) -> Ask | None:
        """What takes places (G, 2) of a plane of its inputs and says what `scores` does of these inputs, to rounding,
        without working them out: the first layer is linear in them, and on the plane has two inputs. As it is now.

        None where the net is not shown the inputs as they are, or does not answer by its layers alone.
        """
        kind, masked = type(self), self.mask.kind != "none"
        if masked or not self.features.plain or (kind.scores, kind._outputs) != (Network.scores, Network._outputs):
            return None
        weight, bias, *rest = (p[replica : replica + 1] if len(self.P) > 1 else p for p in self.asked)
        axes, origin = (torch.tensor(part.T).to(weight) for part in (section.axes, section.origin[None]))
        params = [weight @ axes, bias + weight @ origin, *rest]
        columns = max(256, _FLOATS // max(self.layout.dims[1:]))

        def ask(places: NDArray[np.float64]) -> NDArray[np.float32]:
            parts = torch.from_numpy(places.T.copy())[None].to(self.device, self.dtype).split(columns, 2)
            z = torch.cat([forward(params, part, self._activate) for part in parts], 2)
            return losses.scores(torch.tanh(z) if self._squash else z)[0].float().cpu().numpy()

        return ask

    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """From `scores` (1 or C, ...) to the probability of the second of two classes, else of every class."""
        flat = torch.from_numpy(scores.reshape(1, len(scores), -1))
        return losses.shown(self._loss, flat).numpy().reshape(scores.shape)

    def unit(self, x: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `x` (G, D): float32 (G,)."""
        found = [
            next(islice(layers(params, part, self._activate), layer, None))[0, index]
            for params, part in self._parts(x, replica)
        ]
        return torch.cat(found).float().cpu().numpy()

    def units(self, x: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `x` (G, D): float32 (units, G) each."""
        parts = [[h[0] for h in layers(params, part, self._activate)] for params, part in self._parts(x, replica)]
        return [torch.cat(layer, 1).float().cpu().numpy() for layer in zip(*parts, strict=True)][:-1]

    def embed(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Where the net puts points `x` (G, D) before its last layer decides: activations of the last hidden layer, or
        the inputs where there is none; float32 (R, E, G), or (1, E, G) of one replica."""
        parts = [[part, *layers(params, part, self._activate)][-2] for params, part in self._parts(x, replica)]
        rows = len(self.P) if replica is None else 1
        return torch.cat([part.expand(rows, -1, -1) for part in parts], 2).float().cpu().numpy()

    def read(self, embedded: NDArray[np.floating], replica: int) -> NDArray[np.float32] | None:
        """Class probabilities at `embedded` (E, G), as `embed` gives them: (1, C, G); None where nothing reads them."""
        weight, bias = (part[replica : replica + 1] for part in self.asked[-2:])
        z = torch.baddbmm(bias, weight, torch.from_numpy(embedded[None]).to(self.device, self.dtype))
        return losses.probabilities(self._loss, self._said(z)).float().cpu().numpy()

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points.

        It is worked out in double precision: in single, what is almost certain has a loss of nothing but rounding.
        """
        return self._answers(label, response, self._outputs(x, None))

    def _answers(
        self, label: NDArray[np.int64], response: NDArray[np.float64] | None, z: Tensor
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        q, z = self._targets(label, response).double(), z.cpu()
        return losses.per_point(self._loss, z.double(), q[None], self._gamma).numpy(), losses.leading(z).numpy()

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        """As `evaluate`, with what decides."""
        z = self._outputs(x, None).cpu()  # one transfer for all that is made of it
        return Answers(*self._answers(label, response, z), losses.scores(z).float().numpy())

    def assessing(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Assess:
        """As `assess` of these points, again and again; see `assessing.Assess`. On the processor in numpy, and to
        rounding what `assess` says."""
        kind = type(self)
        usual = (kind._outputs, kind._answers) == (Network._outputs, Network._answers)
        if not usual or self.device.type != "cpu" or not len(x):
            return lambda: [(slice(0, len(x)), self.assess(x, label, response))]
        loss = None
        if not self.own_is_log:
            q = self._targets(label, response).double()

            def loss(z: Tensor, part: slice) -> Tensor:
                return losses.per_point(self._loss, z, q[None, :, part], self._gamma)

        told = self._said if self._squash or self.mask.kind != "none" else None
        return NetAssessing(lambda: self.asked, self._blocks(x), self._in_place, told, loss, label)

    def _blocks(self, x: NDArray[np.float64]) -> Callable[[], Iterable[tuple[slice, NDArray]]]:
        """Parts of points (N, D) with what the nets are shown of them, (1, F, n); kept where that is not much."""
        columns = self._together(len(self.P))

        def blocks() -> Iterator[tuple[slice, NDArray]]:
            for start in range(0, len(x), columns):
                some = x[start : start + columns]
                places = self.mask.places(some, self.problem.scale) if self.mask.moves else some
                yield slice(start, start + len(some)), self._inputs(places)[None].numpy()

        if len(x) * self.features.size > _INPUTS:
            return blocks
        kept = list(blocks())
        return lambda: kept

    def outputs(self, params: Tensor, x: Tensor) -> Tensor:
        """What the last layer says, (R, K, B), with other parameters (R, n) than its own, of points (R or 1, D, B);
        autograd goes through it, to parameters and points."""
        z = forward(self.layout.views(params), self.features.of_tensor(x), self._activate)
        return torch.tanh(z) if self._squash else z

    def answers(self, x: Tensor, replicas: slice = slice(None), how: Asking = AS_IT_IS) -> Tensor:
        """What the last layer of the nets that answer says, (R, K, N), of points (1 or R, D, N) in double precision, on
        the net's device; autograd goes through it to the points. replicas: which of them, R in number."""
        x = self.mask.inputs(x, self.problem.scale, how)
        z = forward([p[replicas] for p in self.asked], self.features.of_tensor(x).to(self.dtype), self._activate)
        z = torch.tanh(z) if self._squash else z
        return self.mask.outputs(z) if how.masked else z

    def penultimate(self, params: Tensor, x: Tensor) -> Tensor:
        """Activations of the last hidden layer, which there has to be, (R, units, B); as `outputs`."""
        return list(layers(self.layout.views(params), self.features.of_tensor(x), self._activate))[-2]

    def per_point(self, params: Tensor, x: Tensor, q: Tensor) -> Tensor:
        """Loss without penalties of each point, (R, B), with targets q as in `losses.targets`; as `outputs`."""
        return losses.per_point(self._loss, self.outputs(params, x), q, self._gamma)

    def finite(self) -> NDArray[np.bool_]:
        """Whether a replica's parameters are all finite, (R,)."""
        if self.device.type == "cpu":  # numpy takes a third of the time
            return np.asarray(np.isfinite(self.P.detach().numpy()).all(axis=1))
        return torch.isfinite(self.P).all(1).cpu().numpy()
