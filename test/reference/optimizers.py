"""Makes the PyTorch cases of optimizers.json: `python optimizers.py > made.json`, then append. PyTorch on the CPU, in float64.

Where PyTorch adds epsilon elsewhere than tfjs, or where tfjs has none to choose, the case's epsilon is too small to matter, so that one
number can judge both.
"""

import json
import torch

W0 = [1.0, 2.0, -3.0, 0.5]
GRADS = [
    [0.1, -2.0, 0.3, 1.0],
    [0.05, 1.0, -0.3, 0.2],
    [-0.2, 0.5, 0.1, -0.7],
    [0.3, -1.0, 0.2, 0.1],
    [0.1, 0.1, 0.4, -0.05],
]


def weights_after_each(make, grads=GRADS, before=None, schedule=None):
    w = torch.tensor(W0, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    scheduler = None if schedule is None else schedule(optimizer)
    after = []
    for grad in grads:
        w.grad = torch.tensor(grad, dtype=torch.float64)
        if before is not None:
            before([w])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        after.append(w.tolist())
    return after


def case(name, words, given, after, grads=GRADS):
    return {
        "id": f"opt/{name}",
        "topic": "training",
        "source": f"torch {torch.__version__.split('+')[0]} float64 executed; {words}",
        "input": {"w0": W0, "grads": grads, **given},
        "expected": {"w_after_each_step": after},
        "tol": 2e-6,
    }


opt = torch.optim
sched = torch.optim.lr_scheduler
ONES = [[1.0, -1.0, 2.0, 0.5]] * 12


def warm(main, steps):
    """A line up to the full rate, reached by the last of `steps`, then `main`."""
    return lambda o: sched.SequentialLR(o, [sched.LinearLR(o, 1 / steps, 1.0, steps - 1), main(o)], milestones=[steps])


def sgd_by(schedule):
    return weights_after_each(lambda p: opt.SGD(p, lr=0.1), ONES, schedule=schedule)


cases = [
    case("nesterov", "SGD nesterov", {"lr": 0.1, "momentum": 0.9, "nesterov": True},
         weights_after_each(lambda p: opt.SGD(p, lr=0.1, momentum=0.9, nesterov=True))),
    case("adamw", "AdamW", {"lr": 0.01, "eps": 1e-7, "weight_decay": 0.1},
         weights_after_each(lambda p: opt.AdamW(p, lr=0.01, eps=1e-7, weight_decay=0.1))),
    case("adamax", "Adamax", {"lr": 0.01, "eps": 1e-12},
         weights_after_each(lambda p: opt.Adamax(p, lr=0.01, eps=1e-12))),
    case("rmsprop", "RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-12},
         weights_after_each(lambda p: opt.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-12))),
    case("rmsprop-momentum", "RMSprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "eps": 1e-12},
         weights_after_each(lambda p: opt.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.5, eps=1e-12))),
    case("rmsprop-centered", "RMSprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "eps": 1e-12, "centered": True},
         weights_after_each(lambda p: opt.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.5, eps=1e-12, centered=True))),
    case("adadelta", "Adadelta", {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
         weights_after_each(lambda p: opt.Adadelta(p, lr=1.0, rho=0.9, eps=1e-6))),
    case("sgd-clip-norm", "SGD after clip_grad_norm_", {"lr": 0.1, "clip_norm": 1.0},
         weights_after_each(lambda p: opt.SGD(p, lr=0.1), before=lambda p: torch.nn.utils.clip_grad_norm_(p, 1.0))),
    case("adam-clip-value", "Adam after clip_grad_value_", {"lr": 0.01, "eps": 1e-7, "clip_value": 0.25},
         weights_after_each(lambda p: opt.Adam(p, lr=0.01, eps=1e-7), before=lambda p: torch.nn.utils.clip_grad_value_(p, 0.25))),
    case("sgd-step", "SGD with StepLR", {"lr": 0.1, "schedule": "step", "decay_steps": 4, "decay_rate": 0.5},
         sgd_by(lambda o: sched.StepLR(o, 4, 0.5)), ONES),
    case("sgd-exponential", "SGD with ExponentialLR", {"lr": 0.1, "schedule": "exponential", "decay_steps": 1, "decay_rate": 0.8},
         sgd_by(lambda o: sched.ExponentialLR(o, 0.8)), ONES),
    case("sgd-cosine", "SGD with CosineAnnealingLR", {"lr": 0.1, "schedule": "cosine", "decay_steps": 12, "decay_rate": 0.1},
         sgd_by(lambda o: sched.CosineAnnealingLR(o, 12, eta_min=0.01)), ONES),
    case("sgd-warmup-cosine", "SGD with SequentialLR of LinearLR and CosineAnnealingLR",
         {"lr": 0.1, "schedule": "cosine", "warmup_steps": 4, "decay_steps": 8},
         sgd_by(warm(lambda o: sched.CosineAnnealingLR(o, 8), 4)), ONES),
]
print(json.dumps(cases, indent=2))
