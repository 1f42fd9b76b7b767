"""Where code comes from: directories, git repositories, releases, memory; and which of them a run reads."""
