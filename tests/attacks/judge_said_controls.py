"""Prints and raises what XML, terminals and spreadsheets cannot hold: every file stays well formed."""
# ends: graded
# topic: neurons
# nothing for: mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve

TEXT = '\x00\x1b[31m]]>\x07\ufffe\uffff\u202e</script><script>alert(1)</script>=1+1\r\n\t' + chr(0xd800)

print(TEXT)

def answer(*a, **k):
    print(TEXT)
    raise ValueError(TEXT)

for name in """mcculloch_pitts sigmoid_neuron lif_step lif_simulate diagnose_trace lif_rate fit_relu_to_rate hh_gates hh_derivative hh_simulate poisson_spikes hebbian_update stdp_update leaky_forward leaky_backward robustness_curve""".split():
    globals()[name] = answer
