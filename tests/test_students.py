"""Students of a known teacher: the closed forms against what they mean."""
import pytest
import torch

from labkit.landscape import students

K, M = 4, 5
SAMPLES = 400_000


@pytest.fixture
def few():
    """Three students of five neurons, and their teacher of four."""
    return students.draw(3, M, K, seed=0), students.teacher(K)


def inputs(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, K, generator=generator, dtype=torch.float64)


def test_a_seed_fixes_the_students_and_another_changes_them():
    w = students.draw(200, M, K, seed=0)
    assert w.shape == (200, M, K) and w.dtype == torch.float64
    assert torch.equal(w, students.draw(200, M, K, seed=0))
    assert not torch.isclose(w, students.draw(200, M, K, seed=1)).any()
    assert w.var().item() == pytest.approx(1 / K, rel=0.1)
    assert abs(w.mean().item()) < 0.05


@pytest.mark.parametrize("name, sizes", [
    ("count", (0, 1, 1)), ("m", (1, 0, 1)), ("k", (1, 1, -1))])
def test_a_size_below_one_is_refused(name, sizes):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        students.draw(*sizes, seed=0)


def test_the_loss_is_half_the_mean_squared_difference_over_all_inputs(few):
    w, v = few
    x = inputs(SAMPLES)
    for student in w:
        squares = ((x @ student.T).relu().sum(-1)
                   - (x @ v.T).relu().sum(-1)) ** 2 / 2
        error = squares.std() / SAMPLES**0.5
        assert abs(students.loss(student, v) - squares.mean()) < 4 * error
        assert error < 0.01 * squares.mean()   # or this tests nothing


def test_the_gradient_is_that_of_the_loss(few):
    w, v = few
    w.requires_grad_()
    slope, = torch.autograd.grad(students.loss(w, v).sum(), w)
    torch.testing.assert_close(students.gradient(w.detach(), v), slope,
                               rtol=1e-5, atol=1e-5)


def test_sampled_gradients_scatter_around_the_gradient(few):
    w, v = few
    drawn = torch.stack([
        students.sampled_gradient(w, v, part)
        for part in inputs(400, len(w), 100)])
    error = drawn.std(0) / len(drawn)**0.5
    miss = (drawn.mean(0) - students.gradient(w, v)) / error
    assert miss.abs().max() < 4.5 and (error > 0).all()   # of 60 numbers
    assert (miss**2).mean() < 2


def test_the_hessian_is_the_change_of_the_gradient(few):
    w, v = few
    h = 1e-5
    for student in w:
        rows = []
        for i in range(M * K):
            step = torch.zeros(M * K, dtype=w.dtype)
            step[i] = h
            step = step.view(M, K)
            rows.append((students.gradient(student + step, v)
                         - students.gradient(student - step, v)) / (2 * h))
        torch.testing.assert_close(
            students.hessian(student, v), torch.stack(rows).flatten(1),
            rtol=1e-4, atol=1e-5)


def test_the_teacher_and_its_neurons_in_any_order_have_no_loss():
    v = students.teacher(K)
    for student in (v, v.flip(0)):
        assert abs(students.loss(student, v)) < 1e-9
        assert students.gradient(student, v).norm() < 1e-5
    # one neuron in two halves computes the same
    halves = torch.cat([v[:-1], v[-1:] / 4, 0.75 * v[-1:]])
    assert abs(students.loss(halves, v)) < 1e-9
    assert students.loss(2 * v, v) > 0.1


def test_descent_lowers_the_loss_of_each_student(few):
    w, v = few
    start = students.loss(w, v)
    later = [students.loss(students.descend(w, v, steps), v)
             for steps in (20, 500)]
    assert (later[0] < start).all() and (later[1] < later[0]).all()
    assert torch.equal(students.descend(w, v, 0), w)


def test_the_first_step_is_the_slope_over_the_number_of_neurons(few):
    w, v = few
    one, two = (students.descend(w, v, steps) for steps in (1, 2))
    step = -students.gradient(w, v) / M
    torch.testing.assert_close(one - w, step)
    torch.testing.assert_close(
        two - one, 0.9 * step - students.gradient(one, v) / M)
    other = students.descend(w, v, 1, lambda w, v: torch.ones_like(w))
    torch.testing.assert_close(other, w - 1 / M)


def test_a_student_descends_alone_as_among_others(few):
    w, v = few
    together = students.descend(w, v, 100)
    for student, end in zip(w, together):
        torch.testing.assert_close(students.descend(student, v, 100), end)


def test_a_new_neuron_without_weights_leaves_the_loss(few):
    w, v = few
    more = students.with_neuron(w, torch.zeros(len(w), K, dtype=w.dtype))
    assert more.shape == (3, M + 1, K)
    torch.testing.assert_close(students.loss(more, v), students.loss(w, v))
    assert students.gradient(more, v).isfinite().all()
    more = students.with_neuron(w, v[:3])
    assert torch.equal(more[:, -1], v[:3]) and torch.equal(more[:, :-1], w)
    assert not torch.isclose(students.loss(more, v),
                             students.loss(w, v)).any()
