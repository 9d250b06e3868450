"""The course in another language: messages out, a translated tree in."""
