"""The networks: an MLP and a small transformer, many of each at once.

Networks of one size, with different seeds and learning rates, are *members*
of one tensor program. The first axis of every parameter and of every batch
is the member, so one batched product computes all of them.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from labkit.kinds import like

BASE_WIDTH = 64   # where muP and the standard parameterisation agree
HEAD_WIDTH = 16   # width of one attention head
PER_LAYER = 4     # weights: queries, keys and values; out; up; down


def rule(role, fan_in, width, parameterisation):
    r"""Initial standard deviation and learning-rate factor of a parameter.

    ``role`` is "input", "hidden" or "output", ``fan_in`` the number of
    terms in each of the sums that the parameter's layer adds up.

    ======== ======================== =====================
    role     standard                 muP (for Adam)
    ======== ======================== =====================
    input    1/sqrt(fan_in), x 1      1/sqrt(fan_in), x 1
    hidden   1/sqrt(fan_in), x 1      1/sqrt(fan_in), x 64/width
    output   1/sqrt(fan_in), x 1      0, x 64/width
    ======== ======================== =====================

    Under muP one update changes the outputs by about as much at every
    width, so that one learning rate suits all widths. Raises ValueError
    for an unknown parameterisation. Source: Yang et al. 2022, table 3;
    there the output may start small, here it starts at zero.
    """
    if parameterisation not in ("mup", "standard"):
        raise ValueError(f"parameterisation is {parameterisation!r}; "
                         "allowed are 'mup' and 'standard'")
    if parameterisation == "standard" or role == "input":
        return fan_in**-0.5, 1.0
    return (0.0 if role == "output" else fan_in**-0.5), BASE_WIDTH / width


class Members(nn.Module):
    """Base of the networks: each member's weights are drawn by its own seed.

    Members with the same seed start with the same weights. Each parameter
    has its learning-rate factor (see ``rule``) as the attribute ``factor``.
    Raises ValueError, with the name of the argument, for a size below 1 or
    no seeds.
    """

    def __init__(self, vocab, context, width, seeds, parameterisation):
        super().__init__()
        seeds = like([0, 1], "seeds", seeds)
        for name, value in (("vocab", vocab), ("context", context),
                            ("width", width), ("seeds", len(seeds))):
            if like(1, name, value) < 1:
                raise ValueError(f"{name} is {value}; at least 1 is needed")
        self.vocab, self.context, self.width = vocab, context, width
        self.members = len(seeds)
        self.parameterisation = parameterisation
        self.generators = [torch.Generator().manual_seed(s) for s in seeds]

    def tensor(self, role, fan_in, *shape):
        """Draw a new parameter, shape (member, *shape); see ``rule``."""
        std, factor = rule(role, fan_in, self.width, self.parameterisation)
        draws = [torch.randn(shape, generator=g) for g in self.generators]
        parameter = nn.Parameter(std * torch.stack(draws))
        parameter.factor = factor
        return parameter

    def check(self, tokens):
        """Raise ValueError unless ``tokens`` is (member, batch, context)."""
        if tokens.ndim != 3 or len(tokens) != self.members or (
                tokens.shape[2] != self.context):
            raise ValueError(
                f"tokens has shape {tuple(tokens.shape)}; allowed is "
                f"({self.members}, batch, {self.context})")

    def size(self):
        """Count the parameters of one member."""
        return sum(p[0].numel() for p in self.parameters())


class MLP(Members):
    r"""Neural probabilistic language model with one hidden layer.

    .. math:: z = W^{out}\, \mathrm{relu}(b + \sum_{i} W^{in}_i[x_i])

    Each position :math:`i` of the window has its own table of embeddings.
    Source: Bengio et al. 2003.
    """

    predicted = 1   # tokens predicted per window

    def __init__(self, vocab, context, width, seeds,
                 parameterisation="mup"):
        super().__init__(vocab, context, width, seeds, parameterisation)
        self.embed = self.tensor("input", context, context * vocab, width)
        self.bias = self.tensor("input", context, 1, width)
        self.bias.data.zero_()
        self.head = self.tensor("output", width, width, vocab)

    def forward(self, tokens):
        """Logits of the next token.

        Shape (member, batch, context) -> (member, batch, vocab). Raises
        ValueError for another shape.
        """
        self.check(tokens)
        m, batch, context = tokens.shape
        # all tables in one: where each begins, and from there the token's row
        begins = torch.arange(m * context, device=tokens.device) * self.vocab
        rows = tokens + begins.view(m, 1, context)
        z = F.embedding_bag(rows.flatten(0, 1), self.embed.flatten(0, 1),
                            mode="sum").view(m, batch, self.width)
        return (z + self.bias).relu_() @ self.head

    def everywhere(self, at_once):
        """Yield the logits at all contexts, in parts that fit into a cache.

        A part has about ``at_once`` contexts, shape (member, contexts,
        vocab). Contexts come in the order of ``Markov.contexts``: the last
        token changes fastest. The sum over all tokens but the last is
        computed once for all contexts that share them.
        """
        *tables, last = self.embed.view(self.members, self.context,
                                        self.vocab, -1).unbind(1)
        z = self.bias
        for table in tables:
            z = (z[:, :, None] + table[:, None]).flatten(1, 2)
        rows = math.ceil(at_once / self.vocab)
        for part in z.split(rows, dim=1):
            h = (part[:, :, None] + last[:, None]).flatten(1, 2).relu_()
            yield h @ self.head


class GPT(Members):
    r"""Small transformer: causal attention, pre-norm, learned positions.

    Per layer :math:`x \leftarrow x + \mathrm{attention}(\mathrm{norm}(x))`,
    :math:`x \leftarrow x + \mathrm{mlp}(\mathrm{norm}(x))`; the norms have
    no parameters. Each attention head is 16 wide, so a wider model has more
    heads. Raises ValueError for a width above 16 that is no multiple of it.
    Source: Vaswani et al. 2017, with the norm moved in front of each part.
    """

    def __init__(self, vocab, context, width, seeds,
                 parameterisation="mup", layers=2):
        super().__init__(vocab, context, width, seeds, parameterisation)
        self.heads = max(1, width // HEAD_WIDTH)
        if width > HEAD_WIDTH and width % HEAD_WIDTH:
            raise ValueError(f"width is {width}; allowed are up to "
                             f"{HEAD_WIDTH} and multiples of {HEAD_WIDTH}")
        self.predicted = context
        self.embed = self.tensor("input", 1, vocab, width)
        self.position = self.tensor("input", 1, context, width)
        self.layers = nn.ParameterList()
        for _ in range(layers):
            self.layers += [
                self.tensor("hidden", width, width, 3 * width),
                self.tensor("hidden", width, width, width),
                self.tensor("hidden", width, width, 4 * width),
                self.tensor("hidden", 4 * width, 4 * width, width)]
        self.head = self.tensor("output", width, width, vocab)

    def forward(self, tokens):
        """Logits of the token after each token of the window.

        Shape (member, batch, context) -> (member, batch, context, vocab).
        Raises ValueError for another shape.
        """
        self.check(tokens)
        m, batch, context = tokens.shape
        rows = torch.arange(m, device=tokens.device) * self.vocab
        x = F.embedding((tokens + rows.view(m, 1, 1)).flatten(1),
                        self.embed.flatten(0, 1)).view(m, batch, context, -1)
        x = (x + self.position[:, None]).flatten(1, 2)
        weights = [*self.layers]
        for first in range(0, len(weights), PER_LAYER):
            qkv, out, up, down = weights[first:first + PER_LAYER]
            x = x + self._attend(self._norm(x) @ qkv, batch) @ out
            x = x + F.gelu(self._norm(x) @ up) @ down
        logits = self._norm(x) @ self.head
        return logits.view(m, batch, context, self.vocab)

    def _norm(self, x):
        """Shift and scale each token's numbers to mean 0 and variance 1."""
        return F.layer_norm(x, (self.width,))

    def _attend(self, qkv, batch):
        """Causal attention of every head.

        ``qkv`` holds queries, keys and values side by side. Shape (member,
        batch * context, 3 * width) -> (member, batch * context, width).
        """
        m = len(qkv)
        heads = qkv.view(m * batch, -1, 3, self.heads,
                         self.width // self.heads).permute(2, 0, 3, 1, 4)
        x = F.scaled_dot_product_attention(*heads, is_causal=True)
        return x.transpose(1, 2).reshape(m, -1, self.width)
