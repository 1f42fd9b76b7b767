"""Import roots are found from the layout: each tree says which module every file becomes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.sources.directory import list_files
from chaintrace.sources.found import Found
from chaintrace.sources.roots import Roots, hinted_roots


def modules(*paths: str, projects: dict[str, bytes] | None = None, **code: str) -> dict[str, str]:
    contents = dict.fromkeys(paths, b"") | {f"{name}.py": text.encode() for name, text in code.items()}
    roots = Roots(contents, projects)
    return {path: roots.place(path).module for path in paths}


@pytest.mark.parametrize(
    "tree",
    [
        {"pkg/__init__.py": "pkg", "pkg/sub/__init__.py": "pkg.sub", "pkg/sub/mod.py": "pkg.sub.mod"},
        {"python/pkg/__init__.py": "pkg", "python/pkg/srt/engine.py": "pkg.srt.engine"},
        {"src/pkg/__init__.py": "pkg", "src/one.py": "one", "tests/test_a.py": "tests.test_a"},
        {"lib/pkg/__init__.py": "pkg", "setup.py": "setup"},
        {"pkg/__init__.py": "pkg", "scripts/run.py": "scripts.run", "test/srt/test_x.py": "test.srt.test_x"},
        {
            "pkg/__init__.py": "pkg",
            "pkg/loose/mod.py": "pkg.loose.mod",
            "pkg/loose/deep/__init__.py": "pkg.loose.deep",
        },
        {
            "deep/er/pkg/__init__.py": "pkg",
            "deep/er/pkg/mod.py": "pkg.mod",
            "deep/er/side.py": "deep.er.side",
        },
        {"namespace/part/mod.py": "namespace.part.mod"},
        {"__init__.py": "__init__", "pkg/__init__.py": "pkg"},
    ],
    ids=" ".join,
)
def test_layout_decides_the_module(tree: dict[str, str]) -> None:
    assert modules(*tree) == tree


def test_a_package_below_a_namespace_is_rooted_where_the_code_imports_it_from() -> None:
    inside = "google/cloud/storage/__init__.py"
    assert modules(inside) == {inside: "storage"}
    assert modules(inside, main="from google.cloud.storage import x") == {inside: "google.cloud.storage"}


def test_src_is_no_root_where_the_code_imports_it_by_name() -> None:
    assert modules("src/util.py", main="import util") == {"src/util.py": "util"}
    assert modules("src/util.py", main="from src.util import f") == {"src/util.py": "src.util"}


def test_declared_roots_count() -> None:
    project = {"pyproject.toml": b'[tool.setuptools.packages.find]\nwhere = ["code"]'}
    path = "code/company/product/__init__.py"
    assert modules(path, "code/company/product/a.py", projects=project) == {
        path: "product",
        "code/company/product/a.py": "product.a",
    }
    assert modules("code/mod.py", projects=project) == {"code/mod.py": "mod"}


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ('[tool.setuptools.package-dir]\n"" = "src"', ["src"]),
        ('[tool.hatch.build.targets.wheel]\npackages = ["src/pkg", "other"]', ["", "src"]),
        ('[[tool.poetry.packages]]\ninclude = "pkg"\nfrom = "lib"', ["lib"]),
        ('[tool.setuptools.packages.find]\nwhere = ["../elsewhere", "/abs"]', []),
        ("[tool.setuptools]\npackages = 3", []),
        ("not toml [", []),
    ],
)
def test_hints_are_read_and_never_lead_out(text: str, roots: list[str]) -> None:
    assert hinted_roots(text.encode()) == roots


def test_the_real_package_outranks_a_copy() -> None:
    paths = ["python/pkg/__init__.py", "test/data/pkg/__init__.py"]
    roots = Roots(dict.fromkeys(paths, b""), {"python/pyproject.toml": b""})
    real, copy = map(roots.place, paths)
    assert real.module == copy.module == "pkg"
    assert real.rank < copy.rank


def test_a_flat_tree_has_one_root() -> None:
    roots = Roots({"src/pkg/__init__.py": b""}, flat=True)
    assert roots.place("src/pkg/__init__.py").module == "src.pkg"


_NAMES = st.sampled_from(["src", "lib", "python", "pkg", "a", "tests", "my-tool", "v1.2"])
_FILES = st.sampled_from(["__init__.py", "mod.py", "pkg.py", "setup.py", "pyproject.toml"])
_PATHS = st.builds(
    "/".join, st.builds(lambda above, name: [*above, name], st.lists(_NAMES, max_size=4), _FILES)
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        _PATHS, st.sampled_from([b"", b"import src.pkg", b"from a.pkg import x", b"\xff\0"]), max_size=12
    )
)
def test_any_tree_lists_each_module_once_and_every_file_below_its_root(tree: dict[str, bytes]) -> None:
    contents = {path: data for path, data in tree.items() if path.endswith(".py")}
    projects = {path: data for path, data in tree.items() if not path.endswith("mod.py") and "setup" in path}
    roots = Roots(contents, projects)
    found = Found(contents, projects)
    listing = list_files("any", found, roots, "")
    assert (
        len({file.module for file in listing.files})
        == len({f.path for f in listing.files})
        == len(listing.files)
    )
    assert [file.path for file in listing.files] == sorted(file.path for file in listing.files)
    skipped = [d for d in listing.diagnostics if d.code == "duplicate-module"]
    assert len(listing.files) + len(skipped) == len(contents)
    for path in contents:
        placement = roots.place(path)
        assert "/".join(filter(None, (placement.root, placement.path))) == path
    backwards = dict(reversed(contents.items()))
    assert list_files("any", Found(backwards, projects), Roots(backwards, projects), "") == listing
