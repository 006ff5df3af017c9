"""exercise: name_the_rule
belief: In the attached rule the generator moves first, and psi then follows along L_G with the new theta.
"""

import math

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    def sigmoid(z):
        if z < 0:
            return math.exp(z) / (1 + math.exp(z))
        return 1 / (1 + math.exp(-z))

    def next_row(rule, theta, psi, theta_before):
        shown_real, shown_fake = real, theta
        if rule == "swapped":
            shown_real, shown_fake = theta, real
        if rule == "stale":
            shown_fake = theta_before
        # gradients of L_D and L_G, descended
        grad_psi = -(1 - sigmoid(psi * shown_real)) * shown_real + sigmoid(psi * shown_fake) * shown_fake
        new_psi = psi - lr * grad_psi
        teacher = psi if rule == "simultaneous" else new_psi
        if rule == "saturating":
            grad_theta = -sigmoid(teacher * theta) * teacher
        else:
            grad_theta = -(1 - sigmoid(teacher * theta)) * teacher
        new_theta = theta - lr * grad_theta
        if rule == "attached":
            place = new_theta
            new_psi = new_psi + lr * (1 - sigmoid(new_psi * place)) * place
        return new_theta, new_psi

    rows = [(float(a), float(b)) for a, b in path]
    names = ["alternating", "simultaneous", "saturating", "swapped", "attached", "stale"]
    for name in names:
        fits = True
        for t in range(1, len(rows)):
            theta, psi = rows[t - 1]
            before = rows[t - 2][0] if t >= 2 else theta
            guess = next_row(name, theta, psi, before)
            if abs(guess[0] - rows[t][0]) > tol or abs(guess[1] - rows[t][1]) > tol:
                fits = False
                break
        if fits:
            return name
    return "none"
