"""How many chains are given, and what a bare name means that is also a module's."""

import pytest

import chaintrace as ct

SOURCE = """
class Store:
    def __init__(self): self.value = 0
    def put(self): self.value = 1
    def add(self): self.value = 2
    def get(self): return self.value


class Direct:
    def go(self, store): store.put()
class Other:
    def go(self, store): store.put()


def main():
    store = Store()
    store.put()
    store.add()
    store.get()
    Direct().go(store)
    Other().go(store)
"""
FILES = {
    "main.py": SOURCE,
    "tool.py": "import main\ndef helper(): main.main()\nhelper()\n",
    "pkg/__init__.py": "",
    "pkg/main.py": "def main(): step()\ndef step(): ...\nmain()\n",
}


@pytest.fixture(scope="module")
def answer() -> ct.Answer:
    return ct.Project([ct.Memory(FILES)], cache=False, jobs=1).analyze()


@pytest.mark.parametrize(
    ("k", "accesses"),
    [
        (1, ["__init__"]),
        (3, ["__init__", "add", "put"]),
        (4, ["__init__", "add", "put", "get"]),
        (5, ["__init__", "add", "put", "put", "get"]),
        (6, ["__init__", "add", "put", "put", "put", "get"]),
        (None, ["__init__", "add", "put", "get"]),
    ],
)
def test_so_many_chains_are_given_to_an_attribute_in_all(
    answer: ct.Answer, k: int | None, accesses: list[str]
) -> None:
    (chain,) = answer.paths("main.main", "Store.value", k=k)
    assert [path.symbols[-2].rpartition(".")[2] for path in chain.paths] == accesses
    assert chain.more == max(0, 4 - (k or 4))


def test_the_best_chain_to_each_access_is_shown_where_no_number_is_given(answer: ct.Answer) -> None:
    assert len(answer.path("main.main", "Store.value").paths) == 4


def test_a_bare_name_of_a_module_is_that_of_functions_too(answer: ct.Answer) -> None:
    assert {symbol.name for symbol in answer.find("main")} >= {"main", "main.main", "pkg.main.main"}
    (chain, *_) = answer.paths("main", "Store.put")
    assert chain.path is not None
    assert chain.source == "main.main"
    assert [symbol.name for symbol in answer.find("main.main")] == ["main.main"]


def test_a_module_stands_for_its_body(answer: ct.Answer) -> None:
    assert answer.path("tool", "Store.put").path is not None
    assert {symbol.name for symbol in answer.find("pkg.main")} == {"pkg.main"}
    (chain,) = [one for one in answer.paths("main", "pkg.main.step") if one.source == "pkg.main.main"]
    assert len(chain) == 1
