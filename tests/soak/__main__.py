"""``make soak``."""

import sys

from soak import main

if __name__ == "__main__":  # not again in the processes that run batches
    sys.exit(main(sys.argv[1:]))
