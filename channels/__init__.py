"""The doors through which the public comes: WeChat, and a simulator of it to develop against. Nothing here loads a model."""
