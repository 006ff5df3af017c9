"""The chapter on tuning, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def initial_loss(shares):
    entropy = 0.0
    for share in shares:
        p = float(share)
        if p != 0.0:
            entropy -= p * math.log(p)
    return math.log(len(shares)), entropy


# %%
def grid(space):
    settings = [{}]
    for name in space:
        longer = []
        for setting in settings:
            for value in space[name]:
                more = dict(setting)
                more[name] = value
                longer.append(more)
        settings = longer
    return settings


# %%
def random_search(u, box, log):
    out = np.zeros_like(u)
    for n in range(u.shape[0]):
        for d in range(u.shape[1]):
            low, high, draw = float(box[0, d]), float(box[1, d]), float(u[n, d])
            if log[d]:
                a, b = math.log10(low), math.log10(high)
                out[n, d] = 10 ** (a + (b - a) * draw)
            else:
                out[n, d] = (1 - draw) * low + draw * high
    return out


# %%
def lr_range_test(rates, losses, beta=0.0):
    smooth = []
    average = 0.0
    share = 1.0
    for loss in losses:
        average = beta * average + (1 - beta) * float(loss)
        share *= beta
        value = average / (1 - share)
        if math.isnan(value) or math.isinf(value):
            break
        if smooth and value > 4 * min(smooth):
            break
        smooth.append(value)
    steepest, place = math.inf, None
    for t in range(1, len(smooth) - 1):
        d = (smooth[t + 1] - smooth[t - 1]) / math.log(float(rates[t + 1]) / float(rates[t - 1]))
        if d < steepest:
            steepest, place = d, t
    return float(rates[place]), float(rates[len(smooth) - 1])


# %%
def coarse_to_fine(best, box, limits, log, factor):
    new = np.zeros_like(box)
    edge = []
    for d in range(len(best)):
        low, high, middle = float(box[0, d]), float(box[1, d]), float(best[d])
        if log[d]:
            low, high, middle = math.log(low), math.log(high), math.log(middle)
        length = high - low
        ends = [middle - factor * length / 2, middle + factor * length / 2]
        if log[d]:
            ends = [math.exp(end) for end in ends]
        for row in range(2):
            new[row, d] = min(max(ends[row], float(limits[0, d])), float(limits[1, d]))
        if middle - low < length / 10:
            edge.append(-1)
        elif high - middle < length / 10:
            edge.append(1)
        else:
            edge.append(0)
    return [new, np.array(edge)]


# %%
def successive_halving(losses, first, eta):
    left = list(range(losses.shape[0]))
    rungs = []
    epochs = 0
    trained = 0
    budget = first
    while len(left) > 1 and budget <= losses.shape[1]:
        for _ in left:
            epochs += budget - trained
        ranked = []
        for number in left:
            loss = float(losses[number, budget - 1])
            ranked.append((math.isnan(loss), 0.0 if math.isnan(loss) else loss, number))
        ranked.sort()
        keep = len(left) // eta
        if keep == 0:
            keep = 1
        left = sorted(number for _, _, number in ranked[:keep])
        rungs.append(np.array(left))
        trained = budget
        budget *= eta
    return rungs, epochs


# %%
def k_fold(n, k, order):
    folds = []
    start = 0
    for fold in range(k):
        size = n // k
        if fold < n % k:
            size += 1
        train, held = [], []
        for place in range(n):
            (held if start <= place < start + size else train).append(int(order[place]))
        folds.append((np.array(train, dtype=int), np.array(held, dtype=int)))
        start += size
    return folds


# %%
def cross_validate(x, y, folds, fit, score):
    scores = []
    for train, held in folds:
        a, b = np.zeros((len(train), x.shape[1])), np.zeros((len(held), x.shape[1]))
        for d in range(x.shape[1]):
            column = [float(x[i, d]) for i in train]
            mean = math.fsum(column) / len(column)
            std = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / len(column))
            if max(column) == min(column):
                continue
            for row, i in enumerate(train):
                a[row, d] = (float(x[i, d]) - mean) / std
            for row, i in enumerate(held):
                b[row, d] = (float(x[i, d]) - mean) / std
        model = fit(a, y[train])
        scores.append(float(score(model, b, y[held])))
    k = len(scores)
    mean = math.fsum(scores) / k
    spread = math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / (k - 1))
    return mean, spread / math.sqrt(k)


# %%
def what_leaked(train, test, train_scaled, test_scaled):
    known = {tuple(float(v) for v in row) for row in train}
    shared = 0
    for row in test:
        if tuple(float(v) for v in row) in known:
            shared += 1
    both = np.concatenate([train, test]).astype(float)
    gaps = {"train": 0.0, "together": 0.0, "apart": 0.0}
    for d in range(train.shape[1]):
        ways = {
            "train": (train[:, d].astype(float), train[:, d].astype(float)),
            "together": (both[:, d], both[:, d]),
            "apart": (train[:, d].astype(float), test[:, d].astype(float)),
        }
        for name, sources in ways.items():
            parts = ((train, train_scaled), (test, test_scaled))
            for source, (rows, found) in zip(sources, parts):
                for i in range(len(rows)):
                    expected = 0.0
                    if source.max() > source.min():
                        expected = (float(rows[i, d]) - source.mean()) / source.std()
                    gaps[name] = max(gaps[name], abs(expected - float(found[i, d])))
    best = "train"
    for name, gap in gaps.items():
        if gap < gaps[best]:
            best = name
    return best, shared


# %%
def diagnose(train, dev, bayes=0.0, tolerance=2.0):
    bias = train - bayes
    variance = dev - train
    if bias > tolerance and variance > tolerance:
        verdict = "both"
    elif bias > tolerance:
        verdict = "high bias"
    elif variance > tolerance:
        verdict = "high variance"
    else:
        verdict = "neither"
    remedies = {"high variance": "more data", "neither": "nothing"}
    return bias, variance, verdict, remedies.get(verdict, "larger model")


# %%
def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    train, dev = [], []
    for size in sizes:
        on_train = on_dev = 0.0
        for order in orders:
            rows = np.array([x[order[i]] for i in range(size)])
            targets = np.array([y[order[i]] for i in range(size)])
            model = fit(rows, targets)
            on_train += float(score(model, rows, targets)) / len(orders)
            on_dev += float(score(model, x_dev, y_dev)) / len(orders)
        train.append(on_train)
        dev.append(on_dev)
    return np.array(train), np.array(dev)


# %%
def accuracy_interval(predicted, labels, z=1.96):
    right = 0
    for a, b in zip(predicted, labels):
        if a == b:
            right += 1
    n = len(labels)
    p = right / n
    error = math.sqrt(right * (n - right) / n**3)
    low, high = p - z * error, p + z * error
    if low < 0:
        low = 0.0
    if high > 1:
        high = 1.0
    return p, error, low, high


# %%
def honest_report(validation, test):
    chosen, smallest = None, math.inf
    for c, row in enumerate(validation):
        mean = math.fsum(float(v) for v in row) / len(row)
        if mean < smallest:
            chosen, smallest = c, mean
    estimate = math.fsum(float(v) for v in test[chosen]) / len(test[chosen])
    return chosen, estimate, estimate - smallest
