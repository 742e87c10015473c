"""Tying words to names: longest first, spelling repaired only where nothing else can be meant, aliases, acronyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from assistant.frame import repaired as mend
from assistant.mentions import Namer, Tie
from assistant.question import tokens
from corpus.vocabulary import Entry, EntryRole
from corpus.words import key, stem, words

ENGLISH = frozenset(["frames", "breaks", "saddled", "ridden", "brakes", "tandems", "broken", "metal", "quartz", "wheel"])


class Names:
    """A vocabulary by hand: names with their roles, and further words."""

    def __init__(self, names: Mapping[str, EntryRole], also: str = "") -> None:
        self.by_key: dict[str, list[Entry]] = {}
        for number, (name, role) in enumerate(names.items()):
            self.by_key.setdefault(key(name), []).append(Entry(key(name), name, role, None if role == "heading" else number, number))
        held = [w for text in (*names, also) for w in words(text)]
        self.counts = {stem(w): sum(stem(x) == stem(w) for x in held) for w in held}
        self.written = {w: stem(w) for w in held}

    def entries(self, key: str) -> Sequence[Entry]:
        return self.by_key.get(key, [])

    def frequency(self, stem: str) -> int:
        return self.counts.get(stem, 0)

    def forms(self) -> Mapping[str, str]:
        return self.written

    def words_like(self, first: str, shortest: int, longest: int) -> Sequence[str]:
        return sorted(w for w in self.written if w.startswith(first) and shortest <= len(w) <= longest)


def namer(names: Mapping[str, EntryRole], also: str = "", aliases: Mapping[str, str] | None = None, alike: float = 0.9) -> Namer:
    return Namer(Names(names, also), aliases or {}, lambda word: word in ENGLISH, lambda a, b: alike)


def repaired(to: Namer, text: str) -> list[tuple[str, str]]:
    return [(r.typed, r.read) for r in to.repair(tokens(text))]


def tied(to: Namer, text: str) -> list[Tie]:
    mended, repairs = mend(text, to)
    return to.ties(tokens(mended), repairs)


def test_the_longest_name_wins() -> None:
    to = namer({"Selle": "name", "Selle Royal": "name", "Royal": "name"})

    assert [(t.words, t.name) for t in tied(to, "the selle royal saddle, or Selle")] == [("selle royal", "Selle Royal"), ("Selle", "Selle")]


@pytest.mark.parametrize("typed", ["crank set", "crank-set", "Crank Sets", "crankset", "CRANK SET"])
def test_a_name_is_known_however_it_is_joined_and_bent(typed: str) -> None:
    (found,) = tied(namer({"Crankset": "name", "Crank set": "row"}), typed)

    assert found.how == "exact"
    assert found.roles == {"name", "row"}


def test_a_name_is_written_as_typed_where_the_folder_writes_it_so_and_by_its_label_elsewhere() -> None:
    to = namer({"Disc Brake": "row", "disc brake": "name"})

    assert [t.name for t in tied(to, "disc brake")] == ["disc brake"]
    assert [t.name for t in tied(to, "DISC BRAKE")] == ["Disc Brake"]


def test_a_misspelt_word_is_read_as_the_nearest_known_one_and_the_repair_is_kept() -> None:
    to = namer({"Derailleur": "row"})

    assert repaired(to, "what is a derailer") == [("derailer", "derailleur")]
    (found,) = tied(to, "what is a derailer")
    assert (found.name, found.how) == ("Derailleur", "spelling")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Derailleur", "known"),
        ("DERAILER", "all in capitals: a name typed on purpose"),
        ("DeRailer", "capitals inside: a name typed on purpose"),
        ("rack", "too short"),
        ("xerailleur", "another first letter"),
        ("derail3r", "not a word"),
        ("dexxiller", "too many mistakes"),
        ("wheel", "ordinary English"),
    ],
    ids=lambda x: x if " " not in x else None,
)
def test_what_may_be_meant_as_typed_is_not_repaired(text: str, why: str) -> None:
    assert repaired(namer({"Derailleur": "row", "Rock": "row", "Wheels": "row"}), text) == []


def test_a_look_alike_of_two_names_is_not_repaired() -> None:
    assert repaired(namer({"Magura": "row", "Maguro": "row"}), "magurx") == []


def test_of_two_equally_near_words_the_more_frequent_is_meant() -> None:
    assert repaired(namer({"Magura": "row", "Maguro": "row"}, also="magura magura"), "magurx") == [("magurx", "magura")]


def test_an_ordinary_word_is_never_a_misspelt_name() -> None:
    assert repaired(namer({"Metall": "row", "Quarz": "row"}), "metal quartz") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whcih", "which"),
        ("thier", "their"),
        ("waht", "what"),
    ],
)
def test_question_words_typed_in_haste_are_read_as_such(typed: str, meant: str) -> None:
    assert repaired(namer({"Tandem": "row"}), f"{typed} is a tandem") == [(typed, meant)]


def test_a_number_of_letters_left_out_stands_for_the_only_word_that_fits() -> None:
    assert repaired(namer({"Derailleur": "row"}), "d8r") == [("d8r", "derailleur")]
    assert repaired(namer({"Tandem": "row", "Totem": "row"}), "t4m t3m") == [("t4m", "tandem"), ("t3m", "totem")]
    assert repaired(namer({"Tandem": "row", "Tantum": "row"}), "t4m") == []


def test_an_english_word_written_short_is_read_in_full_where_the_folder_writes_it_so() -> None:
    to = namer({"Maximum load": "row"}, also="characters")

    assert repaired(to, "max load in chars") == [("max", "maximum"), ("chars", "characters")]
    assert repaired(namer({"Max load": "row"}, also="maximum"), "max load") == []  # it is the folder's own
    assert repaired(namer({"Frame": "row"}), "max frames") == []  # the folder writes no maximum
    text = "max_load MAX"
    assert to.repair(tokens(text), text) == []  # part of a longer name, and a name in capitals


def test_a_bound_is_read_in_full_though_its_short_form_means_something_else_here() -> None:
    to = namer({"Minimum length": "row"}, also="it takes 15 min")

    assert repaired(to, "min length") == [("min", "minimum")]
    assert repaired(to, "how many min") == []
    assert repaired(to, "in 20 min") == []


def test_a_word_is_read_as_the_only_other_one_of_its_root() -> None:
    assert repaired(namer({"Regulatory duties": "row"}), "the regulation") == [("regulation", "regulatory")]
    assert repaired(namer({"Regulatory duties": "row"}, also="regulator regulatable"), "the regulation") == []  # several are
    assert repaired(namer({"Foundational": "row"}), "who founded it") == []  # what is done is no name for what is like it
    assert repaired(namer({"Container": "row"}), "what does it contain") == []  # a word that only asks


def test_a_word_cut_short_is_read_as_the_only_ordinary_word_that_begins_so() -> None:
    assert repaired(namer({"Tandem": "row"}, also="quartz"), "the qua frame") == []  # hardly anything is cut off
    assert repaired(namer({"Saddle": "row"}, also="saddled wheel broken"), "brok") == []  # two letters are missing: left to spelling
    to = namer({"Frame": "row"}, also="metalworking")
    to.common = lambda word: word in ENGLISH | {"metalworking"}
    assert repaired(to, "the meta of it") == [("meta", "metalworking")]
    to = namer({"Frame": "row"}, also="metalworking metallurgist")
    to.common = lambda word: word in ENGLISH | {"metalworking", "metallurgist"}
    assert repaired(to, "the meta of it") == []  # two words begin so


def test_a_word_without_its_vowels_is_read_as_the_only_ordinary_word_it_can_be() -> None:
    to = namer({"Frame": "row"}, also="package")
    to.common = lambda word: word in ENGLISH | {"package", "picking"}
    assert repaired(to, "the pkg of it") == [("pkg", "package")]
    to = namer({"Frame": "row"}, also="package picking")
    to.common = lambda word: word in ENGLISH | {"package", "picking"}
    assert repaired(to, "the pkg of it") == []  # two words it can be


def test_in_a_name_written_on_purpose_only_swapped_letters_are_mended() -> None:
    assert repaired(namer({"SRAMops": "row"}), "SRMAops and SRAMopz") == [("SRMAops", "sramops")]


def test_two_words_written_as_one_are_no_misspelling_of_a_third() -> None:
    assert repaired(namer({"Tandem": "row"}), "metalwheel") == []


def test_words_of_a_name_written_apart_are_no_misspellings() -> None:
    to = namer({"Campagnolo": "row", "Campa": "name", "Gnola": "name"})

    assert repaired(to, "campag nolo") == []
    assert [t.name for t in tied(to, "campag nolo")] == ["Campagnolo"]


def test_an_alias_ties_to_what_it_stands_for_and_says_so() -> None:
    to = namer({"Tandem": "row"}, aliases={"two-seater": "Tandem"})

    (found,) = tied(to, "a Two Seater")
    assert (found.words, found.name, found.how) == ("Two Seater", "Tandem", "alias")


def test_a_name_of_the_folder_beats_an_alias() -> None:
    to = namer({"Twin": "row", "Tandem": "row"}, aliases={"twin": "Tandem"})

    assert [(t.name, t.how) for t in tied(to, "twin")] == [("Twin", "exact")]


def test_words_tie_to_their_initials_only_where_they_mean_the_same() -> None:
    names: dict[str, EntryRole] = {"BB": "row"}

    assert [(t.name, t.how) for t in tied(namer(names, alike=0.9), "bottom bracket")] == [("BB", "alias")]
    assert tied(namer(names, alike=0.2), "big bell") == []
    assert tied(namer({"bb": "row"}, alike=0.9), "bottom bracket") == []  # no acronym: not in capitals


def test_a_name_that_is_a_function_word_is_only_meant_in_capitals() -> None:
    to = namer({"IT": "row", "Go": "row"})

    assert [t.name for t in tied(to, "what is IT")] == ["IT"]
    assert tied(to, "what is it") == []


def test_headings_tie_with_the_sections_they_head() -> None:
    (found,) = tied(namer({"Chain care": "heading"}), "chain care")

    assert found.sections == {0}
    assert found.is_label()
    assert not tied(namer({"Chain care": "name"}), "chain care")[0].is_label()


def test_ties_stand_in_order_of_place_and_never_overlap() -> None:
    found = tied(namer({"Tandem": "row", "Frame": "column", "Tandem frame": "name"}), "frame tandem frame tandem")

    assert [(t.start, t.end) for t in found] == [(0, 1), (1, 3), (3, 4)]
