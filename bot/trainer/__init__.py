"""The trainer's process: what the workbench asks for, done one after the other in child processes."""
