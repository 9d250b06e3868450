"""The directive: options are attributes and quote facts; scripts follow."""
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from live.directive import NEEDS

CONF = """\
extensions = ["myst_parser", "live.directive"]
myst_enable_extensions = ["substitution"]
myst_substitutions = {"facts": {"share": "0.77"}}
"""


@pytest.fixture
def built(tmp_path):
    """built(text) gives the pages index and other, and the warnings."""
    def build(text):
        (tmp_path / "conf.py").write_text(CONF)
        (tmp_path / "index.md").write_text(
            f"# One\n\n{text}\n\n```{{toctree}}\nother\n```\n")
        (tmp_path / "other.md").write_text("# Other\n")
        warnings, out = (tmp_path / "warnings").open("w+"), tmp_path / "out"
        with docutils_namespace():
            Sphinx(tmp_path, tmp_path, out, out / "trees", "html",
                   status=None, warning=warnings).build()
        warnings.seek(0)
        return [(out / f"{name}.html").read_text("utf-8")
                for name in ("index", "other")] + [warnings.read()]

    return build


def test_options_become_attributes_and_the_inside_stays(built):
    page, other, warnings = built(
        '```{live} pits\n:teacher: 15\n:recorded: "{{ facts.share }}"\n\n'
        "The *record*.\n```")
    assert warnings == ""
    (element,) = re.findall(r"(?s)<live-pits([^>]*)>(.*?)</live-pits>", page)
    assert {*element[0].split()} == {'class="live"', 'teacher="15"',
                                     'recorded="0.77"'}
    assert "<em>record</em>" in element[1]
    loaded = re.findall(r'src="[^"]*live/(\w+)\.js', page)
    assert tuple(loaded) == NEEDS["pits"]
    assert "live/" not in other


def test_two_elements_load_what_they_share_once(built):
    page, *_ = built("```{live} race\n```\n\n```{live} rate\n```")
    loaded = re.findall(r'src="[^"]*live/(\w+)\.js', page)
    assert len(loaded) == len({*loaded})
    assert {*loaded} == {*NEEDS["race"], *NEEDS["rate"]}


def test_an_element_that_there_is_not_is_said(built):
    assert "live is 'races'; allowed are" in built("```{live} races\n```")[-1]


def test_a_fact_that_there_is_not_stops_the_build(built):
    with pytest.raises(Exception, match="has no attribute 'no'"):
        built('```{live} pits\n:recorded: "{{ facts.no }}"\n```')
