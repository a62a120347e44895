"""Building the index: entries in, one immutable object of bytes out, the same bytes whatever order they come in.

Runs in the worker that publishes a catalogue. Words are weighed here once (BM25F; the name apart from the texts, whose
many words are weak evidence), and so are pairs of neighbours: `khai tử` is more than its two words."""

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from miniapp.core.folding import clean
from miniapp.procedures.entry import Entry
from miniapp.procedures.index import CITIZENS
from miniapp.procedures.layout import packed
from miniapp.procedures.levels import Level
from miniapp.procedures.rules import Rules
from miniapp.procedures.typed import key, spelled, split

TEXTS = (
    ("keywords", 2.0),
    ("field", 2.0),
    ("papers", 1.0),
    ("results", 1.0),
    ("conditions", 0.8),
    ("steps", 0.7),
    ("legal", 0.3),
)
PLENTY = 1.2  # BM25's k1
LENGTH = 0.3  # BM25's b: long texts are long because the law is, not because they speak of more
TEXT_SHARE = 0.30  # a word in more of the texts than this tells nothing
TEXT_FEW = 3  # … but for what only so few have, where a layer has but a few procedures
LONG_TEXT = 400
TEXT_DOCS = 700  # and of one in many, the procedures that it says most about
PAIR_DOCS = 120
FULL = 255
BITS = {level: 1 << number for number, level in enumerate(Level)}

Postings = dict[int, dict[int, float]]  # word (or pair) → procedure → how much of it


def build(entries: Iterable[Entry], rules: str) -> bytes:
    """The object for these entries; `rules` is the text of what people call things (`synonyms.Rules`)."""
    ordered = sorted(entries, key=lambda entry: entry.code)
    said = Rules(json.loads(rules))
    named = [_long(split(clean(entry.name)), said) for entry in ordered]
    vocabulary = sorted({key(word) for words in named for word in words} | _text_words(ordered))
    number = {word: at for at, word in enumerate(vocabulary)}
    spellings = sorted({spelled(word) for words in named for word in words})
    spelling = {word: at for at, word in enumerate(spellings)}
    names = [[number[key(word)] for word in words] for words in named]
    fields = sorted({clean(entry.field) for entry in ordered})
    text, text_pairs = _texts(ordered, number)
    parts: dict[str, array[int] | str] = {
        "codes": "\n".join(entry.code for entry in ordered),
        "names": "\n".join(clean(entry.name) for entry in ordered),
        "fields": "\n".join(fields),
        "field": array("H", [fields.index(clean(entry.field)) for entry in ordered]),
        "who": array("B", [_who(entry) for entry in ordered]),
        "words": "\n".join(vocabulary),
        "spellings": "\n".join(spellings),
        "name": array("H", [word for words in names for word in words]),
        "name.spelt": array("H", [spelling[spelled(word)] for words in named for word in words]),
        "name.at": array("I", accumulate((len(words) for words in names), initial=0)),
        "rules": rules,
    }
    average = sum(map(len, names)) / max(len(names), 1)
    weights = [PLENTY * (1 - LENGTH + LENGTH * len(words) / average) for words in names]
    by_word: Postings = defaultdict(dict)
    by_pair: Postings = defaultdict(dict)
    for at, words in enumerate(names):
        for word, times in Counter(words).items():
            by_word[word][at] = times * (PLENTY + 1) / (times + weights[at]) / (PLENTY + 1)
        heavy = [word for word, written in zip(words, named[at], strict=True) if not said.is_light(spelled(written))]
        for first, second in (*pairwise(words), *pairwise(heavy)):
            by_pair[first * len(vocabulary) + second][at] = 1.0
    _put(parts, "n", by_word, range(len(vocabulary)))
    _put(parts, "t", text, range(len(vocabulary)))
    _put(parts, "np", by_pair, None)
    _put(parts, "tp", text_pairs, None)
    return packed(parts)


def _long(words: Sequence[str], rules: Rules) -> list[str]:
    """A name with its short forms written out, where they stand for one thing only (`BHXH`)."""
    return [one for word in words for one in (_written_out(word, rules) or (word,))]


def _written_out(word: str, rules: Rules) -> Sequence[str]:
    forms = rules.long_forms(key(word)) if word.isupper() and len(word) > 1 else ()
    return [plain for plain, _ in forms[0]] if len(forms) == 1 else ()


def _put(parts: dict[str, "array[int] | str"], name: str, postings: Postings, every: Sequence[int] | None) -> None:
    """Postings as arrays: where each word's begin, the procedures, how much; sparse ones with their sorted keys."""
    order = sorted(postings) if every is None else every
    if every is None:
        parts[f"{name}.keys"] = array("I", order)
    lists = [sorted(postings.get(word, {}).items()) for word in order]
    parts[f"{name}.at"] = array("I", accumulate(map(len, lists), initial=0))
    parts[f"{name}.docs"] = array("H", [document for pairs in lists for document, _ in pairs])
    parts[f"{name}.much"] = array("B", [max(1, min(FULL, round(much * FULL))) for pairs in lists for _, much in pairs])


def _who(entry: Entry) -> int:
    return sum({BITS[level] for level in entry.levels}) + (CITIZENS if entry.for_citizens else 0)


def _text_words(entries: Sequence[Entry]) -> set[str]:
    """Words of the texts that at least two procedures use (what one alone says is mostly a slip or a number), and keywords,
    which somebody chose."""
    seen: Counter[str] = Counter()
    for entry in entries:
        seen.update({word for name, _ in TEXTS for word in map(key, split(getattr(entry, name))) if word.isalpha()})
    chosen = {word for entry in entries for word in map(key, split(entry.keywords)) if word.isalpha()}
    return {word for word, times in seen.items() if (times > 1 or word in chosen) and len(word) < 10}


def _texts(entries: Sequence[Entry], number: Mapping[str, int]) -> tuple[Postings, Postings]:
    """What the texts say, word by word and pair by pair; the commonest words and the pairs of one alone are left out."""
    words: Postings = defaultdict(dict)
    pairs: Postings = defaultdict(dict)
    for at, entry in enumerate(entries):
        said, beside = _said(entry, number)
        for word, amount in said.items():
            words[word][at] = amount / (amount + PLENTY)
        for pair, weight in beside.items():
            pairs[pair][at] = weight
    telling = {
        word: _most(found) for word, found in words.items() if len(found) <= max(TEXT_FEW, TEXT_SHARE * len(entries))
    }
    return telling, {pair: found for pair, found in pairs.items() if 1 < len(found) <= PAIR_DOCS}


def _said(entry: Entry, number: Mapping[str, int]) -> tuple[dict[int, float], dict[int, float]]:
    """How much of each word one procedure's texts have, and which pairs of neighbours."""
    words: dict[int, float] = defaultdict(float)
    pairs: dict[int, float] = {}
    for name, weight in TEXTS:
        found = [number.get(key(word), -1) for word in split(getattr(entry, name))]
        for word, times in Counter(found).items():
            words[word] += weight * times / (1 + len(found) / LONG_TEXT)
        for first, second in pairwise(found):
            if first >= 0 and second >= 0:
                pair = first * len(number) + second
                pairs[pair] = max(pairs.get(pair, 0.0), min(weight, 1.0))
    words.pop(-1, None)
    return words, pairs


def _most(found: dict[int, float]) -> dict[int, float]:
    """Of a word in many texts, the procedures that it says most about."""
    best = sorted(found, key=lambda at: (-found[at], at))[:TEXT_DOCS]
    return {at: found[at] for at in best}
