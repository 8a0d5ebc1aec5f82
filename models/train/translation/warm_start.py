"""Begins a translator for one language with what another has learned.

English is read by the same encoder whatever it is put into, so every matrix carries over, and of the table the rows of
the pieces that both vocabularies have.
"""

import json
from pathlib import Path

import torch

from model import Shape, Translator


def begin_from(model: Translator, shape: Shape, tokenizer: Path, work: Path) -> int:
    """Copies weights out of the finished run in `work`; returns how many pieces its vocabulary shares with ours.

    Raises ValueError when the two models differ in more than their vocabularies.
    """
    state = torch.load(work / "checkpoint.pt", map_location="cpu", weights_only=True)
    theirs = Shape(**state["shape"])
    if Shape(**{**state["shape"], "vocabulary": shape.vocabulary}) != shape:
        raise ValueError(f"The model in {work} has another shape: {theirs}, not {shape}.")
    own, other = pieces(tokenizer), pieces(work / "tokenizer.json")
    shared = sorted(own.keys() & other.keys())
    weights = state["model"]
    table = model.embedding.weight.detach().clone()
    table[[own[piece] for piece in shared]] = weights["embedding.weight"][[other[piece] for piece in shared]]
    model.load_state_dict({**weights, "embedding.weight": table})
    return len(shared)


def pieces(tokenizer: Path) -> dict[str, int]:
    return json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
