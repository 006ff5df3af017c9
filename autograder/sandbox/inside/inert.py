"""What matplotlib, IPython and tqdm are in a worker: there, and doing nothing.

Nothing else can be imported than what the zygote has imported already. The same holds at the desk
for the imports that a submission's own lines make (`importer`).
"""

import builtins
import importlib.machinery
import sys
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from types import ModuleType
from typing import Any

from autograder.sandbox.imports import DEFAULT_IMPORTS, INERT, absent


class Nothing:
    """Accepts every call, attribute and item, and answers with itself."""

    def __call__(self, *args: object, **kwargs: object) -> "Nothing":
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> "Nothing":
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __iter__(self) -> object:
        return iter((self, self))  # fig, ax = plt.subplots()

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __str__(self) -> str:
        return ""

    def __fspath__(self) -> str:
        return ""

    def __add__(self, other: object) -> "Nothing":
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__

    def __repr__(self) -> str:
        return "<nothing: drawing and the notebook are off in grading>"


class _Bar:
    """A progress bar that only passes its iterable through."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> object:
        return iter(self.iterable)

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class _InertModule(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012  (a package without places)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__.partition(".")[0] == "tqdm":
            return {"tqdm": _Bar, "trange": lambda *args, **kwargs: range(*args)}.get(
                name, Nothing()
            )
        return Nothing()


class _Loader:
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class Gate:
    """The only finder of a worker: placeholders, and no to everything else."""

    @staticmethod
    def find_spec(
        name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec:
        """Return the spec of a placeholder.

        Raises
        ------
        ModuleNotFoundError
            For any other module: it is not among those a worker may use.
        """
        if name.partition(".")[0] in INERT:
            return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)  # type: ignore[arg-type]
        raise _not_there(name)


def close_the_gate() -> None:
    """Let nothing be imported from now on but what is loaded and the placeholders."""
    hidden = [name for name in sys.modules if name.partition(".")[0] in INERT]
    for name in hidden:
        del sys.modules[name]
    sys.meta_path[:] = [Gate]
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
    sys.path.clear()


def importer(packages: Sequence[str] = DEFAULT_IMPORTS) -> Callable[..., object]:
    """Return what ``import`` calls in a submission's own lines: it gives what grading has."""

    def given(
        name: str, space: Any = None, local: Any = None, names: Any = (), level: int = 0
    ) -> Any:
        if level:
            raise ImportError("a submission is one file: there is no package around it")
        if name.partition(".")[0] in INERT:
            return _InertModule(name if names else name.partition(".")[0])
        if absent(name, packages):
            raise _not_there(name.partition(".")[0])
        return builtins.__import__(name, space, local, names, level)

    return given


def _not_there(name: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {name!r} in grading", name=name)


class Missing:
    """Stands for what a failed import would have given; whoever touches it is told."""

    def __init__(self, error: ImportError) -> None:
        self.__dict__["_error"] = error

    def _tell(self, *args: object, **kwargs: object) -> Any:
        error = self.__dict__["_error"]
        raise type(error)(*error.args, name=error.name)

    def __iter__(self) -> Iterator[object]:
        self._tell()
        return iter(())

    __call__ = __getattr__ = __setattr__ = __getitem__ = __setitem__ = _tell
    __bool__ = __len__ = __enter__ = __exit__ = __contains__ = __mro_entries__ = _tell
    __instancecheck__ = __subclasscheck__ = __array__ = __index__ = __float__ = _tell
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _tell
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _tell
