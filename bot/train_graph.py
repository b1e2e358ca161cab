"""One training: Rasa's graph run without its training cache.

`rasa.model_training.train` takes a fingerprint of every example before and after every component, to keep what did not change for the next training. With our
components that costs more than it saves: an edited example changes all but the rules, and the rules take two seconds.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext, GraphModelConfiguration, GraphNodeHook
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.train_data import ReadOnce
from weijing.errors import TrainingFailed

if TYPE_CHECKING:
    from bot.train import Say


def train_graph(root: Path, model: Path, say: Say) -> None:
    """Train from `root`'s config.yml, domain.yml and data/ into the archive `model`, telling `say` each component as it begins.

    Raises:
        TrainingFailed: Rasa refused the data; the message holds its reason.
    """
    try:
        importer = _importer(root)
        configuration = _configuration(importer)
        with tempfile.TemporaryDirectory() as folder:
            storage = LocalModelStorage(Path(folder))
            context = ExecutionContext(graph_schema=configuration.train_schema)
            DaskGraphRunner.create(configuration.train_schema, storage, context, [_Progress(say)]).run({PLACEHOLDER_IMPORTER: importer})
            storage.create_model_package(model, configuration, importer.get_domain())
    except RasaException as error:
        raise TrainingFailed(f"Rasa refused the training data: {error}") from error


def training_data(root: Path, component: str) -> TrainingData:
    """What a component (its class's name) would be trained with: the examples of `root` behind every component before it.

    Raises:
        TrainingFailed: Rasa refused the data, or the configuration has no such component.
    """
    try:
        importer = _importer(root)
        schema = _configuration(importer).train_schema
        needed = [node.needs["training_data"] for node in schema.nodes.values() if node.fn == "train" and node.uses.__name__ == component]
        if not needed:
            raise TrainingFailed(f"config.yml has no {component}")
        with tempfile.TemporaryDirectory() as folder:
            runner = DaskGraphRunner.create(schema, LocalModelStorage(Path(folder)), ExecutionContext(graph_schema=schema), [])
            found: TrainingData = runner.run({PLACEHOLDER_IMPORTER: importer}, targets=needed)[needed[0]]
            return found
    except RasaException as error:
        raise TrainingFailed(f"Rasa refused the training data: {error}") from error


def configure(root: Path) -> None:
    """Load the code of `root`'s components, whatever the data will be."""
    import bot.nlu.trainer  # noqa: F401  the classifier itself imports it only when it trains

    _configuration(_importer(root))


def _importer(root: Path) -> ReadOnce:
    return ReadOnce(str(root / "config.yml"), str(root / "domain.yml"), [str(root / "data")])


def _configuration(importer: ReadOnce) -> GraphModelConfiguration:
    config = importer.get_config()
    configuration = Recipe.recipe_for_name(config.get("recipe")).graph_config_for_recipe(config, {}, TrainingType.BOTH)
    validate(configuration)
    return configuration


class _Progress(GraphNodeHook):
    """Passes on the name of each component that learns as Rasa begins with it."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def on_before_node(self, node_name: str, execution_context: ExecutionContext, config: dict[str, Any], received_inputs: dict[str, Any]) -> dict[str, Any]:
        node = execution_context.graph_schema.nodes[node_name]
        if node.fn == "train":
            self._say(f"  {node.uses.__name__}")
        return {}

    def on_after_node(
        self, node_name: str, execution_context: ExecutionContext, config: dict[str, Any], output: Any, input_hook_data: dict[str, Any]
    ) -> None:
        """Nothing is kept for the next training."""
