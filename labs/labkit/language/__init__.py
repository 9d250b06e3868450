"""Language models and their training."""
from labkit.language.texts import Markov, Text, library, read, topics

__all__ = ["Markov", "Text", "library", "read", "topics"]
