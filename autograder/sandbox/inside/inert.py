"""What matplotlib, IPython and tqdm are in a worker: there, and doing nothing.

Nothing else can be imported than what the zygote has imported already.
"""

import importlib.machinery
import sys
from collections.abc import MutableSequence
from types import ModuleType
from typing import Any, Final

PLACEHOLDERS: Final = frozenset({"matplotlib", "mpl_toolkits", "IPython", "tqdm", "autograder"})


class Nothing:
    """Accepts every call, attribute and item, and answers with itself."""

    def __call__(self, *args: Any, **kwargs: Any) -> "Nothing":
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> "Nothing":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter((self, self))  # fig, ax = plt.subplots()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<nothing: drawing is off in grading>"


class _Bar:
    """A progress bar that only passes its iterable through."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Any:
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
        name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec:
        """Return the spec of a placeholder.

        Raises
        ------
        ModuleNotFoundError
            For any other module: it is not among those a worker may use.
        """
        if name.partition(".")[0] in PLACEHOLDERS:
            return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)  # type: ignore[arg-type]
        raise ModuleNotFoundError(f"No module named {name!r} in grading", name=name)


def close_the_gate() -> None:
    """Let nothing be imported from now on but what is loaded and the placeholders."""
    hidden = [name for name in sys.modules if name.partition(".")[0] in PLACEHOLDERS]
    for name in hidden:
        del sys.modules[name]
    sys.meta_path[:] = [Gate]
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
    sys.path.clear()
