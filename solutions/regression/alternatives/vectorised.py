"""A right submission that does the same in other whole-array ways."""

# %%
import numpy as np


# %%
def mse(prediction, target, root=False):
    misses = np.ravel(prediction) - np.ravel(target)
    value = misses @ misses / misses.size
    return value**0.5 if root else value


# %%
def mse_gradient(x, y, theta):
    return np.einsum("nd,n->d", x, np.einsum("nd,d->n", x, theta) - y) * 2 / x.shape[0]


# %%
def gradient_descent(x, y, theta, lr, steps):
    hessian, pull = 2 * x.T @ x / len(x), 2 * x.T @ y / len(x)
    path = np.tile(theta, (steps + 1, 1))
    for t in range(steps):
        path[t + 1] = path[t] - lr * (hessian @ path[t] - pull)
    return path


# %%
def max_stable_rate(x):
    hessian = 2 / len(x) * x.T.astype(float) @ x
    largest = np.linalg.eigvalsh(hessian).max()
    return 2 / largest if largest > 0 else np.inf


# %%
def diagnose_gradient(x, y, theta, found):
    miss, n = x @ theta - y, len(y)
    names = np.array(["right", "sum", "half", "uphill", "no targets"])
    shares = np.array([2 / n, 2.0, 1 / n, -2 / n, 2 / n])
    misses = np.stack([miss, miss, miss, miss, x @ theta])
    known = shares[:, None] * (misses @ x)
    fits = np.abs(known - found).max(axis=1) <= 1e-6 * np.abs(known).max(axis=1)
    return str(names[fits][0]) if fits.any() else "unknown"


# %%
def normal_equation(x, y, rcond=1e-6):
    u, s, vh = np.linalg.svd(x.astype(float))
    inverse = np.zeros(x.shape).T
    large = s > rcond * s.max()
    inverse[np.arange(len(s))[large], np.arange(len(s))[large]] = 1 / s[large]
    return (vh.T @ inverse @ u.T @ y).astype(x.dtype)


# %%
def ridge(x, y, strength):
    """Append a row for each price: least squares on the taller table."""
    d = x.shape[1]
    rows = np.sqrt(strength) * np.eye(d)[1:]
    tall, right = np.concatenate([x, rows]), np.concatenate([y, np.zeros(d - 1)])
    q, r = np.linalg.qr(tall)
    return np.linalg.solve(r, q.T @ right).astype(x.dtype)


# %%
def sgd_epoch(x, y, theta, lr, order, size=1):
    for batch in np.split(order, np.arange(size, len(order), size)):
        miss = x[batch] @ theta - y[batch]
        theta = theta - lr * 2 * np.mean(miss[:, None] * x[batch], axis=0)
    return theta


# %%
def logistic_loss(x, y, theta):
    z = x @ theta
    sign = 2 * y - 1
    loss = np.logaddexp(0, -sign * z).mean()
    p = np.exp(-np.logaddexp(0, -z))
    return loss, ((p - y)[:, None] * x).mean(axis=0)


# %%
def softmax_gradient(x, labels, theta):
    z = np.einsum("nd,kd->nk", x, theta)
    z -= z.max(axis=1)[:, None]
    p = np.exp(z - np.log(np.exp(z).sum(axis=1))[:, None])
    truth = (np.arange(len(theta)) == labels[:, None]).astype(x.dtype)
    return np.einsum("nk,nd->kd", p - truth, x) / len(x)


# %%
def cartesian_to_polar(points):
    numbers = points[:, 0] + 1j * points[:, 1]
    return np.column_stack([np.abs(numbers), np.angle(numbers)])


# %%
def design_matrix(train, other, scaling="standard"):
    if scaling == "standard":
        centre, spread = np.mean(train, axis=0), np.std(train, axis=0)
    else:
        centre, spread = np.min(train, axis=0), np.ptp(train, axis=0)
    constant = np.ptp(train, axis=0) == 0
    spread = np.where(constant, 1, spread)

    def made(rows):
        scaled = (rows - centre) / spread * ~constant
        return np.insert(scaled, 0, 1, axis=1).astype(train.dtype)

    return made(train), made(other)


# %%
def train_val_test_split(n, fractions, order):
    validation, test = np.rint(np.array(fractions) * n).astype(int)
    return tuple(np.split(order, np.cumsum([n - validation - test, validation])))


# %%
def confusion_and_auc(labels, scores, threshold=0.5):
    called = np.where(scores >= threshold, 1, 0)
    confusion = np.bincount(2 * labels + called, minlength=4).reshape(2, 2)
    positives, negatives = np.sum(labels == 1), np.sum(labels == 0)
    if positives == 0 or negatives == 0:
        return confusion, np.nan
    _, where = np.unique(scores, return_inverse=True)
    count = np.bincount(where)
    ranks = (np.cumsum(count) - (count - 1) / 2)[where]  # ties share their mean rank
    u = ranks[labels == 1].sum() - positives * (positives + 1) / 2
    return confusion, u / (positives * negatives)
