"""Prompts, one Markdown file each, and their loader."""

from assignee.prompts.loader import Prompt, load, names

__all__ = ["Prompt", "load", "names"]
