"""The training side: owns the weights that everybody else copies."""


class Learner:
    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.weights = {"scale": 1.0, "bias": 0.0}

    def step(self) -> None:
        self.weights = {name: value + self.learning_rate for name, value in self.weights.items()}
