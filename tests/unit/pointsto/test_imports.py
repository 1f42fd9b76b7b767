"""Import edges: one for each module that an import statement takes something from."""

import chaintrace as ct
from chaintrace.graph.edges import EdgeKind

FILES = {
    "pkg/__init__.py": "from pkg import inner\nfrom pkg.shadow import shadow\n",
    "pkg/inner.py": "",
    "pkg/plain.py": "",
    "pkg/shadow.py": "def shadow(): ...\n",
    "pkg/user.py": "from pkg import inner\nfrom . import plain\nfrom . import shadow\nimport pkg.inner\n",
    "app.py": "from pkg import inner\nfrom pkg import shadow\nfrom pkg import plain\n",
}


def imports() -> set[tuple[str, int, str]]:
    graph = ct.Project([ct.Memory(FILES)], cache=False).analyze().graph
    edges = [edge for edge in graph.edges if edge.kind is EdgeKind.IMPORT]
    return {(edge.site.path, edge.site.line, edge.target) for edge in edges}


def test_inside_a_package_taking_a_submodule_is_no_import_of_the_package() -> None:
    assert {edge for edge in imports() if edge[0] == "pkg/user.py"} == {
        ("pkg/user.py", 1, "pkg.inner"),
        ("pkg/user.py", 2, "pkg.plain"),
        ("pkg/user.py", 3, "pkg"),
        ("pkg/user.py", 4, "pkg.inner"),
    }


def test_a_package_that_takes_its_own_submodules_imports_them() -> None:
    assert {edge for edge in imports() if edge[0] == "pkg/__init__.py"} == {
        ("pkg/__init__.py", 1, "pkg.inner"),
        ("pkg/__init__.py", 2, "pkg.shadow"),
    }


def test_from_outside_a_name_that_the_package_binds_is_taken_from_it() -> None:
    assert {edge for edge in imports() if edge[0] == "app.py"} == {
        ("app.py", 1, "pkg"),
        ("app.py", 1, "pkg.inner"),
        ("app.py", 2, "pkg"),
        ("app.py", 3, "pkg.plain"),
    }
