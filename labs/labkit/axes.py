"""The axes of a training run: one step in epochs, tokens and FLOPs."""
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Axes:
    r"""Convert a number of steps to the other units of training length.

    A *step* is one update of the weights on ``batch`` sequences, in each
    of which ``context`` tokens are predicted (one, for a model that
    predicts a single token from its window). An *epoch* is one pass over
    the ``unique_tokens`` of the corpus. Training one token costs about
    :math:`6N` floating-point operations for :math:`N` ``parameters``: two
    for each weight in the forward pass and four in the backward pass.
    Raises ValueError for a size below 1.

    Source: Kaplan et al. 2020, section 2.1 (for 6N).
    """

    batch: int
    context: int
    unique_tokens: int
    parameters: int

    def __post_init__(self):
        for name, value in vars(self).items():
            if value < 1:
                raise ValueError(f"{name} is {value}; at least 1 is needed")

    def tokens(self, step):
        """Tokens seen after ``step`` steps."""
        return step * self.batch * self.context

    def epoch(self, step):
        """Passes over the corpus after ``step`` steps."""
        return self.tokens(step) / self.unique_tokens

    def flops(self, step):
        """Floating-point operations spent after ``step`` steps."""
        return 6 * self.parameters * self.tokens(step)

    def steps(self, epochs):
        """Whole steps in ``epochs`` passes over the corpus."""
        if not 0 < epochs < inf:
            raise ValueError(f"epochs is {epochs}; more than 0 is needed")
        return round(epochs * self.unique_tokens / (self.batch * self.context))
