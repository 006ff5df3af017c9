"""exercise: selu_constants
belief: The two constants are the published ones for every variance.
"""

def selu_constants(variance):
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946
    return alpha, scale
