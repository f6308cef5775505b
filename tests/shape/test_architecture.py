"""The picture of the flow names modules that exist, and the tree of the site has every one with its caption."""

from __future__ import annotations

import importlib.util
import re

from shape.measure import ROOT, SOURCE, modules

PICTURE = re.findall(r"^```text\n(.*?)^```", (ROOT / "docs" / "architecture.md").read_text(), re.M | re.S)[0]


def test_every_module_of_the_picture_exists() -> None:
    named = set(re.findall(r"\b[a-z_]+/[a-z_]+\b", PICTURE))
    assert len(named) > 15
    assert [name for name in named if not (SOURCE / f"{name}.py").is_file()] == []
    alone = {"readings", "flow", "rematch", "cutover", "courier"}
    assert [name for name in alone if name not in PICTURE or not (SOURCE / f"{name}.py").is_file()] == []


def test_the_tree_has_every_module_with_its_caption() -> None:
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "docs" / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    told = "\n".join(made.PAGES["modules"]())
    every = [each for each in modules("src") if each.path.name != "__init__.py" and "revisions" not in each.path.parts]
    lacking = [str(each.path) for each in every if each.caption.replace("|", "\\|") not in told]
    assert lacking == []
