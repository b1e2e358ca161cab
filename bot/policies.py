"""Rasa's RulePolicy with the same predictions at a cost that depends neither on the history nor on the number of rules."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

from bot.replay import recent_states

Index = dict[str | None, dict[str | None, list[str]]]
"""Previous action -> intent -> rule keys; None stands for a rule that does not ask."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """RulePolicy that looks at rules by (previous action, intent) and builds only as many states as the longest rule has.

    Stock RulePolicy rebuilds the states of the whole conversation twice for each prediction and compares them with every rule.
    """

    def _index(self, lookup: dict[str, str]) -> Index:
        cache: list[tuple[dict[str, str], Index]] = self.__dict__.setdefault("_indexes", [])
        for known, index in cache:
            if known is lookup:
                return index
        index = defaultdict(lambda: defaultdict(list))
        for rule in lookup:
            last = json.loads(rule)[-1]
            index[(last.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)][(last.get(USER) or {}).get(INTENT)].append(rule)
        cache.append((lookup, index))
        return index

    def _longest(self) -> int:
        if "_longest_rule" not in self.__dict__:
            keys = [*self.lookup.get(RULES, {}), *self.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
            self.__dict__["_longest_rule"] = max((len(json.loads(key)) for key in keys), default=1)
            self.__dict__["_has_text_rules"] = any(USER in state and TEXT in state[USER] for key in keys for state in json.loads(key))
        longest: int = self.__dict__["_longest_rule"]
        return longest

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        index = self._index(lookup)
        previous = (states[-1].get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)
        intent = (states[-1].get(USER) or {}).get(INTENT)
        by_intent = index.get(previous, {})
        if previous is None:  # at a conversation's start stock Rasa does not compare the rest of the state
            keys = {key for some in by_intent.values() for key in some}
        else:
            keys = {*by_intent.get(None, ()), *(by_intent.get(intent, ()) if intent else ())}
        for turn, state in enumerate(reversed(states)):
            if not keys:
                break
            keys = {key for key in keys if self._is_rule_applicable(key, turn, state)}
        return keys

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool = False, rule_only_data: dict[str, Any] | None = None
    ) -> list[State]:
        states = recent_states(tracker, domain, self._longest())
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        self._longest()
        if use_text_for_last_user_input and not self.__dict__["_has_text_rules"]:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        return found

    @staticmethod
    def format_tracker_states(states: list[dict[str, Any]]) -> str:
        """Stock Rasa formats the states for a debug line that nobody reads in production."""
        return ""
