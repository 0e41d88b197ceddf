"""Packages that count votes, imported without what they bring along for pictures, spatial models and solvers.

pref_voting, votekit, abcvoting and pabutools name numba, scipy, ortools, matplotlib, scikit-learn, several solvers and
more among their dependencies: over a gigabyte of which the methods compared here use nothing (numba only makes some
of them faster). ``exclude-dependencies`` in pyproject.toml keeps those away; here they are stood in for while the
packages are imported, wherever they are missing.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

LEFT_OUT: Final = (
    *("matplotlib", "nashpy", "numba", "ortools", "scipy", "seaborn", "sklearn"),
    *("gurobipy", "preflibtools", "prefsampling", "pulp", "ruamel"),
)


class _Anything(type):
    """A name of a missing package: can be subscripted and called; as a decorator it leaves what it decorates."""

    def __getitem__(cls, _: object) -> type:
        return cls

    def __call__(cls, *given: Any, **_: object) -> Any:
        if len(given) == 1 and callable(given[0]) and not isinstance(given[0], type):
            return given[0]
        return lambda decorated: decorated


class _StandIn(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012  (none of the class)

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})


class _Finder(MetaPathFinder, Loader):
    def __init__(self, missing: Sequence[str]) -> None:
        self._missing = missing

    def find_spec(
        self,
        fullname: str,
        path: object = None,  # noqa: ARG002  (the protocol's)
        target: object = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        found = fullname.partition(".")[0] in self._missing
        return ModuleSpec(fullname, self, is_package=True) if found else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextmanager
def left_out() -> Iterator[None]:
    """While this lasts, imports of missing packages of ``LEFT_OUT`` succeed. Afterwards nobody finds a trace."""
    missing = [name for name in LEFT_OUT if importlib.util.find_spec(name) is None]
    finder = _Finder(missing)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in missing]:
            del sys.modules[name]
