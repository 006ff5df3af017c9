"""Holds nothing: every exercise is missing."""
# ends: double=missing running_mean=missing apply=missing countdown=missing
# weak: bare crash

# %%
import numpy as np


# %%
pass
