"""Each fault is found, and what is right is not."""
import pytest

from publish.translation.faults import faults

RIGHT = [
    ("The *loss* is {{ epochs.a }} nats.", "*损失*是 {{ epochs.a }} 奈特。"),
    ("At {term}`loss`, [see](a.md#b).",
     "见 {term}`损失 <loss>`，[看](a.md#b)。"),
    ("**Bold.** Then $x^2$ {cite}`a`.", "**粗体。** 然后 $x^2$ {cite}`a`。"),
    ("{width} neurons: {loss}", "{loss}：{width} 个神经元"),
    ("$\\text{epochs} = D$", "$\\text{epoch 数} = D$"),
    ("the seed", "随机种子"),
    ("query > 3", "query > 3"),   # nobody is shown it
    ("*Why do they?*", "-")]      # the original stands beside
WRONG = [
    ("{{ a }} nats", "奈特", "facts"),
    ("{{ a }} nats", "{{ b }} 奈特", "facts"),
    ("as {cite}`a` says", "如 {cite}`b` 所说", "roles"),
    ("a {term}`loss` is", "{term}`损失 <gradient>`是", "terms"),
    ("[see](a.md#b)", "[看](a.md)", "links"),
    ("$x$ is", "$y$ 是", "formulas"),
    ("`width` is", "`宽度` 是", "code"),
    ("<b>so</b>", "如此", "tags"),
    ("{width} neurons", "神经元", "holes"),
    ("**so,** then", "**如此，**然后", "neither opens nor closes"),
    ("so, then", "如此,然后", "half-width"),
    ("so. Then", "如此.", "half-width"),
    ("64 neurons", "64个神经元", "no space"),
    ("a token", "一个token", "no space"),
    ("the learning rate", "学习速率", "term")]


@pytest.mark.parametrize("english, chinese", RIGHT)
def test_what_is_right_has_no_fault(english, chinese):
    assert [*faults(english, chinese)] == []


@pytest.mark.parametrize("english, chinese, kind", WRONG)
def test_each_fault_is_found(english, chinese, kind):
    (fault,) = faults(english, chinese)
    assert kind in fault


def test_a_comment_allows_one_kind():
    assert [*faults("nine small weights", "九个小砝码",
                    ["allowed: term"])] == []
    assert len([*faults("nine small weights", "九个 砝码x",
                        ["allowed: term"])]) == 1
