"""Makes grad-scaler.json: `python grad-scaler.py > grad-scaler.json`, then `npx oxfmt`. PyTorch on the CPU, in float64.

Linear regression under a dynamic loss scale, where now and then a rank's samples hold an infinity. torch.cuda.amp.GradScaler itself refuses to
work without CUDA, so `unscale` and `update_scale` below are its two kernels by their documentation (aten/src/ATen/native/cuda/AmpKernels.cu);
gradients are autograd's, clipping and optimizer steps torch's own. The samples are drawn from a generator that the tests repeat
(src/cli/reference/scaled-regression.ts): multiples of 1/128, exact in any float format.
"""

import json
import torch


class Draws:
    """Numerical Recipes' linear congruential generator, of which bits 16 to 23 are used."""

    def __init__(self, seed):
        self.state = seed

    def byte(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state >> 16 & 255


def batch(draws, samples):
    """One rank's samples of one step: features, then a target that depends on them and on chance; in 1 of 32 an infinity is the first feature."""
    x = [[draws.byte() / 128 - 1 for _ in range(3)] for _ in range(samples)]
    y = [[a - 2 * b + c / 2 + (draws.byte() / 128 - 1) / 4] for a, b, c in x]
    if draws.byte() < 8:
        x[0][0] = float("inf")
    return torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)


def unscale(gradients, scale):
    """_amp_foreach_non_finite_check_and_unscale_: whether any value is not finite, and all of them times the inverse of the scale."""
    found_inf = any(not bool(torch.isfinite(gradient).all()) for gradient in gradients)
    return found_inf, [gradient * (1 / scale) for gradient in gradients]


def update_scale(scale, tracker, found_inf, growth, backoff, interval):
    """_amp_update_scale_."""
    if found_inf:
        return scale * backoff, 0
    if tracker + 1 == interval:
        grown = torch.tensor(scale * growth, dtype=torch.float32)
        return (float(grown) if bool(torch.isfinite(grown)) else scale), 0
    return scale, tracker + 1


def train(case_id, words, make, optimizer, ranks, interval, seed, steps=500, samples=2, clip=1.0, init=65536.0):
    w = torch.zeros(3, 1, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    stepper = make([w, b])
    draws = Draws(seed)
    scale, tracker, skipped = init, 0, 0
    after = {"scale": [], "tracker": [], "skipped": [], "weights": []}
    for _ in range(steps):
        sums = [torch.zeros_like(w), torch.zeros_like(b)]
        for _ in range(ranks):
            x, y = batch(draws, samples)
            loss = torch.mean((x @ w + b - y) ** 2)
            for total, gradient in zip(sums, torch.autograd.grad(loss * scale, [w, b])):
                total += gradient
        found_inf, (w.grad, b.grad) = unscale([total / ranks for total in sums], scale)
        if found_inf:
            skipped += 1
        else:
            torch.nn.utils.clip_grad_norm_([w, b], clip)
            stepper.step()
        scale, tracker = update_scale(scale, tracker, found_inf, 2.0, 0.5, interval)
        after["scale"].append(scale)
        after["tracker"].append(tracker)
        after["skipped"].append(skipped)
        after["weights"] += [round(value, 7) for value in [*w.flatten().tolist(), *b.tolist()]]
    return {
        "id": f"amp/{case_id}",
        "topic": "mixed-precision",
        "source": f"torch {torch.__version__.split('+')[0]} float64 executed, GradScaler by its documentation; {words}",
        "input": {
            "optimizer": {**optimizer, "clipNorm": clip},
            "ranks": ranks,
            "samples": samples,
            "seed": seed,
            "steps": steps,
            "init": init,
            "interval": interval,
        },
        "expected": after,
        "tol": 2e-5,
    }


opt = torch.optim
adam = {"name": "adam", "learningRate": 0.02, "epsilon": 1e-5}
momentum = {"name": "momentum", "learningRate": 0.01, "momentum": 0.9}
print(
    json.dumps(
        [
            train("one-rank-adam", "infinities in one step of 32", lambda p: opt.Adam(p, lr=0.02, eps=1e-5), adam, 1, 20, 1),
            train(
                "two-ranks-momentum",
                "infinities in one step of 32 on each of two ranks",
                lambda p: opt.SGD(p, lr=0.01, momentum=0.9),
                momentum,
                2,
                10,
                2,
            ),
        ]
    )
)
