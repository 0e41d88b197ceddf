"""The sample village: an invented co-op of about 240 people and half a year of what they did, each act truly signed."""
