"""Language models and their training."""
from labkit.language.files import read
from labkit.language.texts import Markov, Text, library, topics

__all__ = ["Markov", "Text", "library", "read", "topics"]
