"""Understanding: the graph components that `config.yml` names, each in a file named for its role."""
