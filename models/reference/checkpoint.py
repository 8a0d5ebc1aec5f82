"""Writes and reads a checkpoint in exactly the published layout."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
import yaml
from litgpt import GPT
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers.models.qwen2_5_omni.modeling_qwen2_5_omni import Qwen2_5OmniAudioEncoder

from shapes import Shape
from tokens import write_tokenizer

ENCODER_FILE = "audiointeraction_ChunkwisedEncoder.pth"


def build(shape: Shape) -> tuple[GPT, Qwen2_5OmniAudioEncoder]:
    """The two networks with seeded weights, large enough that no logit is noise."""
    torch.manual_seed(shape.seed)
    gpt, tower = GPT(shape.language_model()), Qwen2_5OmniAudioEncoder(shape.tower())
    for network in (gpt, tower):
        for name, parameter in network.named_parameters():
            if "norm" in name or "ln_" in name:
                parameter.data = (1.0 if name.endswith("weight") else 0.0) + 0.1 * torch.randn_like(parameter)
            elif parameter.dim() == 1:
                parameter.data = 0.1 * torch.randn_like(parameter)
            else:
                fan_in = parameter[0].numel()
                parameter.data = torch.randn_like(parameter) * (1.0 if "wte" in name else fan_in**-0.5)
    return gpt.eval(), tower.eval()


def save(folder: Path, shape: Shape, gpt: GPT, tower: Qwen2_5OmniAudioEncoder, tokenizer: Tokenizer) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # The language model is published in bfloat16; what is saved is what the goldens are computed from.
    state = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in gpt.state_dict().items()}
    names = list(state)
    half = len(names) // 2
    shards = {"model-00001-of-00002.safetensors": names[:half], "model-00002-of-00002.safetensors": names[half:]}
    for file, members in shards.items():
        save_file({name: state[name] for name in members}, folder / file, metadata={"format": "pt"})
    total = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
    index = {"metadata": {"total_size": total}, "weight_map": {n: f for f, ns in shards.items() for n in ns}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))
    (folder / "model_config.yaml").write_text(yaml.safe_dump(asdict(shape.language_model())))
    torch.save({name: tensor.clone() for name, tensor in tower.state_dict().items()}, folder / ENCODER_FILE)
    (folder / "qwen25OmniConfig").mkdir(exist_ok=True)
    audio = {k: v for k, v in shape.tower().to_diff_dict().items() if k != "transformers_version"}
    audio = {**shape.tower().to_dict(), **audio}
    config = {"model_type": "qwen2_5_omni", "thinker_config": {"model_type": "qwen2_5_omni_thinker", "audio_config": audio}}
    (folder / "qwen25OmniConfig" / "config.json").write_text(json.dumps(config, indent=1, default=str, sort_keys=True))
    write_tokenizer(tokenizer, folder / "tokenizer.json")


def load(folder: Path, shape: Shape) -> tuple[GPT, Qwen2_5OmniAudioEncoder]:
    """Both networks in float32 from what lies on the disk."""
    gpt, tower = GPT(shape.language_model()), Qwen2_5OmniAudioEncoder(shape.tower())
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    state = {}
    for file in sorted(set(index["weight_map"].values())):
        state.update(load_file(folder / file))
    gpt.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    tower.load_state_dict(torch.load(folder / ENCODER_FILE, weights_only=True))
    return gpt.float().eval(), tower.float().eval()


def encode(tower: Qwen2_5OmniAudioEncoder, mels: list[torch.Tensor]) -> torch.Tensor:
    """Audio embeddings of chunks [n, frames / 4, width]."""
    features, frames = torch.cat(mels, dim=1), mels[0].shape[1]
    lengths = torch.tensor([features.shape[1]])
    # The encoder itself cuts the features into chunks of twice its window that do not see each other.
    tower.n_window = frames // 2
    return tower(features, feature_lens=lengths, aftercnn_lens=lengths // 2).last_hidden_state.view(len(mels), frames // 4, -1)
