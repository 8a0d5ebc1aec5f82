"""A session as the published model runs one, with a bounded window: the independent answer to the engine's."""

from dataclasses import dataclass, field

import torch
from litgpt import GPT
from litgpt.model import apply_rope

import tokens as t


@dataclass
class Record:
    """Everything that happened: one entry for each listening step, each with the tokens it led to."""

    steps: list[dict] = field(default_factory=list)
    full_logits: dict[int, torch.Tensor] = field(default_factory=dict)
    evictions: int = 0


class Session:
    """litgpt's GPT with its own KV cache. Keys are also kept as they were before rotation, so that an eviction rotates
    them afresh instead of turning them back."""

    def __init__(self, gpt: GPT, prefix: list[int], window: int, max_reply: int):
        self.gpt, self.window, self.max_reply = gpt, window, max_reply
        self.config = gpt.config
        gpt.max_seq_length = window
        gpt.set_kv_cache(batch_size=1)
        self.prefix = prefix
        self.length = 0
        self.steps: list[int] = []
        self.plain_keys = [torch.zeros(self.config.n_query_groups, window, self.config.head_size) for _ in gpt.transformer.h]
        self.audio = None
        self.record = Record()
        self.hooks = [gpt.transformer.wte.register_forward_hook(self._put_audio)]
        for layer, block in enumerate(gpt.transformer.h):
            keep = lambda _m, _i, out, layer=layer: self._keep_keys(layer, out)  # noqa: E731
            self.hooks.append(block.attn.qkv.register_forward_hook(keep))

    def close(self) -> None:
        for hook in self.hooks:
            hook.remove()

    def _put_audio(self, _module, inputs, output):
        if self.audio is None:
            return output
        output = output.clone()
        output[inputs[0] == t.PAD] = self.audio
        return output

    def _keep_keys(self, layer: int, qkv: torch.Tensor) -> None:
        c = self.config
        keys = qkv[0, :, c.n_head * c.head_size : (c.n_head + c.n_query_groups) * c.head_size]
        keys = keys.view(-1, c.n_query_groups, c.head_size).transpose(0, 1)
        self.plain_keys[layer][:, self.length : self.length + keys.shape[1]] = keys

    def _make_room(self, count: int) -> None:
        """Drops the oldest whole steps behind the prefix when the window is full, down to three quarters of it."""
        if self.length + count <= self.window:
            return
        dropped = 0
        while self.steps and self.length - dropped + count > self.window * 3 // 4:
            dropped += self.steps.pop(0)
        sinks = len(self.prefix)
        kept = torch.cat([torch.arange(sinks), torch.arange(sinks + dropped, self.length)])
        self.length -= dropped
        self.record.evictions += 1
        cos, sin = self.gpt.cos[: self.length].unsqueeze(0), self.gpt.sin[: self.length].unsqueeze(0)
        for layer, block in enumerate(self.gpt.transformer.h):
            cache = block.attn.kv_cache
            keys = self.plain_keys[layer][:, kept].clone()
            self.plain_keys[layer][:, : self.length] = keys
            cache.k[:, :, : self.length] = apply_rope(keys.unsqueeze(0), cos, sin)
            cache.v[:, :, : self.length] = cache.v[:, :, kept].clone()

    def _feed(self, ids: list[int], audio: torch.Tensor | None, rows_of_step: int) -> torch.Tensor:
        self._make_room(len(ids))
        self.audio = audio
        positions = torch.arange(self.length, self.length + len(ids))
        logits = self.gpt(torch.tensor([ids]), positions, input_pos_maxp1=self.length + len(ids))[0, -1]
        self.length += len(ids)
        self.steps.append(rows_of_step)
        return logits

    @torch.inference_mode()
    def listen(self, audio: torch.Tensor, keep_logits: bool) -> None:
        first = not self.record.steps
        before = self.prefix if first else [self.previous]
        ids = [*before, t.AUDIO_BEGIN, *[t.PAD] * audio.shape[0], t.ASSISTANT]
        logits = self._feed(ids, audio, len(ids) - (len(self.prefix) if first else 0))
        silence, begin = logits[t.KEEP_SILENCE].item(), logits[t.TEXT_BEGIN].item()
        chosen = t.TEXT_BEGIN if begin > silence else t.KEEP_SILENCE
        best = int(logits.argmax())
        entry = {"silence": silence, "begin": begin, "token": chosen, "best": best, "length": self.length, "spoken": []}
        if keep_logits:
            self.record.full_logits[len(self.record.steps)] = logits.clone()
        self.record.steps.append(entry)
        self.previous = chosen
        if chosen == t.TEXT_BEGIN:
            self._speak(entry)

    def _speak(self, entry: dict) -> None:
        token = t.TEXT_BEGIN
        for _ in range(self.max_reply):
            logits = self._feed([token], None, 1)
            token = int(logits.argmax())
            entry["spoken"].append({"token": token, "logit": logits[token].item()})
            if token == t.TEXT_END:
                break
        else:
            # Cut off at the limit: the last token is fed too, so that the reply in the cache is whole.
            self._feed([token], None, 1)
        self.previous = t.TEXT_END
