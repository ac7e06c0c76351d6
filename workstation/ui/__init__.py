"""The window: Qt widgets that show what ``viewing`` says and pass on what hands do.

It learns everything through the small protocols in ``contracts``, which ``workflow`` satisfies, and
acts only through them. Only ``app`` imports it.
"""
