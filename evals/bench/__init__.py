"""`whichops eval bench`: public collections asked of the assistant, beside what plain search makes of the same questions.

A collection is a folder of data that somebody else wrote; it is read where it lies and rendered as Markdown into the cache, so the
assistant sees what any user's folder would be.
"""
