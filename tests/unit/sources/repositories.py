"""Small repositories for the tests."""

import subprocess
from pathlib import Path


def git(top: Path, *arguments: str) -> str:
    settings = ["user.name=t", "user.email=t@t", "init.defaultBranch=main"]
    options = [part for setting in settings for part in ("-c", setting)]
    command = ["git", *options, "-C", str(top), *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=True).stdout.strip()


def repository(top: Path, files: dict[str, str], tag: str = "") -> Path:
    """Make a repository of one commit."""
    top.mkdir(parents=True)
    git(top, "init", "-q")
    commit(top, files, tag)
    return top


def commit(top: Path, files: dict[str, str], tag: str = "") -> str:
    """Change files in a repository and commit; return the commit."""
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    git(top, "add", "-A")
    git(top, "commit", "-q", "--allow-empty", "-m", "m")
    if tag:
        git(top, "tag", tag)
    return git(top, "rev-parse", "HEAD")
