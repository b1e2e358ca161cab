"""`python -m weijing COMMAND`."""

import sys

from weijing.cli import main

sys.exit(main())
