"""Tokens as bytes: spellings, cuts that spell whatever the data is, and no special token in them."""

import json
from itertools import takewhile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models import made
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from codelength.errors import UsageError
from codelength.models.pretrained_vocabulary import Vocabulary, byte_letters, spelling_rule, vocabulary_of


class Fast:
    """The part of a tokenizer of transformers that the vocabulary asks for."""

    unk_token_id = None

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.backend_tokenizer = tokenizer
        self.all_special_ids = [id_ for id_, token in tokenizer.get_added_tokens_decoder().items() if token.special]

    def get_vocab(self) -> dict[str, int]:
        return dict(self.backend_tokenizer.get_vocab())

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        raise AssertionError("a fast tokenizer is asked through its backend")


class Slow:
    """A tokenizer of transformers in Python: no offsets, pieces of SentencePiece; cuts into letters, upper as lower."""

    unk_token_id = 0
    tokens = ("<unk>", *"▁abcdefgh", "▁a")

    def __init__(self) -> None:
        self.all_special_ids = [0]

    def get_vocab(self) -> dict[str, int]:
        return {token: id_ for id_, token in enumerate(self.tokens)}

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        return [self.get_vocab().get(letter, 0) for letter in text.lower().replace(" ", "▁")]


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=200, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(made.TEXT.splitlines()[:300], trainer)
    return tokenizer


MAKERS = {"byte level": made.byte_level, "byte fallback": made.byte_fallback, "lossy": made.lossy, "unigram": unigram}
VOCABULARIES = {name: vocabulary_of(Fast(make()), 10_000) for name, make in MAKERS.items()}
VOCABULARIES["slow"] = vocabulary_of(Slow(), 100)


def spelled(vocabulary: Vocabulary, symbols: list[int]) -> bytes:
    return b"".join(map(vocabulary.spelling, symbols))


def special_ids(name: str) -> set[int]:
    return {0} if name == "slow" else set(Fast(MAKERS[name]()).all_special_ids)


@pytest.mark.parametrize("name", VOCABULARIES)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        bytes(range(256)),
        made.TEXT[:3000].encode(),
        "naïve café, Ünïcödé  \u3000 e\u0301 \u00e9 \U0001f600\u200d\r\n\t".encode(),
        "naïve".encode()[:3] + b"\xff\xfe" + "é".encode()[:1],
        b"<|endoftext|><s></s><unk>[UNK]<0x41>\xe2\x96\x81 Hello  World",
        np.random.default_rng(3).bytes(2000),
    ],
    ids=["empty", "zero", "all bytes", "text", "unicode", "broken", "special", "random"],
)
def test_a_cut_spells_the_data_whatever_it_is(name: str, data: bytes) -> None:
    vocabulary = VOCABULARIES[name]
    symbols = vocabulary.cut(data)
    assert spelled(vocabulary, symbols) == data
    assert vocabulary.cut(data) == symbols
    used = {int(vocabulary.ids[symbol]) for symbol in symbols if symbol < vocabulary.size}
    assert not used & special_ids(name)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_cut_spells_whatever_bytes_there_are(name: str) -> None:
    vocabulary = VOCABULARIES[name]

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def law(data: bytes) -> None:
        assert spelled(vocabulary, vocabulary.cut(data)) == data

    law()


def test_text_is_cut_as_its_tokenizer_cuts_it() -> None:
    tokenizer, vocabulary, text = made.byte_level(), VOCABULARIES["byte level"], made.TEXT[:2000]
    wanted = tokenizer.encode(text, add_special_tokens=False).ids
    assert [int(vocabulary.ids[symbol]) for symbol in vocabulary.cut(text.encode())] == wanted


def test_only_what_a_tokenizer_puts_in_front_is_cut_otherwise() -> None:
    tokenizer, vocabulary, text = made.byte_fallback(), VOCABULARIES["byte fallback"], made.TEXT[:2000]
    wanted = tokenizer.encode(text, add_special_tokens=False).ids
    got = [int(vocabulary.ids[symbol]) for symbol in vocabulary.cut(text.encode())]
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(got[::-1], wanted[::-1], strict=False)))
    assert alike >= len(wanted) - 3


def test_vocabularies_know_whether_they_must_escape() -> None:
    complete = {name: vocabulary.is_complete for name, vocabulary in VOCABULARIES.items()}
    assert complete == {"byte level": True, "byte fallback": True, "lossy": False, "unigram": False, "slow": False}
    assert max(VOCABULARIES["byte level"].cut(bytes(range(256)))) < VOCABULARIES["byte level"].size


def test_what_a_normaliser_changes_is_spelled_by_tokens_that_fit_and_escapes() -> None:
    vocabulary = VOCABULARIES["lossy"]
    symbols = vocabulary.cut(b"the The")
    the = vocabulary.cut(b"the")
    assert len(the) == 1 and the[0] < vocabulary.size
    assert symbols[:3] == [*the, vocabulary.size + ord(" "), vocabulary.size + ord("T")]
    assert spelled(vocabulary, symbols[3:]) == b"he"


def test_a_slow_tokenizer_is_taken_where_it_spells_the_text() -> None:
    vocabulary = VOCABULARIES["slow"]
    assert [vocabulary.spelling(symbol) for symbol in vocabulary.cut(b"ab a")] == [b"a", b"b", b" ", b"a"]
    assert [vocabulary.spelling(symbol) for symbol in vocabulary.cut(b"aB a")] == [b"a", b"B", b" a"]


def test_the_letters_of_bytes_are_those_of_the_tokenizers_library() -> None:
    assert set(byte_letters()) == set(pre_tokenizers.ByteLevel.alphabet())
    assert sorted(byte_letters().values()) == [bytes((byte,)) for byte in range(256)]
    for text in ("héllo wörld", "\x00\x7f\u00a0\u00ad", "日本"):
        pieces = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)
        assert b"".join(byte_letters()[letter] for piece, _ in pieces for letter in piece) == text.encode()


@pytest.mark.parametrize("prefix", [b"t", b"th", b" ", b"\xff", b"\xff\xff", b"zzzz", b"\xfe", b"a\xff"])
def test_entries_that_begin_alike_are_neighbours(prefix: bytes) -> None:
    texts = [b"a", b"a\xff", b"a\xffb", b"b", b"t", b"th", b"the", b"\xfe", b"\xff", b"\xff\xff", b"\xff\xff\xff", b" "]
    vocabulary = Vocabulary(enumerate(texts), lambda text: ([], []))
    low, high = vocabulary.beginning(prefix)
    assert [vocabulary.spelling(entry) for entry in range(low, high)] == sorted(
        text for text in texts if text.startswith(prefix)
    )


def test_prefix_ranges_are_those_of_each_beginning() -> None:
    vocabulary = VOCABULARIES["byte level"]
    entry = max(range(vocabulary.size), key=lambda entry: len(vocabulary.spelling(entry)))
    lows, highs = vocabulary.prefix_ranges(entry)
    spelling = vocabulary.spelling(entry)
    assert len(lows) == len(spelling) - 1
    for end, low, high in zip(range(1, len(spelling)), lows, highs, strict=True):
        fits = [e for e in range(vocabulary.size) if vocabulary.spelling(e).startswith(spelling[:end])]
        assert fits == list(range(low, high))


def test_ids_beyond_the_logits_are_never_cut() -> None:
    narrow = vocabulary_of(Fast(made.byte_level()), 300)
    assert max(narrow.ids) < 300
    assert spelled(narrow, narrow.cut(made.TEXT[:500].encode())) == made.TEXT[:500].encode()


def test_a_tokenizer_that_cuts_at_random_is_made_to_cut_alike() -> None:
    description = json.loads(made.byte_level().to_str())
    description["model"]["dropout"] = 0.5
    vocabulary = vocabulary_of(Fast(Tokenizer.from_str(json.dumps(description))), 10_000)
    data = made.TEXT[:300].encode()
    assert vocabulary.cut(data) == vocabulary.cut(data) == VOCABULARIES["byte level"].cut(data)


def test_added_words_are_tokens_of_text_unless_they_are_special() -> None:
    tokenizer = made.byte_level()
    tokenizer.add_tokens(["<tool>"])
    vocabulary = vocabulary_of(Fast(tokenizer), 10_000)
    assert [vocabulary.spelling(symbol) for symbol in vocabulary.cut(b"<tool>")] == [b"<tool>"]
    assert len(vocabulary.cut(made.END.encode())) > 1


def test_the_rule_of_word_ends_and_of_pieces_of_words() -> None:
    assert spelling_rule({"decoder": {"type": "BPEDecoder", "suffix": "</w>"}})("word</w>") == b"word "
    assert spelling_rule({"decoder": {"type": "WordPiece", "prefix": "##"}})("##ing") == b"ing"
    assert spelling_rule({})("plain") == b"plain"


def test_a_vocabulary_without_any_spelling_is_refused() -> None:
    with pytest.raises(UsageError, match="spells any bytes"):
        Vocabulary([(0, b"")], lambda text: ([], []))
