# What NumPy's float16 makes of seeded tensors: how many numbers it stores as zero although they are not, as subnormal, as normal, as infinity,
# and how many lie in each power of two. Writes number-line.json: `python3 test/reference/number-line.py > test/reference/number-line.json`.
#
# Values are 32 random bits, so that every kind of f32 occurs, and numbers around every border of float16, often exactly on one. They are given as
# the bits of f32, because JSON has no NaN.

import json

import numpy as np


def bits(random, count):
    return random.integers(0, 2**32, count, dtype=np.uint32).view(np.float32)


def borders(random, count):
    """+-(1 + f/1024) * 2^e, with e from -40 to 20."""
    fraction = np.where(random.random(count) < 0.3, 0, random.integers(0, 1024, count))
    magnitude = np.ldexp(1 + fraction / 1024, random.integers(-40, 21, count))
    return np.where(random.random(count) < 0.5, magnitude, -magnitude).astype(np.float32)


def counts(values, factor):
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        scaled = (values * np.float32(factor)).astype(np.float32)
        half = scaled.astype(np.float16)
    nonzero = values != 0
    smallest_normal = np.finfo(np.float16).smallest_normal
    finite = np.isfinite(half)
    classes = {
        "zero": int(np.sum(~nonzero)),
        "lost": int(np.sum(nonzero & (half == 0))),
        "subnormal": int(np.sum((half != 0) & (np.abs(half) < smallest_normal))),
        "normal": int(np.sum(finite & (np.abs(half) >= smallest_normal))),
        "overflow": int(np.sum(np.isinf(half))),
        "nan": int(np.sum(np.isnan(half))),
    }
    exponents = np.frexp(scaled[np.isfinite(scaled) & (scaled != 0)].astype(np.float64))[1] - 1
    vanished = int(np.sum(nonzero & (scaled == 0)))
    bins = np.bincount(np.clip(exponents + 44, 0, 63), minlength=64)
    bins[0] += vanished
    return {**classes, "bins": bins.tolist()}


cases = []
random = np.random.default_rng(7)
for name, draw in (("bits", bits), ("borders", borders)):
    values = draw(random, 800)
    for factor in (1.0, 2.0**-16):
        cases.append(
            {
                "id": f"number-line/{name}-{factor:g}",
                "topic": "mixed-precision",
                "source": f"NumPy {np.__version__}, float16, executed (number-line.py)",
                "input": {"words": values.view(np.uint32).tolist(), "factor": factor},
                "expected": counts(values, factor),
                "tol": 0,
            }
        )
print(json.dumps(cases))
