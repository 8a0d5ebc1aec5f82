"""BLEU and chrF of a package on the dev sentences, greedy and with a beam of 4, as lines of Markdown.

    python evaluate.py --data ../shared/data --package models/earshot-translate-en-es [--against FLOAT_PACKAGE]

"bare" is the same sentences in lower case without punctuation; the reference stays as it is.
"""

import argparse
import json
import time
from pathlib import Path
from random import Random

import sacrebleu

from corpus import Pair, language_token, read_pairs, spread
from search import Package
from spoken import bare

LONG = 8


def scores(ours: list[str], pairs: list[Pair]) -> str:
    """BLEU and chrF as two cells of a table."""
    references = [[pair.target for pair in pairs]]
    bleu = sacrebleu.corpus_bleu(ours, references, tokenize=tokenize_for(pairs[0].language))
    return f"{bleu.score:.1f} | {sacrebleu.corpus_chrf(ours, references).score:.1f}"


def tokenize_for(language: str) -> str:
    return "zh" if language == "zh" else "13a"


def signatures(language: str) -> list[str]:
    """The two signatures, as sacrebleu writes them; they hold for every table of that language."""
    metrics = {"BLEU": sacrebleu.BLEU(tokenize=tokenize_for(language)), "chrF": sacrebleu.CHRF()}
    for metric in metrics.values():
        metric.corpus_score(["a"], [["a"]])
    return [f"{name}: {metric.get_signature()}" for name, metric in metrics.items()]


def report(label: str, package: Package, pairs: list[Pair], beams: int, spoken: bool = False) -> list[str]:
    """Translates one sentence at a time and prints a row of the table."""
    start = time.monotonic()
    texts = [bare(pair.source) if spoken else pair.source for pair in pairs]
    ours = [package.translate(f"{language_token(pair.language)} {text}", beams) for pair, text in zip(pairs, texts)]
    milliseconds = 1000 * (time.monotonic() - start) / len(pairs)
    long = [index for index, pair in enumerate(pairs) if len(pair.source.split()) >= LONG]
    long_scores = scores([ours[index] for index in long], [pairs[index] for index in long])
    print(f"| {label} | {scores(ours, pairs)} | {long_scores} | {milliseconds:.0f} |", flush=True)
    return ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--against", type=Path, help="the same checkpoint with float32 weights")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sentences", type=int, default=0, help="only so many of them, evenly spread")
    parser.add_argument("--examples", type=int, default=40, help="translations to print for reading")
    options = parser.parse_args()
    package = Package(options.package, options.threads)
    for language in json.loads((options.package / "config.json").read_text())["target_languages"]:
        pairs = spread(read_pairs(options.data, [language], "dev"), options.sentences)
        long = sum(len(pair.source.split()) >= LONG for pair in pairs)
        print(f"\n{language}: {len(pairs)} sentences, {long} of {LONG} words or more\n")
        print("| | BLEU | chrF | BLEU, long | chrF, long | ms a sentence |\n|---|---:|---:|---:|---:|---:|")
        best = report("beam 4", package, pairs, beams=4)
        report("greedy", package, pairs, beams=1)
        report("bare text, beam 4", package, pairs, beams=4, spoken=True)
        if options.against:
            report("float32 weights, beam 4", Package(options.against, options.threads), pairs, beams=4)
        print("\n" + "\n".join(f"`{line}`" for line in signatures(language)) + "\n")
        for index in sorted(Random(5).sample(range(len(pairs)), min(options.examples, len(pairs)))):
            print(f"- {pairs[index].source} → {best[index]} (reference: {pairs[index].target})")


if __name__ == "__main__":
    main()
