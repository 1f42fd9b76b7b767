"""Run `python -m chaintrace`."""

from chaintrace.cli.app import main

if __name__ == "__main__":
    main()
