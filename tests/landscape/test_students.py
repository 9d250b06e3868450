"""Students of a known teacher: the closed forms against what they mean."""
import math

import pytest
import torch

from labkit.landscape import students

K, M = 4, 5
close = torch.testing.assert_close


@pytest.fixture
def few():
    """Three students of five neurons, and their teacher of four."""
    return students.draw(3, M, K, seed=0), students.teacher(K)


def inputs(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, K, generator=generator, dtype=torch.float64)


def test_a_seed_fixes_the_students_and_another_changes_them():
    w = students.draw(200, M, K, seed=0)
    assert torch.equal(w, students.draw(200, M, K, seed=0))
    assert not torch.isclose(w, students.draw(200, M, K, seed=1)).any()
    assert w.var().item() == pytest.approx(1 / K, rel=0.1)


def test_the_loss_is_half_the_mean_squared_difference_over_all_inputs(few):
    w, v = few
    x = inputs(400_000)
    for student in w:
        squares = ((x @ student.T).relu().sum(-1)
                   - (x @ v.T).relu().sum(-1)) ** 2 / 2
        error = squares.std() / len(x)**0.5
        assert abs(students.loss(student, v) - squares.mean()) < 4 * error
        assert error < 0.01 * squares.mean()   # or this tests nothing


def test_gradient_and_hessian_are_those_of_the_loss(few):
    w, v = few
    w.requires_grad_()
    slope, = torch.autograd.grad(students.loss(w, v).sum(), w)
    close(students.gradient(w.detach(), v), slope, rtol=1e-5, atol=1e-5)
    for student in w.detach():
        exact = torch.autograd.functional.hessian(
            lambda w: students.loss(w, v), student).view(M * K, M * K)
        close(students.hessian(student, v), exact, rtol=1e-4, atol=1e-5)


def test_sampled_gradients_scatter_around_the_gradient(few):
    w, v = few
    drawn = torch.stack([students.sampled_gradient(w, v, part)
                         for part in inputs(400, len(w), 100)])
    error = drawn.std(0) / len(drawn)**0.5
    miss = (drawn.mean(0) - students.gradient(w, v)) / error
    assert miss.abs().max() < 4.5 and (error > 0).all()   # of 60 numbers
    assert (miss**2).mean() < 2


def test_a_new_neuron_without_weights_leaves_the_loss(few):
    w, v = few
    more = students.with_neuron(w, torch.zeros(len(w), K, dtype=w.dtype))
    close(students.loss(more, v), students.loss(w, v))
    assert students.gradient(more, v).isfinite().all()
    more = students.with_neuron(w, v[:3])
    assert torch.equal(more[:, -1], v[:3]) and torch.equal(more[:, :-1], w)


def test_a_neuron_of_any_size_pulls_in_its_own_direction(few):
    w, v = few
    slopes = [students.gradient(students.with_neuron(w, size * v[:3]), v)
              for size in (1e-9, 1e-13, 1e-100)]
    for slope in slopes:
        close(slope, slopes[0], rtol=1e-6, atol=1e-8)


def test_the_first_step_is_the_slope_over_the_number_of_neurons(few):
    w, v = few
    one, two = (students.descend(w, v, steps) for steps in (1, 2))
    step = -students.gradient(w, v) / M
    close(one - w, step)
    close(two - one, 0.9 * step - students.gradient(one, v) / M)
    close(students.descend(w, v, 1, lambda w, v: torch.ones_like(w)),
          w - 1 / M)


def test_students_are_classified_by_where_they_ended():
    k = 10
    ends, owner, v = students.trained(k, k, 10, 600, seeds=[0, 2])
    assert owner.tolist() == [0] * 10 + [2] * 10
    masks, lowest = students.classify(ends, v)
    for seed, found in students.outcomes(ends, v, owner, [0, 2]):
        assert found["lowest"] == lowest[(owner == seed) & masks["pit"]].min()
    pit = ends[masks["pit"]][0]
    w = torch.stack([v, v.flip(0), pit, students.draw(1, k, k, 0)[0],
                     torch.full_like(v, math.nan),
                     torch.full_like(v, math.inf)])
    masks, lowest = students.classify(w, v)
    assert {name: mask.int().tolist() for name, mask in masks.items()} == {
        "arrived": [1, 1, 0, 0, 0, 0], "pit": [0, 0, 1, 0, 0, 0],
        "elsewhere": [0, 0, 0, 1, 0, 0], "diverged": [0, 0, 0, 0, 1, 1]}
    assert lowest[2] > 0 and lowest[[0, 1, 3, 4, 5]].isnan().all()
    exact = torch.linalg.eigvalsh(students.hessian(pit, v))[0]
    assert lowest[2].item() == pytest.approx(exact.item())


def test_a_place_without_slope_that_curves_down_is_no_pit():
    # a saddle: one neuron does what it can, then is two equal ones
    v = students.teacher(2)
    w = students.descend(torch.full((1, 1, 2), 0.3).to(v), v, 2000)
    w = torch.cat([w, w], 1) / 2     # two equal neurons: they may part
    masks, lowest = students.classify(w, v)
    assert students.gradient(w, v).norm() < students.STILL
    assert lowest[0] < 0 and masks["elsewhere"].all()
