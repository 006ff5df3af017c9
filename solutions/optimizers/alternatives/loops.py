"""A right submission that spells everything out in loops."""

# %%
import math

import numpy as np


# %%
def sgd_step(param, grad, lr=0.01):
    new = param.copy()
    for i in np.ndindex(param.shape):
        new[i] = param[i] - lr * grad[i]
    return new


# %%
def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    new, speed = np.empty_like(param), np.empty_like(velocity)
    for i in np.ndindex(param.shape):
        speed[i] = lr * grad[i] + beta * velocity[i]
        new[i] = param[i] - speed[i]
    return [new, speed]


# %%
def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):
    ahead = np.empty_like(param)
    for i in np.ndindex(param.shape):
        ahead[i] = param[i] - beta * velocity[i]
    grad = gradient(ahead)
    new, speed = np.empty_like(param), np.empty_like(velocity)
    for i in np.ndindex(param.shape):
        speed[i] = beta * velocity[i] + lr * grad[i]
        new[i] = ahead[i] - lr * grad[i]
    return new, speed


# %%
def adagrad_step(param, grad, s, lr=0.01, eps=1e-8):
    new, total = np.empty_like(param), np.empty_like(s)
    for i in np.ndindex(param.shape):
        total[i] = s[i] + grad[i] * grad[i]
        new[i] = param[i] - lr * grad[i] / (math.sqrt(total[i]) + eps)
    return new, total


# %%
def rmsprop_step(param, grad, s, lr=0.001, rho=0.9, eps=1e-8):
    new, average = np.empty_like(param), np.empty_like(s)
    for i in np.ndindex(param.shape):
        average[i] = s[i] + (1 - rho) * (grad[i] * grad[i] - s[i])
        new[i] = param[i] - lr / (math.sqrt(average[i]) + eps) * grad[i]
    return new, average


# %%
def adadelta_step(param, grad, state, rho=0.95, eps=1e-6):
    s, d = state
    new, new_s, new_d = np.empty_like(param), np.empty_like(s), np.empty_like(d)
    for i in np.ndindex(param.shape):
        new_s[i] = rho * s[i] + (1 - rho) * grad[i] ** 2
        step = math.sqrt((d[i] + eps) / (new_s[i] + eps)) * grad[i]
        new_d[i] = rho * d[i] + (1 - rho) * step**2
        new[i] = param[i] - step
    return new, [new_s, new_d]


# %%
def adam_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, s, t = state
    new, new_m, new_s = np.empty_like(param), np.empty_like(m), np.empty_like(s)
    for i in np.ndindex(param.shape):
        new_m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        new_s[i] = beta2 * s[i] + (1 - beta2) * grad[i] ** 2
        m_hat = new_m[i] / (1 - beta1 ** (t + 1))
        s_hat = new_s[i] / (1 - beta2 ** (t + 1))
        new[i] = param[i] - lr * m_hat / math.sqrt(s_hat + eps)  # inside the root: as good
    return new, (new_m, new_s, t + 1)


# %%
def svrg_epoch(param, gradient, n, order, lr=0.01):
    full = np.zeros_like(param)
    for i in range(n):
        full += gradient(i, param)
    full /= n
    w = param.copy()
    for i in order:
        w -= lr * (gradient(i, w) - gradient(i, param) + full)
    return w


# %%
def dual_averaging_step(param, grad, state, l1=0.01, gamma=1.0):
    mean, t = state
    t += 1
    new, new_mean = np.zeros_like(param), np.empty_like(mean)
    for i in np.ndindex(param.shape):
        new_mean[i] = ((t - 1) * mean[i] + grad[i]) / t
        if abs(new_mean[i]) > l1:
            new[i] = -math.sqrt(t) / gamma * (new_mean[i] - math.copysign(l1, new_mean[i]))
    return new, (new_mean, t)


# %%
def ftrl_step(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    new, new_z, new_n = np.zeros_like(param), np.empty_like(z), np.empty_like(n)
    for i in np.ndindex(param.shape):
        new_n[i] = n[i] + grad[i] ** 2
        sigma = (math.sqrt(new_n[i]) - math.sqrt(n[i])) / alpha
        new_z[i] = z[i] + grad[i] - sigma * param[i]
        if new_z[i] > l1:
            new[i] = (l1 - new_z[i]) / (l2 + (beta + math.sqrt(new_n[i])) / alpha)
        elif new_z[i] < -l1:
            new[i] = (-l1 - new_z[i]) / (l2 + (beta + math.sqrt(new_n[i])) / alpha)
    return new, (new_z, new_n)


# %%
def decayed_rate(t, lr0, r, kind="exponential", c=1.0, warmup=0, boundaries=(), values=()):
    if warmup > 0 and t <= warmup - 1:
        return lr0 / warmup + t * lr0 / warmup
    t = t - warmup
    if kind == "stairs":
        rate = lr0
        for boundary, value in zip(boundaries, values):
            if boundary <= t:
                rate = value
        return rate
    if kind == "power":
        return lr0 * (r / (r + t)) ** c
    if kind == "cosine":
        return 0.0 if t >= r else lr0 * math.cos(math.pi * t / (2 * r)) ** 2
    return lr0 / 10.0 ** (t / r)


# %%
def performance_schedule(errors, lr0, every=1, patience=2, factor=10.0):
    rates, lr, lowest, waited = [], lr0, None, 0
    for steps, error in enumerate(errors, start=1):
        rates.append(lr)
        if steps % every != 0:
            continue
        if lowest is None or error < lowest:
            lowest, waited = error, 0
            continue
        waited += 1
        if waited >= patience:
            lr /= factor
            waited = 0
    return np.array(rates, dtype=errors.dtype)


# %%
def adamw_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    faded = param.copy()
    faded *= 1 - lr * weight_decay
    return adam_step(faded, grad, state, lr, beta1, beta2, eps)


# %%
def accumulated_gradient(grads, sizes):
    total, count = np.zeros_like(grads[0]), 0
    for grad, size in zip(grads, sizes):
        if size:
            total += int(size) * grad
            count += int(size)
    return total / count


# %%
def ema_update(average, param, t, decay=0.999):
    keep = decay
    if (1 + t) / (10 + t) < decay:
        keep = (1 + t) / (10 + t)
    new = np.empty_like(average)
    for i in np.ndindex(average.shape):
        new[i] = average[i] * keep + param[i] * (1 - keep)
    return new, t + 1


# %%
def which_optimizer(path, gradient, lr, weight_decay=0.01, tol=1e-4):
    names = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
    names += ["no correction", "decay in the gradient"]
    for name in names:
        x = np.array(path[0], dtype=float)
        v, m, s = np.zeros(x.size), np.zeros(x.size), np.zeros(x.size)
        fits = True
        for t in range(1, len(path)):
            g = gradient(x - 0.9 * v) if name == "nesterov" else gradient(x)
            new = x.copy()
            for d in range(x.size):
                slope = float(g[d])
                if name == "decay in the gradient":
                    slope += weight_decay * x[d]
                if name == "sgd":
                    new[d] -= lr * slope
                elif name in ("momentum", "nesterov"):
                    v[d] = 0.9 * v[d] + lr * slope
                    new[d] -= v[d]
                elif name in ("adagrad", "rmsprop"):
                    s[d] = s[d] + slope**2 if name == "adagrad" else 0.9 * s[d] + 0.1 * slope**2
                    new[d] -= lr * slope / math.sqrt(s[d] + 1e-8)
                else:
                    m[d] = 0.9 * m[d] + 0.1 * slope
                    s[d] = 0.999 * s[d] + 0.001 * slope**2
                    full = (1, 1) if name == "no correction" else (1 - 0.9**t, 1 - 0.999**t)
                    new[d] -= lr * (m[d] / full[0]) / (math.sqrt(s[d] / full[1]) + 1e-8)
                    if name == "adamw":
                        new[d] -= lr * weight_decay * x[d]
                if abs(new[d] - float(path[t, d])) > tol:
                    fits = False
            x = new
        if fits:
            return name
    return "unknown"
