from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from bot import patches


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_rasa_is_the_version_the_patches_were_written_for() -> None:
    assert version("rasa") == patches.RASA_VERSION


def test_lean_import_loads_no_tensorflow_and_patches_take_hold() -> None:
    code = """
import inspect, sys
from bot import lean, patches
lean.install(); lean.install()
import rasa.model_training, rasa.core.agent, rasa.shared.utils.common as common
from rasa.core.actions.action import RemoteAction
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
original = inspect.signature(RemoteAction._validate_action_result)
before = common.all_subclasses
patches.apply(); patches.apply()
assert inspect.signature(RemoteAction._validate_action_result).parameters.keys() == original.parameters.keys()
assert common.all_subclasses.__wrapped__ is before
import tensorflow
action = RemoteAction("a", None)
assert action._validate_action_result({"events": [], "responses": []})
try:
    action._validate_action_result({"events": [1]})
    raise SystemExit("no error")
except __import__("jsonschema").ValidationError:
    pass
print(type(tensorflow).__name__, lean.is_installed())
"""
    assert run(code) == "_Module True"


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_lean_import_refuses_when_it_comes_too_late(name: str) -> None:
    code = f"""
import sys, types
sys.modules[{name!r}] = types.ModuleType({name!r})
from bot import lean
from weijing.errors import EngineError
try:
    lean.install()
except EngineError as error:
    print("refused", {name!r} in error.message, lean.is_installed())
"""
    assert run(code) == "refused True False"
