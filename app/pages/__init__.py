"""The pages: the frame around them, their templates, and the handlers by role."""
