"""The WeChat official account: callback, passive replies, platform API and the sender."""
