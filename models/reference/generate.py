"""Makes the small checkpoints and the goldens: `python generate.py [--only NAME] [--goldens-only]`."""

import argparse
import json
from pathlib import Path

import numpy as np
import soundfile
import torch

from checkpoint import build, encode, load, save
from features import streaming_mel, whole_chunks
from session import Session
from shapes import SHAPES, Shape
from litgpt import GPT
from tokens import KEEP_SILENCE, SYSTEM_PROMPT, TEXT_BEGIN, build_tokenizer, prefix
from transformers.models.qwen2_5_omni.modeling_qwen2_5_omni import Qwen2_5OmniAudioEncoder

HERE = Path(__file__).resolve().parent
RECORDING = HERE.parents[1] / "resources" / "demo" / "rainy-evening.flac"
TEXTS = [SYSTEM_PROMPT, "A dog barks. The dog is barking outside. Listen to the sound and help when help is needed."]
# Far fewer positions than the recording fills, so that every session is longer than its window.
WINDOW = 480
MAX_REPLY = 24
KEPT_CHUNKS = [0, 1, 2, 50, 100, 171]


def recording() -> torch.Tensor:
    samples, rate = soundfile.read(RECORDING, dtype="float32")
    assert rate == 16_000
    return torch.from_numpy(samples)


class Store:
    """Arrays of float32 one after the other in one file, found by name."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self.index: dict[str, dict] = {}
        self.offset = 0

    def add(self, name: str, tensor: torch.Tensor) -> None:
        array = tensor.detach().contiguous().float().numpy()
        self.index[name] = {"offset": self.offset, "shape": list(array.shape)}
        self.arrays.append(array)
        self.offset += array.size

    def write(self, path: Path) -> None:
        path.write_bytes(b"".join(array.astype("<f4").tobytes() for array in self.arrays))


def write_mel_goldens(audio: torch.Tensor) -> None:
    store, streaming, whole = Store(), streaming_mel(audio), whole_chunks(audio)
    for chunk in KEPT_CHUNKS:
        store.add(f"streaming.{chunk}", streaming[chunk])
        store.add(f"whole.{chunk}", whole[chunk])
    apart = (torch.stack(streaming) - torch.stack(whole)).abs()
    store.write(HERE / "goldens" / "mel.f32")
    difference = {"max": apart.max().item(), "mean": apart.mean().item(),
                  "beyond_1e-4": (apart > 1e-4).float().mean().item()}
    document = {"arrays": store.index, "chunks": len(streaming), "difference": difference}
    (HERE / "goldens" / "mel.json").write_text(json.dumps(document, indent=1) + "\n")
    print("mel: streaming against whole", difference)


@torch.inference_mode()
def balance(gpt: GPT, tower: Qwen2_5OmniAudioEncoder, audio: torch.Tensor) -> None:
    """Moves one row of `lm_head` so that random weights choose now the one and now the other control token."""
    ids = prefix(build_tokenizer(TEXTS))
    embeddings = encode(tower, streaming_mel(audio))
    for _ in range(3):
        hidden: list[torch.Tensor] = []
        session = Session(gpt, ids, WINDOW, MAX_REPLY)
        hook = gpt.transformer.ln_f.register_forward_hook(lambda _m, _i, out: hidden.append(out[0, -1]) if out.shape[1] > 1 else None)
        for audio_embedding in embeddings[:60]:
            session.listen(audio_embedding, False)
        hook.remove()
        session.close()
        states = torch.stack(hidden)
        rows = gpt.lm_head.weight.data
        lead = states @ (rows[TEXT_BEGIN] - rows[KEEP_SILENCE])
        mean = states.mean(0)
        rows[TEXT_BEGIN] -= (lead.mean() + 0.7 * lead.std()) * mean / (mean @ mean)
        gpt.lm_head.weight.data = rows.bfloat16().float()


@torch.inference_mode()
def write_goldens(shape: Shape, audio: torch.Tensor, milliseconds: int = 400) -> None:
    """One session; with another chunk than the usual under a name of its own, and shorter."""
    usual = milliseconds == 400
    name = shape.name if usual else f"{shape.name}-{milliseconds}ms"
    folder = HERE / "checkpoints" / shape.name
    gpt, tower = load(folder, shape)
    tokenizer = build_tokenizer(TEXTS)
    ids = prefix(tokenizer)
    embeddings = encode(tower, streaming_mel(audio, milliseconds * 16))
    kept = KEPT_CHUNKS if usual else [0, 50]
    session = Session(gpt, ids, WINDOW, MAX_REPLY)
    for chunk, audio_embedding in enumerate(embeddings if usual else embeddings[:80]):
        session.listen(audio_embedding, chunk in kept)
    store = Store()
    for chunk in kept:
        store.add(f"tower.{chunk}", embeddings[chunk])
        store.add(f"logits.{chunk}", session.record.full_logits[chunk])
    store.write(HERE / "goldens" / f"{name}.f32")
    texts = [tokenizer.decode([s["token"] for s in step["spoken"]]) for step in session.record.steps if step["spoken"]]
    document = {"window": WINDOW, "maxReplyTokens": MAX_REPLY, "prefix": ids, "evictions": session.record.evictions,
                "arrays": store.index, "replies": texts, "steps": session.record.steps}
    text = json.dumps(document, separators=(",", ":")).replace('{"silence"', '\n{"silence"')
    (HERE / "goldens" / f"{name}.json").write_text(text + "\n")
    steps = session.record.steps
    begun = sum(bool(step["spoken"]) for step in steps)
    margin = min(abs(step["begin"] - step["silence"]) for step in steps)
    print(f"{name}: {len(steps)} steps, {begun} spoken, {session.record.evictions} evictions, "
          f"{sum(s['best'] != s['token'] for s in steps)} best neither, smallest margin {margin:.4f}")
    print("  ", texts[:4])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=list(SHAPES))
    arguments.add_argument("--goldens-only", action="store_true")
    chosen = arguments.parse_args()
    torch.set_num_threads(2)
    audio = recording()
    (HERE / "goldens").mkdir(exist_ok=True)
    write_mel_goldens(audio)
    for shape in SHAPES.values():
        if chosen.only not in (None, shape.name):
            continue
        # The trained one is made by train_barks.py.
        if not chosen.goldens_only and shape.name != "barks":
            gpt, tower = build(shape)
            for parameter in gpt.parameters():
                parameter.data = parameter.data.bfloat16().float()
            balance(gpt, tower, audio)
            save(HERE / "checkpoints" / shape.name, shape, gpt, tower, build_tokenizer(TEXTS))
        if (HERE / "checkpoints" / shape.name).exists():
            write_goldens(shape, audio)
            if shape.name == "grouped":
                write_goldens(shape, audio, 200)
                write_goldens(shape, audio, 800)


if __name__ == "__main__":
    main()
