"""A small trainer that drives an inference engine it was never told about at import time."""

from trainer.cluster import Cluster
from trainer.config import ClusterConfig

__all__ = ["Cluster", "ClusterConfig"]
