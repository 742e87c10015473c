"""Messages in other languages: told by script and small words, said in English, and never where something was found."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.foreign import is_foreign

FOREIGN = {
    "German": "Welche Bremsen hat das Tandem?",
    "French": "Quels freins pour le tandem ?",
    "Spanish": "¿Qué frenos usa el tándem?",
    "Italian": "Quali sono i freni del tandem?",
    "Portuguese": "Quais são os freios da bicicleta?",
    "Dutch": "Wat is het doel van de tandem?",
    "Polish": "Jakie hamulce ma tandem?",
    "Danish": "Hvad er en tandem?",
    "Turkish": "Tandem nedir?",
    "Russian": "Какие тормоза?",
    "Chinese": "双人自行车是什么?",
    "Arabic": "ما هي الفرامل؟",
    "Hebrew": "מה זה טנדם?",
    "Hindi": "टैंडम क्या है?",
}
ENGLISH = (
    "what are the brakes of the tandem",
    "is Hahnemühle a paper",
    "papers of Hahnemühle",
    "café au lait",
    "Mathieu van der Poel",
    "die cutting tools",
    "El Niño",
    "brakes",
    "",
)


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_another_language_is_told_from_english(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_with_foreign_names_in_it_is_english(text: str) -> None:
    assert not is_foreign(text)


def test_the_refusal_says_so_in_english_and_shows_what_can_be_asked(bike: Assistant) -> None:
    answer = bike.ask("Welche Bremsen hat das Tandem und wie heißen sie?")

    assert (answer.status, answer.decline, answer.citations) == ("declined", "unclear", ())
    assert answer.text.startswith("Only English is read here.")
    assert "Tandem" in answer.text
    assert answer.suggestions
    assert all(bike.ask(s).status == "answered" for s in answer.suggestions)
