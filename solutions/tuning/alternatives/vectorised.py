"""The chapter on tuning, vectorised as far as it goes: meshgrid, broadcasting, accumulate."""

# %%
import numpy as np


# %%
def initial_loss(shares):
    shares = np.asarray(shares, float)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return -np.log(1 / shares.size), -(shares @ logs)


# %%
def grid(space):
    names = list(space)
    counts = [len(space[name]) for name in names]
    places = np.indices(counts).reshape(len(names), -1).T if names else [()]
    return [{name: space[name][i] for name, i in zip(names, row)} for row in places]


# %%
def random_search(u, box, log):
    low, high = np.asarray(box, float)
    a, b = np.log(np.where(log, low, 1)), np.log(np.where(log, high, 1))
    even = low + np.asarray(u, float) * (high - low)
    return np.where(log, np.exp(a + u * (b - a)), even).astype(u.dtype)


# %%
def lr_range_test(rates, losses, beta=0.0):
    rates, losses = np.asarray(rates, float), np.asarray(losses, float)
    T = len(losses)
    ages = np.arange(T)[:, np.newaxis] - np.arange(T)
    weights = np.where(ages >= 0, (1 - beta) * float(beta) ** np.maximum(ages, 0), 0)
    finite = np.isfinite(losses)
    s = weights @ np.where(finite, losses, 0) / weights.sum(axis=1)
    s[np.logical_or.accumulate(~finite)] = np.inf
    bad = ~np.isfinite(s) | (s > 4 * np.minimum.accumulate(s))
    end = int(np.argmax(bad)) if bad.any() else T
    s, x = s[:end], np.log(rates[:end])
    return rates[1:][np.argmin((s[2:] - s[:-2]) / (x[2:] - x[:-2]))], rates[end - 1]


# %%
def coarse_to_fine(best, box, limits, log, factor):
    every = np.vstack([box, best]).astype(float)
    own = every.copy()
    own[:, log] = np.log(every[:, log])
    length = own[1] - own[0]
    new = own[2] + np.array([[-0.5], [0.5]]) * factor * length
    new[:, log] = np.exp(new[:, log])
    new = np.minimum(np.maximum(new, limits[0]), limits[1])
    part = (own[2] - own[0]) / length
    return new.astype(box.dtype), np.select([part < 0.1, part > 0.9], [-1, 1], 0)


# %%
def successive_halving(losses, first, eta):
    values = np.nan_to_num(losses.astype(float), nan=np.inf, posinf=1e300)
    values = np.where(np.isnan(losses), np.inf, values)
    alive = np.ones(len(losses), dtype=bool)
    rungs, epochs, budget = [], 0, first
    while alive.sum() > 1 and budget <= losses.shape[1]:
        count = int(alive.sum())
        epochs += count * (budget if budget == first else budget - budget // eta)
        ranks = np.lexsort((np.arange(len(losses)), values[:, budget - 1], ~alive))
        alive = np.zeros_like(alive)
        alive[ranks[: max(count // eta, 1)]] = True
        rungs.append(np.flatnonzero(alive))
        budget *= eta
    return rungs, epochs


# %%
def k_fold(n, k, order):
    number = np.repeat(np.arange(k), n // k + (np.arange(k) < n % k))
    return [[order[number != fold], order[number == fold]] for fold in range(k)]


# %%
def _standard(rows, by):
    by = np.asarray(by, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = (rows - by.mean(axis=0)) / by.std(axis=0)
    return np.where(by.max(axis=0) == by.min(axis=0), 0, scaled)


def cross_validate(x, y, folds, fit, score):
    def one(train, held):
        model = fit(_standard(x[train], x[train]), y[train])
        return score(model, _standard(x[held], x[train]), y[held])

    scores = np.array([one(*fold) for fold in folds], dtype=float)
    return scores.mean(), np.sqrt(scores.var(ddof=1) / scores.size)


# %%
def what_leaked(train, test, train_scaled, test_scaled):
    both = np.vstack([train, test])
    together = np.abs(_standard(train, both) - train_scaled).max()
    together = max(together, np.abs(_standard(test, both) - test_scaled).max())
    own = np.abs(_standard(train, train) - train_scaled).max()
    right = max(own, np.abs(_standard(test, train) - test_scaled).max())
    apart = max(own, np.abs(_standard(test, test) - test_scaled).max())
    name = ("train", "together", "apart")[int(np.argmin([right, together, apart]))]
    shared = 0
    for row in test:
        shared += bool(np.any(np.all(train == row, axis=1)))
    return name, shared


# %%
def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    gaps = np.subtract([train, dev], [bayes, train])
    number = int((gaps > tolerance) @ [2, 1])
    verdict = ("neither", "high variance", "high bias", "both")[number]
    remedy = ("nothing", "more data", "larger model", "larger model")[number]
    return gaps[0], gaps[1], verdict, remedy


# %%
def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    def one(part):
        model = fit(x[part], y[part])
        return [score(model, x[part], y[part]), score(model, x_dev, y_dev)]

    scores = np.array([[one(order[:size]) for order in orders] for size in sizes], dtype=float)
    return tuple(np.einsum("srk->ks", scores) / len(orders))


# %%
def accuracy_interval(predicted, labels, z=1.96):
    hits = (predicted == labels).astype(float)
    error = hits.std() / np.sqrt(hits.size)
    low, high = np.clip(hits.mean() + np.array([-z, z]) * error, 0, 1)
    return hits.mean(), error, low, high


# %%
def honest_report(validation, test):
    means = validation.sum(axis=1, dtype=float) / validation.shape[1]
    chosen = np.argmin(np.where(np.isnan(means), np.inf, means))
    estimate = test[chosen].mean(dtype=float)
    return int(chosen), estimate, estimate - means[chosen]
