"""The WeChat channel against real Redis and real HTTP."""
