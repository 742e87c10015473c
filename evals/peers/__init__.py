"""What a user would otherwise pick, each as its own guide sets it up: scripts for a Python that has them installed.

Nothing here is imported by this program, and nothing here imports from it: `evals.speed.peers` starts `peer.py` by that other Python.
"""
