"""Makes precision-modes.json: `python precision-modes.py > precision-modes.json`, then `npx oxfmt`. NumPy on the CPU.

Weights that are kept in f16, and the optimizer's state with them where a mode has it so: the update is computed in float64 here, and np.float16 rounds
what it leaves once, to nearest, ties to even; a state is rounded where it is kept, after the update has used it. Every number is a multiple of a power of two that leaves f32 room for the exact result, so that whoever computes in f32 must come to the same bits.

A small network under bf16, in float64 with roundings where autocast has them.
"""

import json
import numpy as np


class Draws:
    """Numerical Recipes' linear congruential generator, of which bits 16 to 23 are used."""

    def __init__(self, seed):
        self.state = seed

    def byte(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state >> 16 & 255


def f16(values):
    return np.float16(np.float64(values)).astype(np.float64)


def kept_in_f16(case_id, words, optimizer, w0, grads, precision="fp16(noMasterWeights)"):
    """a <- momentum * a + g, w <- f16(w - lr * a), and in fp16-pure a <- f16(a)."""
    rate, momentum = optimizer["learningRate"], optimizer.get("momentum", 0.0)
    w, a, after = f16(w0), np.zeros(len(w0)), []
    for g in grads:
        a = momentum * a + np.float64(g)
        w = f16(w - rate * a)
        a = f16(a) if precision == "fp16-pure" else a
        after.append(w.tolist())
    return {
        "id": f"modes/{case_id}",
        "topic": "mixed-precision",
        "source": f"NumPy {np.__version__} float16 executed; {words}",
        "input": {"precision": precision, "optimizer": optimizer, "w0": list(w0), "grads": grads},
        "expected": {"w_after_each_step": after},
        "tol": 0,
    }


def random_grads(seed, steps, size):
    draws = Draws(seed)
    return [[(draws.byte() - 128) / 64 for _ in range(size)] for _ in range(steps)]


def bf16(values):
    """The nearest bf16, ties to even: an f32's upper half, rounded on the lower. NumPy has no such type."""
    words = np.asarray(values, np.float32).view(np.uint32).astype(np.uint64)
    return ((words + 0x7FFF + (words >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(np.float64)


def trained(rounded, x, y, w1, b1, w2, b2, rate, steps):
    """Two dense layers with relu between them, mean squared error, gradient descent, in float64, rounded where autocast stores 16 bits: what products read
    and what they give, and what flows on from there; not the loss, not the gradients of weights and biases, not the weights themselves."""
    w1, b1, w2, b2, losses = w1.copy(), b1.copy(), w2.copy(), b2.copy(), []
    for _ in range(steps):
        xr, v1, v2 = rounded(x), rounded(w1), rounded(w2)
        z = rounded(rounded(xr @ v1) + b1)
        h = np.maximum(z, 0)
        out = rounded(rounded(h @ v2) + b2)
        losses.append(float(np.mean((out - y) ** 2)))
        dz2 = 2 * (out - y) / out.size
        read = rounded(dz2)
        dz1 = rounded(read @ v2.T) * (z > 0)
        w2, b2 = w2 - rate * (h.T @ read), b2 - rate * dz2.sum(0)
        w1, b1 = w1 - rate * (xr.T @ dz1), b1 - rate * dz1.sum(0)
    return {"losses": losses, "b1": b1.tolist(), "b2": b2.tolist(), "w1_row": w1[0].tolist(), "w2_row": w2[0].tolist()}


def bf16_mlp():
    """32 samples of 40 features, 32 hidden units, 32 results: large enough that every tensor is one that autocast rounds."""
    draws = Draws(7)
    uniform = lambda *shape: np.array([(draws.byte() - 128) / 128 for _ in range(int(np.prod(shape)))]).reshape(shape)
    x, y, w1, w2 = uniform(32, 40), uniform(32, 32), uniform(40, 32) / 4, uniform(32, 32) / 4
    args = (x, y, w1, np.zeros(32), w2, np.zeros(32), 1.0, 4)
    expected = trained(bf16, *args)
    return {
        "id": "modes/bf16-mlp",
        "topic": "mixed-precision",
        "source": f"NumPy {np.__version__} float64 executed, rounded to bf16 by bits where autocast stores 16 of them",
        "input": {"precision": "bf16", "seed": 7, "learningRate": 1.0, "steps": 4},
        "expected": expected,
        # The weights in f32 over four steps. Every sum is exact in f32, whatever its order; without rounding the numbers are 2e-5 to 5e-4 off.
        "tol": 2e-7,
    }


start = [1.0, -1.5, 0.1, 3.14159, 1000.0, 6e-5, 2e-7, 0.0, 2049.0]
sgd = {"name": "sgd", "learningRate": 2**-6}
# On 1: exactly half a step down and up (a tie goes to the even neighbour, 1 itself), less than half, and more; the same on the odd neighbour 1 + 2^-10.
ties = [1.0] * 4 + [1 + 2**-10] * 4
halves = [2**-5, -(2**-5), -(2**-5) + 2**-10, -(2**-5) - 2**-10] * 2

print(
    json.dumps(
        [
            kept_in_f16("no-master-weights-sgd", "random gradients", sgd, start, random_grads(3, 8, len(start))),
            kept_in_f16(
                "no-master-weights-momentum",
                "random gradients, momentum 0.5",
                {"name": "momentum", "learningRate": 2**-6, "momentum": 0.5},
                start[:8],
                random_grads(4, 8, 8),
            ),
            kept_in_f16(
                "pure-momentum",
                "momentum 7/8, whose sum outgrows eleven bits",
                {"name": "momentum", "learningRate": 1.0, "momentum": 0.875},
                start[:8],
                random_grads(5, 12, 8),
                "fp16-pure",
            ),
            kept_in_f16("no-master-weights-ties", "updates of half a step and beside it, four times", sgd, ties, [halves] * 4),
            bf16_mlp(),
        ]
    )
)
