"""`python -m codelength` is the command line."""

from codelength.cli.main import main

if __name__ == "__main__":
    main()
