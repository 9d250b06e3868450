"""The search of the Chinese site cuts what is written and what is typed."""
from publish.translation.search import Pairs, pairs


def test_text_is_cut_into_pairs_and_words():
    assert [*pairs("验证损失，AdamW 与 熵")] == [
        "验证", "证损", "损失", "AdamW", "与", "熵"]


def test_the_page_cuts_what_is_typed_alike():
    assert "slice(1)" in Pairs.js_splitter_code
    assert Pairs({}).split("学习率") == ["学习", "习率"]
