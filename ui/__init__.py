"""The front ends: terminal conversation, commands, web chat. Each shows the same `Answer`; none decides anything about it."""
