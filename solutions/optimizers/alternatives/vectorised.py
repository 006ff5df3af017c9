"""A right submission in other words: helpers, in-place work on copies, whole arrays at once."""

# %%
import numpy as np


# %%
def soft(z, threshold):
    return z - np.clip(z, -threshold, threshold)


def leak(old, new, keep):
    return old * keep + new * (1.0 - keep)


# %%
def sgd_step(param, grad, lr=0.01):
    return np.subtract(param, np.multiply(grad, lr))


# %%
def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    step = velocity * beta
    step += grad * lr
    return param - step, step


# %%
def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):
    return momentum_step(param, gradient(param - velocity * beta), velocity, lr, beta)


# %%
def adagrad_step(param, grad, s, lr=0.01, eps=1e-8):
    total = np.square(grad) + s
    return param - lr * (total + eps) ** -0.5 * grad, total


# %%
def rmsprop_step(param, grad, s, lr=0.001, rho=0.9, eps=1e-8):
    average = leak(s, grad * grad, rho)
    return param - lr * grad / (np.sqrt(average) + eps), average


# %%
def adadelta_step(param, grad, state, rho=0.95, eps=1e-6):
    s = leak(state[0], np.square(grad), rho)
    step = grad * np.sqrt((state[1] + eps) / (s + eps))
    return param - step, (s, leak(state[1], np.square(step), rho))


# %%
def adam_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, s, t = leak(state[0], grad, beta1), leak(state[1], grad * grad, beta2), state[2] + 1
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)  # the paper's efficient order
    return param - rate * m / (np.sqrt(s) + eps), (m, s, t)


# %%
def svrg_epoch(param, gradient, n, order, lr=0.01):
    table = np.stack([gradient(i, param) for i in range(n)])
    corrections = table.mean(axis=0) - table
    w = param
    for i in order.tolist():
        w = w - lr * (gradient(i, w) + corrections[i])
    return w


# %%
def dual_averaging_step(param, grad, state, l1=0.01, gamma=1.0):
    mean, t = state
    mean = mean + (grad - mean) / (t + 1)
    return soft(mean, l1) * (-((t + 1) ** 0.5) / gamma), (mean, t + 1)


# %%
def ftrl_step(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    squares = n + np.square(grad)
    z = z + grad - (np.sqrt(squares) - np.sqrt(n)) * param / alpha
    return -alpha * soft(z, l1) / (beta + np.sqrt(squares) + alpha * l2), (z, squares)


# %%
def decayed_rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
    s = max(t - warmup, 0)
    stairs = np.append(lr0, np.asarray(values, dtype=float))
    left = {
        "exponential": np.exp(-s / r * np.log(10)),
        "power": np.exp(-c * np.log1p(s / r)),
        "cosine": 0.5 + 0.5 * np.cos(np.pi * np.clip(s / r, 0, 1)),
    }
    if t >= warmup and kind == "stairs":
        return float(stairs[np.searchsorted(np.asarray(boundaries), s, side="right")])
    return lr0 * (left[kind] if t >= warmup else (t + 1) / warmup)


# %%
def performance_schedule(errors, lr0, every=1, patience=2, factor=10.0):
    seen = errors[every - 1 :: every]
    divisions, waited = np.zeros(len(errors) + 1, dtype=int), 0
    for k, error in enumerate(seen):
        fell = k == 0 or error < seen[:k].min()
        waited = 0 if fell else waited + 1
        if waited == patience:
            divisions[(k + 1) * every :] += 1
            waited = 0
    return (lr0 / factor ** divisions[: len(errors)]).astype(errors.dtype)


# %%
def adamw_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m, s, t = leak(state[0], grad, beta1), leak(state[1], grad * grad, beta2), state[2] + 1
    step = m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return param - lr * (step + weight_decay * param), (m, s, t)


# %%
def accumulated_gradient(grads, sizes):
    return np.average(grads, axis=0, weights=sizes).astype(grads.dtype)


# %%
def ema_update(average, param, t, decay=0.999):
    fresh = 1 - min(decay, (1 + t) / (10 + t))
    return average + fresh * (param - average), t + 1


# %%
def which_optimizer(path, gradient, lr, weight_decay=0.01, tol=1e-4):
    nothing = np.zeros(path.shape[1], dtype=path.dtype)
    empty = (nothing, nothing, 0)

    def raw(x, state):
        g = gradient(x)
        state = leak(state[0], g, 0.9), leak(state[1], g * g, 0.999)
        return x - lr * state[0] / np.sqrt(state[1] + 1e-20), state

    table = [
        ("sgd", lambda x, v: (sgd_step(x, gradient(x), lr), v), nothing),
        ("momentum", lambda x, v: momentum_step(x, gradient(x), v, lr), nothing),
        ("nesterov", lambda x, v: nesterov_step(x, gradient, v, lr), nothing),
        ("adagrad", lambda x, s: adagrad_step(x, gradient(x), s, lr), nothing),
        ("rmsprop", lambda x, s: rmsprop_step(x, gradient(x), s, lr), nothing),
        ("adam", lambda x, s: adam_step(x, gradient(x), s, lr), empty),
        (
            "adamw",
            lambda x, s: adamw_step(x, gradient(x), s, lr, weight_decay=weight_decay),
            empty,
        ),
        ("no correction", raw, empty[:2]),
        (
            "decay in the gradient",
            lambda x, s: adam_step(x, gradient(x) + weight_decay * x, s, lr),
            empty,
        ),
    ]
    gaps = []
    for _, step, state in table:
        own = np.empty_like(path)
        own[0] = path[0]
        for t in range(1, len(path)):
            own[t], state = step(own[t - 1], state)
        gaps.append(np.max(np.abs(own - path)))
    fits = np.flatnonzero(np.array(gaps) <= tol)
    return table[fits[0]][0] if fits.size else "unknown"
