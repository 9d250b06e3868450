"""Search in Chinese without a dictionary: every two neighbouring signs.

Sphinx's own way cuts the text by a dictionary, but not what is typed:
验证损失 finds nothing. Here both are cut alike.
"""
import re

from sphinx.search.zh import SearchChinese

RUN = re.compile(r"[\u3400-\u9fff]+|[a-zA-Z0-9_]+")


def pairs(text):
    """验证损失 -> 验证 证损 损失; a Latin word stays whole."""
    for run in RUN.findall(text):
        if run.isascii() or len(run) == 1:
            yield run
        else:
            yield from (run[i:i + 2] for i in range(len(run) - 1))


class Pairs(SearchChinese):
    """The language of the index, and how the page cuts what is typed."""

    js_splitter_code = """
var splitQuery = (query) =>
  (query.match(/[\\u3400-\\u9fff]+|[a-zA-Z0-9_]+/g) || []).flatMap((run) =>
    /^[\\u3400-\\u9fff]{2,}$/.test(run)
      ? [...run].slice(1).map((sign, i) => run[i] + sign) : [run]);
"""

    def init(self, options):
        """Without a dictionary."""
        super().init({})

    def split(self, text):
        """The pairs and words of a text."""
        found = list(pairs(text))
        self.latin_terms.extend(word for word in found if word.isascii())
        return found


def setup(app):
    """Take the place of Sphinx's own Chinese."""
    app.add_search_language(Pairs)
    return {"parallel_read_safe": True}
