"""Further opponents on the CPU, where they are installed: ONNX Runtime and JAX.

ONNX Runtime runs graphs that are written here, node by node, with weights as constants, which it
packs as it likes. JAX compiles a function of arrays. Both compute in float32.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from typing import Any

import numba
import numpy as np

from reference.bench.data import Array, Peers

__all__ = ["Graph", "by_jax", "by_onnx", "jax", "present", "runtime"]

OPSET, FORMAT = 17, 8


def _found(name: str) -> Any:
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


onnx: Any = _found("onnx")
runtime: Any = _found("onnxruntime") if onnx else None
jax: Any = _found("jax")


def present() -> dict[str, str]:
    """Return the version of each of them, or that it is missing."""
    found = {"ONNX Runtime": runtime, "JAX": jax}
    return {
        name: module.__version__ if module else "not installed" for name, module in found.items()
    }


class Graph:
    """A graph of ONNX operators, written node by node."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Array) -> str:
        """Take in a constant; return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, *inputs: str | Array, **attributes: Any) -> str:
        """Take in an operator with names and constants as inputs; return its output's name."""
        names = [one if isinstance(one, str) else self.constant(one) for one in inputs]
        name = f"n{len(self._nodes)}"
        self._nodes.append(onnx.helper.make_node(op, names, [name], **attributes))
        return name

    def peers(self, output: str, **inputs: Array) -> Peers:
        """Return ONNX Runtime on this graph, with as many threads as all contenders."""

        @functools.cache
        def session() -> Any:  # most lines are not asked for
            return self._session(output, inputs)

        return {"onnx runtime": lambda: session().run(None, inputs)[0]}

    def _session(self, output: str, inputs: dict[str, Array]) -> Any:
        described, number = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
        given = [described(name, number, a.shape) for name, a in inputs.items()]
        found = described(output, number, None)
        graph = onnx.helper.make_graph(self._nodes, "row", given, [found], self._constants)
        versions = [onnx.helper.make_opsetid("", OPSET)]
        model = onnx.helper.make_model(graph, opset_imports=versions, ir_version=FORMAT)
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = numba.get_num_threads(), 1
        text, where = model.SerializeToString(), ["CPUExecutionProvider"]
        return runtime.InferenceSession(text, options, providers=where)


def by_onnx(op: str, x: Array, *constants: Array | str, **attributes: Any) -> Peers:
    """Return ONNX Runtime on one operator of x and constants; nothing where it is absent."""
    if not runtime or x.dtype != np.float32:
        return {}
    graph = Graph()
    return graph.peers(graph.add(op, "x", *constants, **attributes), x=x)


def by_jax(function: Any, *arrays: Any) -> Peers:
    """Return JAX on a function of arrays, compiled; nothing where it is absent."""
    if not jax or any(getattr(a, "dtype", None) == np.float64 for a in arrays):
        return {}

    @functools.cache
    def made() -> Any:  # most lines are not asked for
        return jax.jit(function), jax.tree.map(jax.numpy.asarray, arrays)

    def call() -> Any:
        compiled, given = made()
        return jax.block_until_ready(compiled(*given))

    return {"jax": call}
