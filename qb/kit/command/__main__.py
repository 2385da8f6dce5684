"""`python -m qb.kit.command`, which is `qb`."""

from qb.kit.command.main import main

if __name__ == "__main__":
    main()
