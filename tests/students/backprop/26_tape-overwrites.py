"""exercise: tape_backward
belief: Each value gets its gradient from the operation that uses it, so I assign it.
"""

import numpy as np


def tape_backward(inputs, tape):
    val = [float(t) for t in inputs]
    for op in tape:
        if op[0] == "add":
            val.append(val[op[1]] + val[op[2]])
        elif op[0] == "mul":
            val.append(val[op[1]] * val[op[2]])
        elif op[0] == "tanh":
            val.append(float(np.tanh(val[op[1]])))
        else:
            val.append(float(np.exp(val[op[1]])))

    n = len(inputs)
    grad = [0.0] * len(val)
    grad[-1] = 1.0
    for k in range(len(tape) - 1, -1, -1):
        op, g = tape[k], grad[n + k]
        if g == 0:
            continue
        if op[0] == "add":
            grad[op[1]] = g
            grad[op[2]] = g
        elif op[0] == "mul":
            i, j = op[1], op[2]
            grad[i] = g * val[j]
            grad[j] = g * val[i]
        elif op[0] == "tanh":
            grad[op[1]] = g * (1 - val[n + k] ** 2)
        else:
            grad[op[1]] = g * val[n + k]
    return np.array(grad[:n], dtype=inputs.dtype)
