"""`python -m loader` is the command line."""

from loader.cli import main

main()
