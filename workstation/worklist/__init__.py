"""What is to be read, in which order, with which priors: plain decisions over plain values.

Items come from archives, tasks and the store (through ``workflow``); nothing here speaks to a network, a
disk or a screen, and each decision can say why. ``sync`` and ``workflow`` may import it.
"""
