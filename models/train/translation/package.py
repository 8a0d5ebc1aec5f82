"""Makes a model package of a checkpoint: graphs, tokenizer, configuration and the manifest over them.

    python package.py --data ../shared/data --work WORK --languages es --out models/earshot-translate-en-es
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch

from corpus import (
    END, END_ID, LANGUAGES, LONGEST, PADDING, PADDING_ID, UNKNOWN, UNKNOWN_ID, language_token, read_pairs,
)
from export import export
from model import Shape
from names import learned_names

NAMES = {"es": "Spanish", "de": "German", "fr": "French", "zh": "Chinese"}
FILES = (
    "encoder_model.onnx", "decoder_model_merged.onnx", "config.json", "generation_config.json", "tokenizer.json",
    "tokenizer_config.json",
)
VERSION = "1.0.0"
MEMORY_BYTES = 37_000_000


def configuration(shape: Shape, languages: list[str]) -> dict[str, object]:
    """Marian's keys, and which words at the beginning of a source sentence ask for which language."""
    return {
        "architectures": ["MarianMTModel"],
        "model_type": "marian",
        "is_encoder_decoder": True,
        "vocab_size": shape.vocabulary,
        "d_model": shape.width,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "num_hidden_layers": shape.encoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.feed_forward,
        "decoder_ffn_dim": shape.feed_forward,
        "max_position_embeddings": shape.positions,
        "decoder_start_token_id": PADDING_ID,
        "eos_token_id": END_ID,
        "pad_token_id": PADDING_ID,
        "source_language": "en",
        "target_languages": {language: language_token(language) for language in languages},
    }


def generation() -> dict[str, object]:
    unwanted = [PADDING_ID, UNKNOWN_ID, *range(3, 3 + len(LANGUAGES))]
    return {
        "decoder_start_token_id": PADDING_ID,
        "eos_token_id": END_ID,
        "pad_token_id": PADDING_ID,
        "bad_words_ids": [[token] for token in unwanted],
        "max_length": LONGEST,
        "num_beams": 4,
        "length_penalty": 1.0,
    }


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def manifest(folder: Path, languages: list[str]) -> dict[str, object]:
    def entry(name: str) -> dict[str, object]:
        content = (folder / name).read_bytes()
        return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    return {
        "name": folder.name,
        "title": f"Earshot translation, English to {', '.join(NAMES[language] for language in languages)}",
        "engine": "embedded",
        "version": VERSION,
        "license": "Apache-2.0",
        "homepage": "",
        "lanes": ["translate"],
        "source": {"kind": "bundled"},
        "translation": {"source": "en", "targets": languages},
        "memoryBytes": MEMORY_BYTES,
        "files": [entry(name) for name in FILES],
    }


def load_checkpoint(work: Path) -> tuple[Shape, dict[str, torch.Tensor]]:
    state = torch.load(work / "checkpoint.pt", map_location="cpu", weights_only=True)
    return Shape(**state["shape"]), state["model"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="what it was trained on: tells which names it knows; left out without it")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float32", action="store_true", help="weights as trained, to measure what 8 bits cost")
    options = parser.parse_args()
    shape, weights = load_checkpoint(options.work)
    export(shape, weights, options.out, quantized=not options.float32)
    shutil.copyfile(options.work / "tokenizer.json", options.out / "tokenizer.json")
    config = configuration(shape, options.languages)
    if options.data:
        config["learned_names"] = learned_names(read_pairs(options.data, options.languages, "train"))
    write_json(options.out / "config.json", config)
    write_json(options.out / "generation_config.json", generation())
    special = {"eos_token": END, "unk_token": UNKNOWN, "pad_token": PADDING}
    write_json(
        options.out / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LONGEST, **special},
    )
    write_json(options.out / "manifest.json", manifest(options.out, options.languages))


if __name__ == "__main__":
    main()
