"""A small inference engine: a scheduler thread, a worker, a model runner, queues between them."""
