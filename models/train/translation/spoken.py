"""Source sentences as a recogniser writes them: bare words, numbers in words, hesitations, two sentences in a row."""

import re
from random import Random

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
HESITATIONS = ("um", "uh", "er", "well", "you know", "I mean")


def in_words(number: int) -> str:
    """English words of 0 to 999,999."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS[tens - 2] + (f"-{SMALL[ones]}" if ones else "")
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    head, rest = divmod(number, unit)
    return f"{in_words(head)} {name}" + (f" {in_words(rest)}" if rest else "")


def year_in_words(year: int) -> str:
    """1987 as "nineteen eighty-seven", 1905 as "nineteen oh five"."""
    head, rest = divmod(year, 100)
    if rest == 0:
        return f"{in_words(head)} hundred"
    return f"{in_words(head)} {in_words(rest) if rest > 9 else f'oh {SMALL[rest]}'}"


def spell_numbers(text: str) -> str:
    """Whole numbers in words; decimals, times of day, amounts and ordinals stay as they are."""

    def spell(match: re.Match[str]) -> str:
        digits = match[0].replace(",", "")
        number = int(digits)
        if re.fullmatch(r"1[1-9]\d\d", match[0]):
            return year_in_words(number)
        return in_words(number) if number < 1_000_000 and str(number) == digits else match[0]

    return re.sub(r"(?<![\w.:,$€£%/-])\d{1,3}(?:,\d{3})+(?![\w.:,%/-]\w|\w)|(?<![\w.:,$€£/-])\d+(?![\w%/-]|[.:,]\d)", spell, text)


def bare(text: str) -> str:
    """Lower case, without punctuation except apostrophes and hyphens inside words and points inside numbers."""
    text = re.sub(r"[^\w\s'.,:%$€£-]|(?<!\w)['-]|['-](?!\w)|[.,:](?!\d)", " ", text.replace("’", "'"))
    return " ".join(text.split()).lower()


def hesitate(text: str, random: Random) -> str:
    """One hesitation, or one word said twice, somewhere in the sentence."""
    words = text.split()
    place = random.randrange(len(words))
    if random.random() < 0.5:
        words.insert(place, words[place])
    elif place == 0:
        words[0] = f"{random.choice(HESITATIONS).capitalize()}, {words[0]}"
    else:
        words.insert(place, f"{random.choice(HESITATIONS)},")
    return " ".join(words)


def as_spoken(source: str, random: Random) -> str:
    """Most sentences stay written; the rest lose what speech does not carry."""
    if random.random() < 0.5:
        source = spell_numbers(source)
    if random.random() < 0.04:
        source = hesitate(source, random)
    chance = random.random()
    if chance < 0.2:
        return bare(source) or source
    if chance < 0.27:
        return source.rstrip(".!?") or source
    return source
