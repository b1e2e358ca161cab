"""The servers that the edge is compared with, each as its own documentation shows it; they run in an environment of their own (`requirements.txt`)."""
