"""The networks, every parameter with a leading *member* axis.

Seeds and learning rates of one size are members of one tensor program:
member ``m`` owns slice ``m`` of every parameter and sees slice ``m`` of
every batch, so one batched product trains all of them at once.
"""
import torch
import torch.nn.functional as F
from torch import nn

BASE_WIDTH = 64   # where muP and the standard parameterisation agree
HEAD_WIDTH = 16   # width of one attention head


def rule(role, fan_in, width, parameterisation):
    r"""Initial standard deviation and learning-rate factor of one tensor.

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
    """Base of the networks: one initial draw per member, by its own seed.

    Each parameter carries its learning-rate factor as ``factor``.
    """

    def __init__(self, vocab, context, width, seeds, parameterisation):
        super().__init__()
        for name, value in (("vocab", vocab), ("context", context),
                            ("width", width), ("seeds", len(seeds))):
            if value < 1:
                raise ValueError(f"{name} is {value}; at least 1 is needed")
        self.vocab, self.context, self.width = vocab, context, width
        self.members = len(seeds)
        self.parameterisation = parameterisation
        self.generators = [torch.Generator().manual_seed(s) for s in seeds]

    def tensor(self, role, fan_in, *shape):
        """A new parameter, shape (member, *shape)."""
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
        """Parameters of one member."""
        return sum(p[0].numel() for p in self.parameters())


class MLP(Members):
    r"""Neural probabilistic language model with one hidden layer.

    .. math:: z = W^{out}\, \mathrm{relu}(b + \sum_{i} W^{in}_i[x_i])

    Each position :math:`i` of the window has its own table of embeddings.
    ``tokens`` (member, batch, context) -> logits of the next token
    (member, batch, vocab). Source: Bengio et al. 2003.
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
        """Logits of the next token."""
        self.check(tokens)
        m, batch, context = tokens.shape
        rows = torch.arange(m * context, device=tokens.device) * self.vocab
        rows = tokens + rows.view(m, 1, context)    # rows of all the tables
        z = F.embedding_bag(rows.flatten(0, 1), self.embed.flatten(0, 1),
                            mode="sum").view(m, batch, self.width)
        return (z + self.bias).relu_() @ self.head

    def everywhere(self, at_once):
        """Logits at every context, in parts: (member, contexts, vocab).

        In the order of ``Markov.contexts``: the last token changes fastest.
        What contexts that differ in it share is added up once.
        """
        *tables, last = self.embed.view(self.members, self.context,
                                        self.vocab, -1).unbind(1)
        z = self.bias
        for table in tables:
            z = (z[:, :, None] + table[:, None]).flatten(1, 2)
        for part in z.split(-(-at_once // self.vocab), dim=1):
            h = (part[:, :, None] + last[:, None]).flatten(1, 2).relu_()
            yield h @ self.head


class GPT(Members):
    r"""Small transformer: causal attention, pre-norm, learned positions.

    Per layer :math:`x \leftarrow x + \mathrm{attention}(\mathrm{norm}(x))`,
    :math:`x \leftarrow x + \mathrm{mlp}(\mathrm{norm}(x))`; the norms have
    no parameters. ``tokens`` (member, batch, context) -> logits of each
    next token (member, batch, context, vocab). Heads are 16 wide, so a
    wider model has more of them. Source: Vaswani et al. 2017, with the norm
    moved in front of each part.
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
        """Logits of each next token."""
        self.check(tokens)
        m, batch, context = tokens.shape
        rows = torch.arange(m, device=tokens.device) * self.vocab
        x = F.embedding((tokens + rows.view(m, 1, 1)).flatten(1),
                        self.embed.flatten(0, 1)).view(m, batch, context, -1)
        x = (x + self.position[:, None]).flatten(1, 2)
        for qkv, out, up, down in zip(*[iter(self.layers)] * 4):
            x = x + self._attend(self._norm(x) @ qkv, batch) @ out
            x = x + F.gelu(self._norm(x) @ up) @ down
        logits = self._norm(x) @ self.head
        return logits.view(m, batch, context, self.vocab)

    def _norm(self, x):
        return F.layer_norm(x, (self.width,))

    def _attend(self, qkv, batch):
        m = len(qkv)   # (m, batch * T, 3 * width) -> (m, batch * T, width)
        heads = qkv.view(m * batch, -1, 3, self.heads,
                         self.width // self.heads).permute(2, 0, 3, 1, 4)
        x = F.scaled_dot_product_attention(*heads, is_causal=True)
        return x.transpose(1, 2).reshape(m, -1, self.width)
