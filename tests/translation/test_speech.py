"""What code shows gives way to a table: texts, pages, lines."""
import base64
import warnings

import pytest

from labkit import plots
from labkit.speech.messages import Speech
from labkit.speech.pages import bundle, fill, lines, page, width

say = Speech({
    "{name}: at the line after {amount}.": "{name}：{amount}后到线。",
    "{n} epochs": "{n} 个 epoch", "large": "大", "small": "小",
    "it {way} by {size}": "它{way} {size}", "rises": "上升",
    "no answer yet.": "还没有答案。", "seeds": "随机种子",
    "exercise {name}: {text}": "练习 {name}：{text}",
    "A long way. It falls from {low} on.": "很长的路。从 {low} 起下降。",
    "Right.": "对。", "right": "右", "steps": "步数", "the width": "宽度"})


@pytest.mark.parametrize("text, said", [
    ("large: at the line after 3 epochs.", "大：3 个 epoch 后到线。"),
    ("exercise 1: no answer yet.", "练习 1：还没有答案。"),
    ("exercise 1: Right. It rises by 2.", "练习 1：对。它上升 2。"),
    ("it rises by 0.3", "它上升 0.3"), ("It rises by 0.3.", "它上升 0.3。"),
    ("large, small and large", "大、小和大"), ("(the width)", "（宽度）"),
    ("C1a The width", "C1a 宽度"), ("-> rate = 0.3: no answer yet.",
                                  "-> rate = 0.3: 还没有答案。"),
    ("no answer yet. It rises by 2", "还没有答案。它上升 2"),
    ("A long way.", "很长的路。"), ("  large  ", "  大  "),
    ("5 seeds", "5 个随机种子"), ("0.31, 12 %", "0.31, 12 %"),
    ("nothing of this", "nothing of this"),
    ("已经是中文 text", "已经是中文 text")])
def test_a_text_is_made_of_messages(text, said):
    assert say(text) == said


def test_without_a_table_nothing_changes():
    assert Speech({})("large") == "large"


def test_pages_change_between_their_tags_and_in_descriptions():
    html = ('<p class="large">large</p><img alt="the width"><code>large</code>'
            '<script>f("large"); g("the width")</script>'
            '<script type="application/json">{"large": "the width"}</script>')
    assert page(html, say) == (
        '<p class="large">大</p><img alt="宽度"><code>large</code>'
        '<script>f("large"); g("宽度")</script>'
        '<script type="application/json">{"large": "宽度"}</script>')


def test_what_is_escaped_stays_escaped():
    tell = Speech({"less < more & so": "少 < 多"})
    assert page("<p>less &lt; more &amp; so</p>", tell) == "<p>少 &lt; 多</p>"


def test_printed_tables_keep_their_columns():
    table = "       steps  loss\nlarge     12   3.5\n"
    said = lines(table, say)
    assert [width(line) for line in said.splitlines()] == [18, 18]
    assert "步数" in said and "大" in said


def test_a_text_over_several_lines_is_one_text():
    assert lines("exercise 1: no\nanswer yet.\n", say) == (
        "练习 1：还没有答案。\n")


def test_long_texts_are_filled_to_the_width_of_a_line():
    assert max(map(width, fill("汉字，" * 60).splitlines())) <= 70


def test_words_of_a_figure_are_text_in_the_reader_s_own_font():
    figure, ax = plots.axes("steps", "the width")
    with warnings.catch_warnings():
        warnings.simplefilter("error")   # as of a sign that a font lacks
        shown = plots.show(ax, "A long way. It falls from 3 on. So it is.")
        html = bundle({"text/html": shown._repr_html_()}, say)["text/html"]
    svg = base64.b64decode(html.split("base64,")[1].split('"')[0]).decode()
    assert ">步数</text>" in svg and ">宽度</text>" in svg
    assert "steps</text>" not in svg


def test_plain_text_is_exchanged_only_where_it_is_shown():
    both = {"text/plain": "large", "text/html": "<b>large</b>"}
    assert bundle(both, say) == {"text/plain": "large",
                                 "text/html": "<b>大</b>"}
    assert bundle({"text/plain": "large"}, say) == {"text/plain": "大"}


def test_a_gap_is_made_beside_latin_words_in_what_is_printed():
    tell = Speech({"change the line to {x}.": "把这行改成{x}。"})
    assert lines("change the line to\n4 or 16.\n", tell) == (
        "把这行改成 4 或 16。\n")
