"""A class's phones: when networks know all of eight tasks."""
from labkit import records
from labkit.lesson import Phones

your_class = Phones(
    "interference", lambda: records.load("phones", "interference"),
    "No claim of the course is judged here. C12c counts the tasks that a "
    "network knows at the end, and a phone says only when it knew all; C12a "
    "wants networks that are taught the rare tasks alone, and no phone has "
    "done that. So compare the shares that never got there: with and without "
    "rare tasks, small and large, yours and the recorded.")
