"""The other side, in a process of its own: stock Rasa's jieba, count vectors and DIET, trained on (text, label) pairs and asked; JSON in, JSON out.

`python -m bench.nlu_stock IN OUT EPOCHS`
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from bench.models import STOCK


def main() -> None:
    """Train, ask everything, write what was said."""
    source, target, epochs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    data = json.loads(source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="wj-stock-nlu-") as folder:
        started = time.process_time()
        model = _train(Path(folder), data["train"], epochs)
        trained_s = time.process_time() - started
        said, latencies = asyncio.run(_ask(model, data["texts"]))
    result = {"said": said, "trained_s": trained_s, "mean_ms": float(np.mean(latencies)), "p99_ms": float(np.percentile(latencies, 99))}
    target.write_text(json.dumps(result), encoding="utf-8")


def _train(folder: Path, pairs: list[list[str]], epochs: int) -> str:
    from rasa.model_training import train_nlu

    yaml = YAML()
    config = yaml.load((STOCK / "nlu.yml").read_text(encoding="utf-8"))
    config["pipeline"][-1]["epochs"] = epochs
    yaml.dump(config, folder / "config.yml")
    labels = sorted({label for _, label in pairs})
    examples = [{"intent": f"label_{number}", "text": text} for number, label in enumerate(labels) for text, one in pairs if one == label]
    (folder / "nlu.json").write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}, ensure_ascii=False), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return str(train_nlu(str(folder / "config.yml"), str(folder / "nlu.json"), str(folder)))


async def _ask(model: str, texts: list[str]) -> tuple[list[str], list[float]]:
    """(label of each text, CPU ms of each): what else runs on the machine then counts little."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    labels = json.loads((Path(model).parent / "labels.json").read_text(encoding="utf-8"))
    said, latencies = [], []
    for text in [texts[0], *texts]:
        started = time.process_time()
        found = (await agent.parse_message(text))["intent"]["name"]
        latencies.append((time.process_time() - started) * 1000)
        said.append(labels[int(found.removeprefix("label_"))] if found else "")
    return said[1:], latencies[1:]


if __name__ == "__main__":
    main()
