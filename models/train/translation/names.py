"""Which capitalised words a model has learned to translate, and which are names that stay as they are.

A small vocabulary spells a name that it never saw in pieces and loses it. The translator puts a name that the model knows
by heart in its place, and the name back into the translation; for that it must know which words are names.
"""

import re
from collections import Counter

from corpus import Pair

WORD = re.compile(r"[^\W\d_][\w-]+")
WORD_OR_END = re.compile(r"[^\W\d_][\w-]+|(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)[.?!:\"“”]")
FEWEST_TIMES = 2
STAND_INS = 4
FEWEST_TIMES_OF_A_STAND_IN = 50


def learned_names(pairs: list[Pair]) -> dict[str, list[str]]:
    """Words with a capital inside a sentence: those that the other side renders, and those that it repeats.

    A word that is as often written without its capital may begin a sentence as no name: it is not among the repeated. The
    most frequent of those that are nearly always repeated stand in for names that the model does not know.
    """
    seen: Counter[str] = Counter()
    repeated: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for pair in pairs:
        target = set(WORD.findall(pair.target))
        starts = True
        for match in WORD_OR_END.finditer(pair.source):
            word = match.group()
            if not WORD.fullmatch(word):
                starts = True
                continue
            if word[0].islower():
                small[word] += 1
            elif not starts:
                seen[word] += 1
                repeated[word] += word in target
            starts = False
    often = [word for word, times in seen.most_common() if times >= FEWEST_TIMES]
    names = [word for word in often if 2 * repeated[word] >= seen[word] > small[word.lower()]]
    sure = [word for word in names if seen[word] >= FEWEST_TIMES_OF_A_STAND_IN and repeated[word] > 0.9 * seen[word]]
    return {
        "translated": sorted(word for word in often if 2 * repeated[word] < seen[word]),
        "repeated": sorted(names),
        "stand_ins": sure[:STAND_INS],
    }
