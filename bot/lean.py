"""Rasa without TensorFlow: fake modules in its place, for processes whose model has no neural network.

Importing Rasa loads TensorFlow, Keras and JAX (10 of 16 seconds, 400 MB) although a model of n-grams and rules never calls them. Rasa subclasses some of
their classes while it is imported, so a lazy loader does not help; classes that do nothing do. Only the worker and the commands
parse, train and validate install this.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from weijing.errors import EngineError

HEAVY = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "tensorflow_probability", "keras", "jax", "jaxlib"})


class _Nothing(type):
    """A class whose every attribute is another such class, and which may be called, subclassed and used as a decorator."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        decorated = args[0] if len(args) == 1 and callable(args[0]) and not kwargs else None
        return decorated if decorated is not None else _Nothing(cls.__name__, (), {})

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())


class _Module(ModuleType):
    """A module in which every name is there."""

    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing(name, (), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in HEAVY else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def install() -> None:
    """Put the fakes in; call before anything imports Rasa. A second call does nothing.

    Raises:
        EngineError: the real TensorFlow is loaded already.
    """
    if is_installed():
        return
    loaded = sorted(HEAVY & set(sys.modules))
    if loaded:
        raise EngineError(f"the lean import came too late: {loaded[0]} is loaded already; call bot.lean.install() before Rasa is imported")
    sys.meta_path.insert(0, _Finder())


def is_installed() -> bool:
    """Whether this process runs without TensorFlow."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)
