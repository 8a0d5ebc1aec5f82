"""Sentence pairs, the vocabulary over them, and batches of nearly equal lengths."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor

from spoken import as_spoken, bare

END, UNKNOWN, PADDING = "</s>", "<unk>", "<pad>"
END_ID, UNKNOWN_ID, PADDING_ID = 0, 1, 2
LANGUAGES = ("es", "de", "fr", "zh")
LONGEST = 120
PUNCTUATION_OR_DIGIT = r"▁?[^\p{L}▁']"
JOINED_SHARE = 0.08


@dataclass(frozen=True)
class Pair:
    language: str
    source: str
    target: str


def language_token(language: str) -> str:
    """The word that begins a source sentence and names the language wanted, as Opus-MT writes it."""
    return f">>{language}<<"


def read_pairs(data: Path, languages: list[str], part: str) -> list[Pair]:
    """`part` is "train" or "dev"."""
    pairs = []
    for language in languages:
        with gzip.open(data / "mt" / f"tatoeba.en-{language}.{part}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                source, target = line.rstrip("\n").split("\t")
                pairs.append(Pair(language, source, target))
    return pairs


def spread(pairs: list[Pair], count: int) -> list[Pair]:
    """`count` of them evenly over the whole (the dev sentences lie in order of length); all of them for 0."""
    return [pairs[index * len(pairs) // count] for index in range(count)] if 0 < count < len(pairs) else pairs


def train_tokenizer(pairs: list[Pair], size: int) -> Tokenizer:
    """Byte-pair encoding over both sides at once; a character it never saw becomes its UTF-8 bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("’", "'")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Split(Regex(PUNCTUATION_OR_DIGIT), "isolated")]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    special = [END, UNKNOWN, PADDING, *map(language_token, LANGUAGES)]
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=4, limit_alphabet=4000, special_tokens=special, show_progress=False
    )
    texts = [text for pair in pairs for text in (pair.source, pair.target)]
    texts += [bare(pair.source) for pair in pairs[::4]]
    tokenizer.train_from_iterator(texts, trainer)
    return finish_tokenizer(tokenizer)


def finish_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """Adds what BPE training leaves out: the 256 byte pieces and the end after every text."""
    state = json.loads(tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    for byte in range(256):
        vocabulary.setdefault(f"<0x{byte:02X}>", len(vocabulary))
    finished = Tokenizer.from_str(json.dumps(state))
    finished.post_processor = processors.TemplateProcessing(single=f"$A {END}", special_tokens=[(END, END_ID)])
    return finished


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def source_text(pair: Pair, spoken: str | None = None) -> str:
    return f"{language_token(pair.language)} {pair.source if spoken is None else spoken}"


def examples_of_epoch(pairs: list[Pair], tokenizer: Tokenizer, random: Random) -> list[tuple[list[int], list[int]]]:
    """Every pair once, its source as a recogniser might write it; some are two pairs said one after the other."""
    order = random.sample(pairs, len(pairs))
    sources, targets = [], []
    while order:
        first = order.pop()
        source, target = first.source, first.target
        if order and order[-1].language == first.language and random.random() < JOINED_SHARE:
            second = order.pop()
            space = "" if first.language == "zh" else " "
            source, target = f"{source} {second.source}", f"{target}{space}{second.target}"
        sources.append(source_text(first, as_spoken(source, random)))
        targets.append(target)
    encoded = zip(encode(tokenizer, sources), encode(tokenizer, targets))
    return [pair for pair in encoded if max(map(len, pair)) <= LONGEST]


def padded(rows: list[list[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [PADDING_ID] * (longest - len(row)) for row in rows])


def source_mask(sources: Tensor) -> Tensor | None:
    """What attention may look at, [batch, 1, 1, source]; None when nothing is padded."""
    real = sources != PADDING_ID
    return None if bool(real.all()) else real[:, None, None]


def batches(examples: list[tuple[list[int], list[int]]], tokens: int, random: Random) -> Iterator[tuple[Tensor, Tensor]]:
    """Pairs of like length together, at most `tokens` ids a side with padding; batches in random order."""
    random.shuffle(examples)
    examples.sort(key=lambda pair: (len(pair[0]), len(pair[1])))
    groups: list[list[tuple[list[int], list[int]]]] = [[]]
    for example in examples:
        longest = max(len(row) for pair in (*groups[-1][-1:], example) for row in pair)
        if groups[-1] and (len(groups[-1]) + 1) * longest > tokens:
            groups.append([])
        groups[-1].append(example)
    random.shuffle(groups)
    for group in groups:
        yield padded([source for source, _ in group]), padded([target for _, target in group])
