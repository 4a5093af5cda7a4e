"""Lets obp be imported without torch, which it imports for estimators of gradients and learners that nobody here asks."""

import sys
import types


class Nothing(type):
    """A class of any name, with classes of any name in it."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing(name, (), {})


class Absent(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing(name, (), {})


def allow():
    try:
        import torch  # noqa: F401
    except ImportError:
        for part in ["", ".nn", ".nn.functional", ".optim", ".utils", ".utils.data"]:
            sys.modules["torch" + part] = Absent("torch" + part)
