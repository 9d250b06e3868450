"""The classroom: lessons in which the class is the sweep, and their room."""
