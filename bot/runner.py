"""A graph runner without dask: nodes in topological order, computed once for each set of targets."""

from __future__ import annotations

from typing import Any, TypeVar

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Component = TypeVar("Component")
Plan = list[tuple[GraphNode, tuple[str, ...]]]


class PlainGraphRunner(DaskGraphRunner):
    """Calls each node of Rasa's predict graph in order; hooks and errors are those of `GraphNode`.

    Stock Rasa builds a dask graph for every message and every prediction (three times a turn).
    """

    _plans: dict[tuple[str, ...], Plan]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the nodes that `targets` need; `inputs` are the placeholders (message, tracker)."""
        results: dict[str, Any] = dict(inputs or {})
        wanted = tuple(targets or self._graph_schema.target_names)
        for node, parents in self._plan(wanted):
            name, output = node(*[(parent, results[parent]) for parent in parents])
            results[name] = output
        return {name: results[name] for name in wanted}

    def components(self, kind: type[Component]) -> list[Component]:
        """The graph's components of this class."""
        found = (getattr(node, "_component", None) for node in self._instantiated_nodes.values())
        return [component for component in found if isinstance(component, kind)]

    def _plan(self, targets: tuple[str, ...]) -> Plan:
        plans = self.__dict__.setdefault("_plans", {})
        if targets not in plans:
            plans[targets] = self._ordered(self._graph_schema.minimal_graph_schema(list(targets)))
        plan: Plan = plans[targets]
        return plan

    def _ordered(self, schema: GraphSchema) -> Plan:
        done: set[str] = set()
        plan: Plan = []

        def visit(name: str) -> None:
            if name in done or name not in schema.nodes:
                return
            done.add(name)
            parents = tuple(schema.nodes[name].needs.values())
            for parent in parents:
                visit(parent)
            plan.append((self._instantiated_nodes[name], parents))

        for name in schema.nodes:
            visit(name)
        return plan


