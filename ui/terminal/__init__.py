"""The conversation in the terminal: a prompt with history and completion, answers laid out to the width of the screen.

`loop.chat` is all that the command needs; what is typed is read before the assistant is open, and before anything heavy is loaded.
"""
