"""When entries are lost: put back what others kept, or go on under another name."""
