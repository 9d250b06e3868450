r"""The backward pass of the MLP written out: autograd's numbers, sooner.

A window reads one row of each of the MLP's tables, and the bias, which is
one row more. With E all these rows and R those of one window, B windows,
and e the one-hot of its target,

.. math:: h = \mathrm{relu}\Big(\sum_{r \in R} E_r\Big), \qquad
          d = \big(\mathrm{softmax}(h W) - e\big) / B,

.. math:: \nabla W = h^\top d, \qquad \nabla z = d W^\top [h > 0], \qquad
          \nabla E_r = \sum_{R \ni r} \nabla z.

A row's gradient is the sum over the windows that read it: a *bag*, as the
sum over the rows that a window reads. Who reads what does not depend on the
weights, so it is worked out for many batches at once.
"""
import torch


class Gradient:
    """Gradient of the mean cross-entropy of all members of an ``MLP``.

    ``flat`` and ``into`` are the vectors of which the model's parameters
    and their gradients are parts, in the order embed, bias, head.
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
        """Windows with the row of its table in the place of each token."""
        shift = torch.arange(self.read + 1) * (self.tables // self.read)
        shift[-1] = 0    # the target
        small = torch.uint8 if self.tables <= 256 else torch.int32
        return (windows + shift).to(small)

    def prepare(self, chunk):
        """Bags for each of several batches (steps, member, batch, window).

        Rows that the windows read; targets; windows that read the rows, and
        where those of each row start.
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
        """Write the gradient of one batch where it belongs."""
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
