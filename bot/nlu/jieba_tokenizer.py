"""Words of a message, cut by a jieba of our own with the dictionary of the house.

The stock component loads its words into jieba's process-wide tokenizer: after a model swap the old model's words would stay.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.wording import normalized
from weijing.project import project_path
from weijing.settings import load_settings

WORDS_FILE = "words.txt"


@lru_cache(maxsize=1)
def _base() -> Any:
    """jieba's own dictionary, loaded once a process; its cache lies under var/, not in the system's shared temporary folder."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    folder = load_settings().weijing_var / "jieba"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir = str(folder)
    tokenizer.initialize()
    return tokenizer


def language_words() -> dict[str, int]:
    """The words of jieba's own dictionary and how often they occur; what only begins one occurs 0 times."""
    words: dict[str, int] = _base().FREQ
    return words


def make_tokenizer(lines: Iterable[str]) -> Any:
    """A `jieba.Tokenizer` that knows these words beside jieba's own, and shares nothing with any other.

    Args:
        lines: `word frequency tag`, as in `data/dict/*.txt`.
    """
    import jieba

    base, own = _base(), jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = dict(base.FREQ), base.total, True
    for line in lines:
        word, frequency, *_ = line.split()
        own.add_word(word, int(frequency))
    return own


def read_dictionary(folder: Path) -> list[str]:
    """The lines of every `*.txt` of the folder."""
    return [line for file in sorted(folder.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class DictionaryTokenizer(Tokenizer):
    """Tokens of the normalised text. Config: `dictionary_path`, the folder of word lists."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Chinese."""
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        """jieba."""
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The dictionary of the house; intents are not split."""
        return {"dictionary_path": "data/dict", "intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed words train again."""
        folder = project_path({**cls.get_default_config(), **config}["dictionary_path"])
        return hashlib.sha256("\n".join(read_dictionary(folder)).encode()).hexdigest()

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, lines: list[str]) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._lines = lines
        self._jieba = make_tokenizer(lines)

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> DictionaryTokenizer:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource, read_dictionary(project_path(config["dictionary_path"])))

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> DictionaryTokenizer:
        """Rasa's constructor for a trained model: with the words of its training."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, (folder / WORDS_FILE).read_text(encoding="utf-8").splitlines())

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the words with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text("\n".join(self._lines), encoding="utf-8")
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens with their places in the normalised text (other attributes: in their own)."""
        text = normalized(message) if attribute == TEXT else message.get(attribute)
        return [Token(word, start) for word, start, _ in self._jieba.tokenize(text) if not word.isspace()]
