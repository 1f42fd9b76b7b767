"""What libraries do."""

from chaintrace.pointsto import builtin
from chaintrace.pointsto.models import Models


def default_models() -> Models:
    """Return the models."""
    models = Models()
    builtin.register(models)
    return models
