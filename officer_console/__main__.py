"""`python -m officer_console` is `officer-console`."""

import sys

from officer_console.cli import main

if __name__ == "__main__":
    sys.exit(main())
