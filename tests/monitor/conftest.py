from tests.audit.conftest import village

__all__ = ["village"]
