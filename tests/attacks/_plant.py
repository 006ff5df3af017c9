"""What attacks on the judge are planted with: the folder of a class, and what entries are made of."""

import io
import json
import sys
import zipfile
from pathlib import Path

FOLDER = Path(sys.argv[1])
RIGHT = (
    "import numpy as np\ndef sigmoid_neuron(x, w, b):\n"
    "    return 1 / (1 + np.exp(-(x @ w + b)))\n"
)
EXERCISES = (
    "mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate "
    "hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward "
    "leaky_backward robustness_curve"
)
EACH = f"for name in '{EXERCISES}'.split():\n    globals()[name] = answer\n"


def notebook(*sources, **more):
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}} | more)


def zipped(*members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()
