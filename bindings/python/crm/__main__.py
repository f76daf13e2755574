"""``python -m crm``: the command line."""
import sys

from crm.cli import main

sys.exit(main())
