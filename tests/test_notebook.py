"""The example notebook runs from top to bottom and shows what it promises."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "examples" / "tunix_sglang_jax.ipynb"
TIMEOUT = 600
"""Seconds for one cell; the first run fetches two releases."""

# The notebook client and its sockets warn about themselves on some platforms.
pytestmark = pytest.mark.filterwarnings("default")


def example() -> Any:
    """Read the notebook afresh."""
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def outputs(notebook: Any, code: str) -> str:
    """Return everything the first cell that starts with `code` printed or displayed."""
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith(code))
    shown = [output.get("text", "") for output in cell.outputs]
    shown += [text for output in cell.outputs for _, text in sorted(output.get("data", {}).items())]
    return "\n".join(shown)


def test_the_notebook_is_committed_without_outputs() -> None:
    assert not [cell for cell in example().cells if cell.get("outputs") or cell.get("execution_count")]


def test_the_notebook_finds_the_chain_on_the_two_releases() -> None:
    notebook = example()
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3").execute()
    chain = outputs(notebook, "chain =")
    assert "<svg" in chain
    assert "RLCluster.sync_weights" in chain
    assert "(write) ModelRunner.model_state_leaves" in chain
    assert "model_state_leaves" in outputs(notebook, "chain[-1]")
    assert "sgl_jax.srt.model_executor.model_runner.ModelRunner" in outputs(notebook, "graph.writers")
    assert "write" in outputs(notebook, "from collections")
