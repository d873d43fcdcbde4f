"""`python -m motia_core.cli`: the `motia` command without its script."""

from motia_core.cli import main

main()
