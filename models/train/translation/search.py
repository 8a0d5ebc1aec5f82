"""Greedy and beam search over the exported graphs with onnxruntime, as the program runs them."""

from dataclasses import dataclass
from pathlib import Path

import json
import numpy as np
import onnxruntime
from tokenizers import Tokenizer


@dataclass(frozen=True)
class Beam:
    """Log-probability, and the target ids without start and end."""

    score: float
    ids: tuple[int, ...]


class Package:
    """An opened package: graphs, tokenizer and the numbers that generation needs."""

    def __init__(self, folder: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.encoder = onnxruntime.InferenceSession(folder / "encoder_model.onnx", options)
        self.decoder = onnxruntime.InferenceSession(folder / "decoder_model_merged.onnx", options)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        config = json.loads((folder / "config.json").read_text())
        generation = json.loads((folder / "generation_config.json").read_text())
        self.start, self.end = config["decoder_start_token_id"], config["eos_token_id"]
        self.layers, self.heads = config["decoder_layers"], config["decoder_attention_heads"]
        self.head_size = config["d_model"] // self.heads
        self.longest = generation["max_length"]
        self.unwanted = [ids[0] for ids in generation["bad_words_ids"]]
        self.past_names = [output.name for output in self.decoder.get_outputs()][1:]

    def encode(self, text: str) -> dict[str, np.ndarray]:
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        mask = np.ones_like(ids)
        (states,) = self.encoder.run(None, {"input_ids": ids, "attention_mask": mask})
        return {"encoder_hidden_states": states, "encoder_attention_mask": mask}

    def empty_past(self) -> dict[str, np.ndarray]:
        nothing = np.zeros((1, self.heads, 0, self.head_size), dtype=np.float32)
        return dict.fromkeys(self.past_names, nothing)

    def step(
        self, source: dict[str, np.ndarray], past: dict[str, np.ndarray], ids: list[int], first: bool
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Log-probabilities [beams, vocabulary] of the next id after each beam's last one."""
        feeds = {name.replace("present", "past_key_values"): value for name, value in past.items()}
        repeated = {name: np.repeat(value, len(ids), axis=0) for name, value in source.items()}
        new = np.array(ids, dtype=np.int64)[:, None]
        logits, *present = self.decoder.run(
            None, {**feeds, **repeated, "input_ids": new, "use_cache_branch": np.array([not first])}
        )
        last = logits[:, -1].astype(np.float64)
        last[:, self.unwanted] = -np.inf
        highest = last.max(axis=-1, keepdims=True)
        last -= highest + np.log(np.exp(last - highest).sum(axis=-1, keepdims=True))
        return last, dict(zip(self.past_names, present))

    def translate(self, text: str, beams: int = 4, penalty: float = 1.0) -> str:
        """The best of finished translations by log-probability over length to the power of `penalty`."""
        source = self.encode(text)
        scores, past = self.step(source, self.empty_past(), [self.start], first=True)
        living, done = [Beam(0.0, ())], []
        limit = min(self.longest, 2 * source["encoder_attention_mask"].shape[1] + 10)
        for length in range(1, limit + 1):
            totals = scores + np.array([beam.score for beam in living])[:, None]
            best = np.argsort(-totals, axis=None)[: 2 * beams]
            grown: list[tuple[int, Beam]] = []
            for parent, token in zip(*np.unravel_index(best, totals.shape)):
                beam = Beam(float(totals[parent, token]), living[parent].ids)
                if token == self.end:
                    done.append((beam.score / length**penalty, beam))
                elif len(grown) < beams:
                    grown.append((int(parent), Beam(beam.score, (*beam.ids, int(token)))))
                if beams == 1:
                    break
            best_done = max((score for score, _ in done), default=-np.inf)
            if not grown or (len(done) >= beams) or best_done >= grown[0][1].score / limit**penalty:
                break
            living = [beam for _, beam in grown]
            order = [parent for parent, _ in grown]
            past = {name: value[order] for name, value in past.items()}
            scores, past = self.step(source, past, [beam.ids[-1] for beam in living], first=False)
        chosen = max(done, default=(0.0, living[0]), key=lambda pair: pair[0])[1]
        return self.tokenizer.decode(list(chosen.ids)).strip()
