// Written by export.py: labkit.language.texts.Markov().
globalThis.Live ??= {};
Live.rules = {"entropy": 1.5610876719898226, "weights": [0.15, 0.25, 0.3, 0.3], "vocab": 32, "order": 3, "dice": {"state": "35399562948360463058890781895381311971", "step": "87136372517582989555478159403783844777"}};
