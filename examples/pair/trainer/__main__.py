"""Train one step, push the weights into the engine, generate with them."""

from trainer import Cluster, ClusterConfig


def main() -> None:
    cluster = Cluster(ClusterConfig(rollout="engine", replicas=1, overlap=True))
    before = cluster.generate(["hello"])
    cluster.step()
    cluster.sync()
    after = cluster.generate(["hello"])
    print(f"before {before} after {after}")
    cluster.close()


if __name__ == "__main__":
    main()
