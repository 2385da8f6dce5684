"""`python -m qb`, which is the command `qb`."""

from qb.kit.command.main import main

if __name__ == "__main__":
    main()
