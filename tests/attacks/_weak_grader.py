"""A grader as one would write it in an afternoon, everything in one process: what the attacks work on.

    python _weak_grader.py [--bare] SUBMISSION...

It runs each submission in its own process's memory and prints one line ``SCORES {...}`` for each.
``--bare`` leaves out even the `try` and compares with a plain difference.
"""

import json
import os
import sys

import numpy as np

SECRET = os.environ.get("GRADUS_SECRET", "")
BARE = sys.argv[1:2] == ["--bare"]


def truth_double(x):
    return 2 * x


def truth_running_mean(xs, n):
    return np.convolve(xs, np.ones(n) / n, "valid")


def truth_apply(f, x):
    return f(x) + 1


def truth_countdown(n):
    return list(range(n, 0, -1))


def triple(x):
    return 3 * x


TRUTH = {
    "double": truth_double,
    "running_mean": truth_running_mean,
    "apply": truth_apply,
    "countdown": truth_countdown,
}
PUBLIC = {
    "double": lambda: (np.array([1.0, 2.0, 1e308]),),
    "running_mean": lambda: (np.array([1.0, 2.0, 4.0, 8.0]), 2),
    "apply": lambda: (triple, 2.0),
    "countdown": lambda: (3,),
}
scores = {}


def same(result, expected):
    if BARE:
        return not np.any(np.abs(result - expected) > 1e-6)
    return bool(np.allclose(result, expected))


def judge(function, name):
    args = PUBLIC[name]()
    result = function(*args)
    if name == "countdown":
        result = list(result)
        result = np.array(result) if BARE else result
    expected = TRUTH[name](*args)
    agreed = same(result, expected)
    return agreed


def grade(path):
    with open(path) as stream:
        source = stream.read()
    space = {"__name__": "submission", "np": np}
    try:
        exec(compile(source, path, "exec"), space)
    except Exception as error:
        print("submission failed:", error)
    for name in TRUTH:
        try:
            scores[name] = judge(space[name], name)
        except Exception as error:
            if BARE:
                raise
            print(name, "failed:", error)
            scores[name] = False
    print("SCORES", json.dumps(scores))


if __name__ == "__main__":
    for submission in sys.argv[1 + BARE :]:
        grade(submission)
