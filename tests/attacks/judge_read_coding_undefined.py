"""Names an encoding that raises what no one expects: its own fault, and no fault of the grader's."""
# ends: unreadable
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate lif_rate fit_relu_to_rate hh_rates hh_steady_state hh_derivative hh_simulate hebbian_update oja_update lesion robustness_curve
# plants: entries of its own, in the folder that is its argument

from _plant import FOLDER, RIGHT

(FOLDER / "mallory_neurons.py").write_bytes(b"# coding: undefined\n" + RIGHT.encode())
