"""``make bench``."""

import sys

from budgets import main

sys.exit(main(sys.argv[1:]))
