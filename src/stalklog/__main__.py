"""`python -m stalklog` is the same command as `stalklog`."""

from stalklog.cli.app import main

if __name__ == "__main__":
    main()
