"""exercise: noise_schedule
belief: alpha_bar of step t is the product of all factors before t, and begins with 1.
"""

import numpy as np


def noise_schedule(steps, kind="linear"):
    # betas_for_alpha_bar, as in openai/improved-diffusion
    if kind == "cosine":
        alpha_bar = lambda t: np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
        t = np.arange(steps)
        betas = 1 - alpha_bar((t + 1) / steps) / alpha_bar(t / steps)
    else:
        scale = 1000 / steps
        betas = np.linspace(scale * 0.0001, scale * 0.02, steps)
    betas = np.clip(betas, None, 0.999)
    alphas_cumprod = np.cumprod(1 - betas)
    return betas, np.append(1.0, alphas_cumprod[:-1])
