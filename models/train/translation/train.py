"""Trains the translator within a budget of minutes; stopped and started again, it goes on where it was.

The learning rate rises for a short while and then falls to zero in a straight line exactly when the budget ends, so the
last checkpoint is the one to ship. Matrices are stepped by Muon (orthogonalised momentum), the rest by Adam.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random

import sacrebleu
import torch
from tokenizers import Tokenizer
from torch import Tensor

from corpus import (
    LANGUAGES, PADDING_ID, Pair, batches, encode, examples_of_epoch, padded, read_pairs, source_mask, source_text,
    spread, train_tokenizer,
)
from loss import smoothed_cross_entropy
from model import Shape, Translator
from warm_start import begin_from

CHECKPOINT_SECONDS = 180
DEV_SENTENCES = 300
WARM_UP_STEPS = 60


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds mt/tatoeba.en-*.tsv.gz")
    parser.add_argument("--work", type=Path, required=True, help="checkpoints, tokenizer and log")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--begin-from", type=Path, help="--work of a finished run for another language, same size")
    parser.add_argument("--minutes", type=float, default=60, help="training time in all, over every resumption; processor time without a GPU")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--feed-forward", type=int, default=1024)
    parser.add_argument("--encoder-layers", type=int, default=4)
    parser.add_argument("--decoder-layers", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--matrix-rate", type=float, default=0.02)
    parser.add_argument("--table-rate", type=float, default=0.003)
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--dev-minutes", type=float, default=10, help="time between looks at 300 dev sentences")
    return parser.parse_args()


def clock(options: argparse.Namespace) -> float:
    """Seconds of work. On a processor those it was given: a busy machine then makes a run longer, not worse."""
    return time.monotonic() if options.device.startswith("cuda") else time.process_time() / options.threads


def optimizers(model: Translator, matrix_rate: float, table_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for what is a matrix of a layer, Adam for the embedding table and the gains."""
    layers = [p for name, p in model.named_parameters() if p.ndim == 2 and not name.startswith("embedding")]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or name.startswith("embedding")]
    return [
        torch.optim.Muon(layers, lr=matrix_rate, weight_decay=0.0, ns_steps=5),
        torch.optim.Adam(others, lr=table_rate, betas=(0.9, 0.98), fused=True),
    ]


def loss_of(model: Translator, sources: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy, smoothed by 0.1, over the real target tokens."""
    mask = source_mask(sources)
    shifted = torch.cat([torch.full_like(targets[:, :1], PADDING_ID), targets[:, :-1]], dim=1)
    states = model.decode(shifted, model.encode(sources, mask), mask)
    real = targets != PADDING_ID
    return smoothed_cross_entropy(states[real], model.embedding.weight, targets[real])


@torch.no_grad()
def translate(model: Translator, tokenizer: Tokenizer, pairs: list[Pair], device: str) -> list[str]:
    """Greedy, without a cache: enough for a look at progress."""
    sources = padded(encode(tokenizer, [source_text(pair) for pair in pairs])).to(device)
    mask = source_mask(sources)
    memory = model.encode(sources, mask)
    output = torch.full((len(pairs), 1), PADDING_ID, device=device)
    for _ in range(50):
        best = model.scores(model.decode(output, memory, mask)[:, -1]).argmax(-1)
        output = torch.cat([output, best[:, None]], dim=1)
        if bool((output == 0).any(1).all()):
            break
    return [tokenizer.decode(row[1 : row.index(0) if 0 in row else None]) for row in output.tolist()]


def bleu_on_dev(model: Translator, tokenizer: Tokenizer, dev: list[Pair], device: str) -> dict[str, float]:
    model.eval()
    scores = {}
    for language in sorted({pair.language for pair in dev}):
        pairs = spread([pair for pair in dev if pair.language == language], DEV_SENTENCES)
        ours = translate(model, tokenizer, pairs, device)
        how = "zh" if language == "zh" else "13a"
        scores[language] = sacrebleu.corpus_bleu(ours, [[pair.target for pair in pairs]], tokenize=how).score
    model.train()
    return scores


class Run:
    """Model, optimisers and how far they have come."""

    def __init__(self, options: argparse.Namespace, shape: Shape):
        self.options, self.shape = options, shape
        self.model = Translator(shape, options.dropout).to(options.device)
        self.optimizers = optimizers(self.model, options.matrix_rate, options.table_rate)
        self.step, self.epoch, self.seconds = 0, 0, 0.0
        self.path = options.work / "checkpoint.pt"

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(), "shape": asdict(self.shape), "step": self.step, "epoch": self.epoch,
            "seconds": self.seconds, "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        torch.save(state, self.path.with_suffix(".new"))
        self.path.with_suffix(".new").replace(self.path)

    def resume(self) -> None:
        """Goes on with the next epoch: what was left of the one under way is not worth finding again."""
        if not self.path.exists():
            return
        state = torch.load(self.path, map_location=self.options.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        self.step, self.epoch, self.seconds = state["step"], state["epoch"] + 1, state["seconds"]

    def take(self, sources: Tensor, targets: Tensor) -> Tensor:
        """One step at the rate that the clock asks for."""
        options = self.options
        left = max(0.0, 1 - self.seconds / (60 * options.minutes))
        rise = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        for optimizer, rate in zip(self.optimizers, (options.matrix_rate, options.table_rate)):
            for group in optimizer.param_groups:
                group["lr"] = rate * left * rise
        with torch.autocast(torch.device(options.device).type, torch.bfloat16, enabled=options.bfloat16):
            loss = loss_of(self.model, sources.to(options.device), targets.to(options.device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss.detach()


def endless(run: Run, pairs: list[Pair], tokenizer: Tokenizer) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of one epoch after the other, each with its own seed."""
    while True:
        random = Random(run.epoch)
        yield from batches(examples_of_epoch(pairs, tokenizer, random), run.options.batch_tokens, random)
        run.epoch += 1


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    options.work.mkdir(parents=True, exist_ok=True)
    log = (options.work / "log.jsonl").open("a")
    pairs = read_pairs(options.data, options.languages, "train")
    dev = read_pairs(options.data, options.languages, "dev")
    tokenizer_path = options.work / "tokenizer.json"
    if not tokenizer_path.exists():
        train_tokenizer(pairs, options.vocabulary).save(str(tokenizer_path))
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    shape = Shape(
        tokenizer.get_vocab_size(), options.width, options.heads, options.feed_forward,
        options.encoder_layers, options.decoder_layers,
    )
    run = Run(options, shape)
    if options.begin_from and not run.path.exists():
        begin_from(run.model, shape, tokenizer_path, options.begin_from)
    run.resume()

    def tell(**facts: object) -> None:
        line = json.dumps({"step": run.step, "minutes": round(run.seconds / 60, 2), **facts})
        print(line, file=log, flush=True)
        print(line, file=sys.stderr)

    tell(parameters=sum(p.numel() for p in run.model.parameters()), epoch=run.epoch)
    before, saved, looked = run.seconds, run.seconds, run.seconds
    start = clock(options)
    total, tokens = 0.0, 0
    for sources, targets in endless(run, pairs, tokenizer):
        total += float(run.take(sources, targets))
        tokens += targets.numel()
        run.seconds = before + clock(options) - start
        over = run.seconds >= 60 * options.minutes
        if run.step % 50 == 0:
            tell(loss=round(total / 50, 4), epoch=run.epoch, tokens=tokens)
            total = 0.0
        if over or run.seconds - looked > 60 * options.dev_minutes:
            looked = run.seconds
            tell(bleu=bleu_on_dev(run.model, tokenizer, dev, options.device))
        if over or run.seconds - saved > CHECKPOINT_SECONDS:
            saved = run.seconds
            run.save()
        if over:
            break


if __name__ == "__main__":
    main()
