"""The command: each one parses words, asks `chaintrace.api`, and prints. stdout is data, stderr is talk."""
