"""Trains a translator that knows a hundred words and puts one for one, for tests whose results can be said beforehand.

    models/train/translation's environment; from there: python ../../reference/translator.py --seconds 100

Goes on from `--work` when there is a checkpoint. The package is in the layout of the large one.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "train" / "translation"))

from corpus import PADDING_ID, Pair, encode, padded, source_mask, source_text, train_tokenizer  # noqa: E402
from export import export  # noqa: E402
from model import Shape, Translator  # noqa: E402
from package import configuration, generation, manifest, write_json  # noqa: E402

WORDS = dict(
    pair.split("=")
    for pair in """
    he=él she=ella it=ello we=nosotros they=ellos was=era is=es were=eran are=son not=no an=un a=un the=el and=y or=o but=pero
    ill=mal disposed=dispuesto young=joven man=hombre woman=mujer child=niño dog=perro cat=gato house=casa door=puerta window=ventana
    red=rojo blue=azul green=verde black=negro white=blanco big=grande small=pequeño old=viejo new=nuevo good=bueno bad=malo
    sees=ve hears=oye eats=come buys=compra sells=vende opens=abre closes=cierra reads=lee writes=escribe knows=sabe loves=ama
    wants=quiere has=tiene with=con without=sin in=en on=sobre under=bajo for=para from=desde to=hacia here=aquí there=allí now=ahora
    today=hoy tomorrow=mañana always=siempre never=nunca very=muy bread=pan water=agua milk=leche coffee=café tea=té book=libro
    letter=carta friend=amigo brother=hermano sister=hermana mother=madre father=padre city=ciudad street=calle tree=árbol river=río
    one=uno two=dos three=tres four=cuatro five=cinco six=seis seven=siete eight=ocho nine=nueve ten=diez rather=bastante
    cold=frío hearted=corazonado selfish=egoísta when=cuando because=porque if=si then=entonces his=su her=su power=poder
""".split()
)
MARKS = [".", ".", ".", ",", "?", "!", ""]
LONGEST_WORDS = 14
SHAPE = {"width": 64, "heads": 2, "feed_forward": 128, "encoder_layers": 1, "decoder_layers": 2, "positions": 96}


def sentence(chance: random.Random) -> Pair:
    words = chance.choices(list(WORDS), k=chance.randint(1, LONGEST_WORDS))
    source, target = words[0], " ".join(WORDS[word] for word in words)
    for word in words[1:]:
        source += ("-" if chance.random() < 0.1 else " ") + word
    mark = chance.choice(MARKS)
    if chance.random() < 0.7:
        source = source[0].upper() + source[1:]
        target = target[0].upper() + target[1:]
    return Pair("es", source + mark, target + mark)


def train(work: Path, seconds: float) -> None:
    work.mkdir(parents=True, exist_ok=True)
    chance = random.Random(time.time_ns())
    checkpoint = work / "checkpoint.pt"
    fixed = random.Random(7)
    tokenizer = train_tokenizer([sentence(fixed) for _ in range(20_000)], 700)
    shape = Shape(vocabulary=len(tokenizer.get_vocab()), **SHAPE)
    model = Translator(shape)
    if checkpoint.exists():
        model.load_state_dict(torch.load(checkpoint, weights_only=True))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    end, step = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0:
        optimizer.param_groups[0]["lr"] = 2e-3 * min(1, (step + 1) / 100, left / seconds * 2 + 0.05)
        pairs = [sentence(chance) for _ in range(96)]
        source = padded(encode(tokenizer, [source_text(pair) for pair in pairs]))
        target = padded(encode(tokenizer, [pair.target for pair in pairs]))
        start = torch.full((len(pairs), 1), PADDING_ID)
        mask = source_mask(source)
        states = model.decode(torch.cat([start, target[:, :-1]], 1), model.encode(source, mask), mask)
        wanted = target.masked_fill(target == PADDING_ID, -100)
        loss = F.cross_entropy(model.scores(states).flatten(0, 1), wanted.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step}: loss {loss.item():.4f}", flush=True)
    torch.save(model.state_dict(), checkpoint)
    tokenizer.save(str(work / "tokenizer.json"))
    write(model, shape, tokenizer, HERE / "translators" / "words-en-es")


def write(model: Translator, shape: Shape, tokenizer: object, out: Path) -> None:
    export(shape, {name: value.detach() for name, value in model.state_dict().items()}, out, quantized=True)
    tokenizer.save(str(out / "tokenizer.json"))
    write_json(out / "config.json", configuration(shape, ["es"]))
    write_json(out / "generation_config.json", generation())
    write_json(out / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})
    about = manifest(out, ["es"])
    write_json(out / "manifest.json", {**about, "title": "A hundred words, for tests", "memoryBytes": 5_000_000})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("translator-work"))
    parser.add_argument("--seconds", type=float, default=100)
    options = parser.parse_args()
    torch.manual_seed(7)
    torch.set_num_threads(1)
    train(options.work, options.seconds)
