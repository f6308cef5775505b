"""How the pages of docs/ become a site that can be searched: `./dev docs`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Changeover"
html_title = project
extensions = ["myst_parser", "sphinx_copybutton", "reference_pages"]
# The pages are read on a code host too, so a heading's address is made as it makes them.
myst_heading_anchors = 4
exclude_patterns = ["pictures"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
nitpicky = True
# The script tag of the widgets holds settings, not a program.
suppress_warnings = ["misc.highlighting_failure"]
