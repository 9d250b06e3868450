"""A learner's own file: read as what it is, in any encoding, or refused."""
import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.language import Text, read

# Lu Xun 1921, Natsume Soseki 1905, Yi Sang 1936: their first sentences
CHINESE = """\
我冒了严寒，回到相隔二千余里，别了二十余年的故乡去。时候既然是深冬；渐近故乡时，
天气又阴晦了，冷风吹进船舱中，呜呜的响，从篷隙向外一望，苍黄的天底下，
远近横着几个萧索的荒村，没有一些活气。我的心禁不住悲凉起来了。"""
TAIWAN = """\
我冒了嚴寒，回到相隔二千餘里，別了二十餘年的故鄉去。時候既然是深冬；漸近故鄉時，
天氣又陰晦了，冷風吹進船艙中，嗚嗚的響，從篷隙向外一望，蒼黃的天底下，
遠近橫著幾個蕭索的荒村，沒有一些活氣。我的心禁不住悲涼起來了。"""
JAPANESE = """\
吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。
何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。
吾輩はここで始めて人間というものを見た。"""
KOREAN = """\
박제가 되어 버린 천재를 아시오? 나는 유쾌하오. 이런 때 연애까지가 유쾌하오.
육신이 흐느적흐느적하도록 피로했을 때만 정신이 은화처럼 맑소. 니코틴이
내 횟배 앓는 뱃속으로 스미면 머릿속에 으레 백지가 준비되는 법이다."""
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая по-своему."
FRENCH = "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bo"


def book(sentences, chapters=40):
    """A text with a paragraph for each chapter, no two alike."""
    return "\n\n".join(f"{i}\n{sentences}" for i in range(chapters))


@pytest.fixture
def put(tmp_path):
    """Write bytes into a file; its path."""
    def write(content, name="mine.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return path
    return write


@pytest.mark.parametrize("sentences, encodings", [
    (CHINESE, ("gb18030", "gbk", "gb2312")), (TAIWAN, ("big5", "gbk")),
    (JAPANESE, ("shift_jis", "cp932", "euc_jp")), (KOREAN, ("euc_kr",)),
    (FRENCH, ()), (CHINESE + "English only. " * 99, ("gbk",))],
    ids=["Chinese", "Taiwan", "Japanese", "Korean", "French", "mixed"])
def test_a_text_is_the_same_in_every_encoding(sentences, encodings, put):
    text = book(sentences)
    expected = Text(text)
    assert expected.symbols == bytes(sorted({*text.encode()}))
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", *encodings):
        for marked in (text, "\ufeff" + text)[:1 + (encoding == "gb18030")]:
            for lines in (marked, marked.replace("\n", "\r\n")):
                found = read(put(lines.encode(encoding), "MINE.TXT"))
                assert found == text, encoding
                assert Text(found).train.equal(expected.train)


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-32-be"])
def test_a_mark_of_the_other_byte_order_is_no_letter_either(encoding, put):
    path = put(("\ufeff" + CHINESE).encode(encoding))
    assert read(str(path)) == CHINESE


def packed(text):
    """A zip archive that holds a text, neither smaller nor larger."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mine", text)
    return buffer.getvalue()


def array(numbers):
    """The file that numpy saves of an array."""
    np.save(buffer := io.BytesIO(), numbers)
    return buffer.getvalue()


NO_TEXT = {
    "zip": packed("English only. " * 999), "zip, Chinese": packed(
        book(CHINESE)),
    "numbers": array(np.arange(999)), "reals": array(np.full(999, 0.1)),
    "pickle": pickle.dumps(["English only. "] * 999),
    "pickle, Chinese": pickle.dumps(book(CHINESE)),
    "noise": np.random.default_rng(0).bytes(9999),
    "NUL": book(FRENCH).encode() + b"\0",
    "UTF-16, no mark": book(FRENCH).encode("utf-16-le"),
    "UTF-16, no mark, Chinese": CHINESE.encode("utf-16-be"),
    "Latin-1": book(FRENCH).encode("latin-1"),
    "cp1251": book(RUSSIAN).encode("cp1251"),
    "KOI8-R": book(RUSSIAN).encode("koi8-r"),
    "ISO-2022-JP": book(JAPANESE).encode("iso2022_jp"),
    "GBK, too short to tell": CHINESE[:9].encode("gbk"),
    "GBK, no common letters": ("天地玄黄宇宙洪荒" * 99 + "的").encode("gbk"),
    "EUC-JP or GBK": ("音の" * 999).encode("euc_jp"),
    "GBK, cut": book(CHINESE).encode("gbk")[:-1],
    "UTF-8, cut": book(CHINESE).encode()[:-1],
    "UTF-8, damaged": book(CHINESE).encode()[4:],
    "UTF-16, cut": book(CHINESE).encode("utf-16")[:-1],
    "broken before": book(CHINESE).encode("gbk").decode(
        errors="replace").encode(),
    "encoded twice": book(CHINESE).encode().decode("latin-1").encode(),
    "empty": b"", "a mark only": b"\xef\xbb\xbf"}


@pytest.mark.parametrize("content", NO_TEXT.values(), ids=NO_TEXT)
def test_what_is_no_text_is_refused_with_what_to_do(content, put):
    with pytest.raises(ValueError, match="mine.txt.*Allowed is plain text in "
                                         r"UTF-8.*write_text\("):
        read(put(content))


@pytest.mark.parametrize("name, wrong", [
    ("other.txt", "there is no such file"), ("folder.txt", "is a folder"),
    ("mine.md", "does not end in .txt"), ("mine", "does not end in .txt"),
    (".txt", "does not end in .txt")])
def test_a_path_that_names_no_text_file_is_refused(name, wrong, put):
    for content in ("mine.md", "mine", ".txt"):
        folder = put(book(FRENCH).encode(), content).parent
    (folder / "folder.txt").mkdir()
    with pytest.raises(ValueError, match=f"{name}.*{wrong}.*in .txt"):
        read(folder / name)


def test_a_file_that_may_not_be_read_is_named(put, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")
    path = put(book(FRENCH).encode())
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ValueError, match="mine.txt.*Permission denied.*UTF-8"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_of_a_huge_file_only_the_beginning_is_read(encoding, put):
    path = put(("a" + "的" * 10_000_000).encode(encoding))
    with open(path, "r+b") as file:
        file.truncate(2**28)   # zeros, which take no room on most disks
    tracemalloc.start()
    text = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text == "a" + "的" * 9_999_999
    assert peak < 2**28   # bytes


LETTERS = st.characters(exclude_categories=("Cc", "Cs"),
                        exclude_characters="\ufeff\ufffd")


@settings(max_examples=50, deadline=None)
@given(text=st.text(LETTERS, min_size=1), encoding=st.sampled_from(
    ["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_letters_come_back_as_they_were(text, encoding, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode(encoding))
    assert read(path) == text


def strictly(content, encoding):
    """Bytes as letters, by the definition; None if they are no such text."""
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(
    st.binary(), st.text().map(str.encode), st.text("的不一之 a\r\n").map(
        lambda text: text.encode("gbk"))))
def test_any_bytes_are_decoded_strictly_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    try:
        text = read(path)
    except ValueError:
        return
    assert text in [strictly(content, encoding) for encoding in (
        "utf-8", "utf-16", "utf-32", "gb18030", "cp950", "cp949", "cp932",
        "euc_jp")]
