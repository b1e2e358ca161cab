"""The `weijing` command: one table of sub-commands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

from weijing.errors import WeijingError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("weijing.run", "start engines and every process, and wait until they are ready"),
    "edge": ("channels.edge", "the WeChat callback"),
    "bot": ("bot.keeper", "the Rasa workers, on the model that is released"),
    "trainer": ("bot.trainer.process", "train, judge and release models, as the workbench asks"),
    "models": ("bot.trainer.models_command", "list models and who serves; move all users to one when the console is away"),
    "sender": ("channels.sender", "deliver what was not answered passively"),
    "dead": ("channels.dead_letters", "list, show, resend or drop what could not be delivered or answered"),
    "courier": ("actions.courier", "deliver what was kept while the backend was away"),
    "evidence": ("channels.evidence", "keep what users send before the platform forgets it"),
    "projector": ("store.projector", "write events to PostgreSQL"),
    "console": ("console.app", "the pages of staff, trainers and administrators"),
    "staff": ("console.staff_command", "the accounts of the console: add, password, retire, list; code shows that of a demo's accounts"),
    "audit": ("console.audit_command", "the console's audit trail: verify its chain"),
    "backend": ("backend.app", "the reference government service API"),
    "migrate": ("store.migrate", "bring the tables of the house up to date"),
    "train": ("bot.train", "train a model into models/"),
    "parse": ("bot.parse", "what the bot understands of each line on standard input"),
    "talk": ("bot.talk", "talk to a model beside its trace; nothing is stored or changed"),
    "evaluate": ("bot.evaluation.command", "how well the bot understands messages that it was not trained on; writes results/evaluation.html"),
    "crossval": ("bot.evaluation.crossval", "how well each training example is understood by a model that has not seen it; doubtful labels"),
    "validate": ("bot.validate", "check domain, data and service items"),
    "catalogue": ("weijing.catalogue", "write docs/catalogue.md, every service item with its basis; --check says whether it is current"),
    "simulate": ("channels.simulator.terminal", "talk to the bot in this terminal through real encrypted pushes"),
    "doctor": ("channels.doctor.command", "is everything there that an account needs, and if not, what mends it"),
    "menu": ("channels.wechat.menu_command", "the account's bottom menu: check, show, diff, push, delete"),
    "qr": ("channels.wechat.qr", "QR codes by scene: list them, make pictures to print"),
    "settings": ("weijing.settings_table", "print every setting, its meaning and source; secrets masked"),
}
"""Name of the sub-command -> (module with `main(argv) -> int`, help)."""


def main(argv: list[str] | None = None) -> int:
    """Run a sub-command; our own errors end in one sentence on standard error and exit code 1."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in {"-h", "--help", "help"}:
        print("usage: weijing COMMAND [ARG ...]\n")
        for name, (_, text) in COMMANDS.items():
            print(f"  {name:12s} {text}")
        return 0
    name, *rest = words
    if name not in COMMANDS:
        print(f"weijing: no command {name!r}; see 'weijing help'", file=sys.stderr)
        return 2
    try:
        code: int = importlib.import_module(COMMANDS[name][0]).main(rest)
    except WeijingError as error:
        print(f"weijing {name}: {error.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code
