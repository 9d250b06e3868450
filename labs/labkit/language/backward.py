r"""The gradient of the MLP, written by hand: autograd's numbers, faster.

A window reads one row of each of the MLP's tables, and the bias, which is
one more row. Let E be all these rows, R those that one window reads, B the
number of windows, and e the one-hot vector of a window's target. Then

.. math:: h = \mathrm{relu}\Big(\sum_{r \in R} E_r\Big), \qquad
          d = \big(\mathrm{softmax}(h W) - e\big) / B,

.. math:: \nabla W = h^\top d, \qquad \nabla z = d W^\top [h > 0], \qquad
          \nabla E_r = \sum_{R \ni r} \nabla z.

Both sums, over the rows that a window reads and over the windows that read
a row, are *bags* as torch calls them: sums of some rows of a matrix
(``torch.embedding_bag``). Which rows these are does not depend on the
weights, so it is worked out for many batches at once.
"""
import torch


class Gradient:
    """The gradient of the mean cross-entropy of all members of an ``MLP``.

    ``flat`` is the vector that all the model's parameters are views of, in
    the order embed, bias, head; the gradient is written into the vector
    ``into``, in the same order. ``batch`` is the number of windows of each
    member.
    """

    def __init__(self, model, flat, into, batch):
        m, self.width = model.members, model.width
        self.members, self.batch, self.read = m, batch, model.context
        self.tables = model.context * model.vocab   # rows, without the bias
        end = m * (self.tables + 1) * self.width
        self.rows = flat[:end].view(-1, self.width)
        self.into_rows = into[:end].view(-1, self.width)
        self.head, self.into_head = model.head.detach(), model.head.grad
        self.logits = flat.new_empty(m, batch, model.vocab)
        self.back = flat.new_empty(m, batch, self.width)
        self.minus = flat.new_full((m, batch, 1), -1)
        self.every = torch.arange(0, m * batch * (self.read + 1),
                                  self.read + 1, dtype=torch.int32)

    def table(self, windows):
        """Replace each token that is read by the number of its table's row.

        The last token of a window, its target, stays. The shape of
        ``windows``, (..., context + 1), stays, too.
        """
        shift = torch.arange(self.read + 1) * (self.tables // self.read)
        shift[-1] = 0    # the target
        small = torch.uint8 if self.tables <= 256 else torch.int32
        return (windows + shift).to(small)

    def prepare(self, chunk):
        """Work out the bags of several batches; yield those of one at a time.

        ``chunk`` is (steps, member, batch, window), as ``table`` returns
        it. Yields what a call of the gradient takes: ``rows``, the rows
        that each window reads, window after window; ``targets`` (member,
        batch, 1); ``readers``, the windows that read each row, row after
        row; and ``starts``, where in ``readers`` those of each row begin.
        """
        k, m, batch = chunk.shape[:3]
        member = torch.arange(m, dtype=torch.int32)[:, None]
        windows = m * batch
        read = chunk[..., :-1].reshape(k, m, -1)
        # a stable sort of small integers is a counting sort, in numpy
        order = read.numpy().argsort(-1, kind="stable")
        readers = torch.from_numpy(order // self.read).int() + member * batch
        count = torch.zeros(k, m, self.tables, dtype=torch.int32)
        count.scatter_add_(-1, read.long(), torch.ones_like(readers))
        count = count.view(k, -1)
        starts = count.cumsum(-1, dtype=torch.int32) - count
        # the bias: one row of each member, read by all of its windows
        bias = m * self.tables + member.repeat_interleave(batch, 0)
        last = windows * self.read + member.mT * batch
        every = torch.arange(windows, dtype=torch.int32).expand(k, -1)
        rows = (read + self.tables * member).view(k, windows, -1)
        return zip(
            torch.cat([rows, bias.expand(k, -1, -1)], -1).flatten(1),
            chunk[..., -1:].long(),
            torch.cat([readers.view(k, -1), every], -1),
            torch.cat([starts, last.expand(k, -1)], -1))

    @torch.no_grad()
    def __call__(self, rows, targets, readers, starts):
        """Write the gradient of one batch into ``into``; see ``prepare``."""
        h = torch.embedding_bag(self.rows, rows, self.every)[0].view(
            self.back.shape).relu_()
        miss = torch.bmm(h, self.head, out=self.logits).softmax(-1)
        miss.scatter_add_(-1, targets, self.minus)
        share = dict(beta=0, alpha=1 / self.batch)   # the mean over windows
        torch.baddbmm(self.into_head, h.mT, miss, out=self.into_head, **share)
        torch.baddbmm(self.back, miss, self.head.mT, out=self.back, **share)
        self.back *= h.sign_()
        self.into_rows.copy_(torch.embedding_bag(
            self.back.view(-1, self.width), readers, starts)[0])
