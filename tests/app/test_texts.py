"""The catalogues say the same things in every language, and sentences are filled in as promised."""

import json
from pathlib import Path

import pytest
from markupsafe import Markup

from app.texts import LANGUAGES, Catalogue, MissingText, placeholders

FOLDER = Path(__file__).parents[2] / "app" / "texts"
AREAS = sorted(path.stem for path in (FOLDER / "ja").glob("*.json"))


def _area(lang: str, area: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((FOLDER / lang / f"{area}.json").read_text(encoding="utf-8"))
    return texts


def test_every_language_has_the_same_areas() -> None:
    assert {lang: sorted(path.stem for path in (FOLDER / lang).glob("*.json")) for lang in LANGUAGES} == dict.fromkeys(
        LANGUAGES, AREAS
    )


@pytest.mark.parametrize("area", AREAS)
def test_languages_have_the_same_keys_and_placeholders(area: str) -> None:
    ja, en = _area("ja", area), _area("en", area)
    assert ja.keys() == en.keys()
    assert {key: placeholders(text) for key, text in ja.items()} == {
        key: placeholders(text) for key, text in en.items()
    }


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_keys_are_sorted_belong_to_their_area_and_say_something(lang: str, area: str) -> None:
    texts = _area(lang, area)
    assert list(texts) == sorted(texts)
    assert all(key.startswith(f"{area}.") for key in texts)
    assert [key for key, text in texts.items() if not text.strip()] == []


def _catalogue(text: str, *, strict: bool = True) -> Catalogue:
    return Catalogue({"ja": {"a.b": text}}, strict=strict)


def test_a_missing_key_raises_or_shows_itself() -> None:
    with pytest.raises(MissingText):
        _catalogue("").t("ja", "a.c")
    assert _catalogue("", strict=False).t("ja", "a.c") == "a.c"


def test_a_missing_parameter_raises_or_shows_the_key() -> None:
    with pytest.raises(MissingText, match="name"):
        _catalogue("{name}さん").t("ja", "a.b")
    assert _catalogue("{name}さん", strict=False).t("ja", "a.b") == "a.b"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 votes"), (1, "1 vote"), ("1", "1 vote"), (2, "2 votes"), ("1,200", "1,200 votes")]
)
def test_a_word_follows_its_number(n: object, said: str) -> None:
    assert _catalogue("{n} {n:vote|votes}").t("ja", "a.b", n=n) == said


def test_plain_parameters_stay_plain_text() -> None:
    said = _catalogue("{name} & {{co}}").t("ja", "a.b", name="<b>")
    assert said == "<b> & {co}"
    assert not isinstance(said, Markup)


def test_one_markup_parameter_escapes_all_else() -> None:
    said = _catalogue("<i> {name}: {link} {n:a<|b<}").t("ja", "a.b", name="<b>", link=Markup("<a>x</a>"), n=1)
    assert said == Markup("&lt;i&gt; &lt;b&gt;: <a>x</a> a&lt;")


@pytest.mark.parametrize("text", ["{name.__class__}", "{name[0]}"])
def test_a_sentence_reaches_nothing_inside_its_parameters(text: str) -> None:
    with pytest.raises(MissingText):
        _catalogue(text).t("ja", "a.b", name="x")


def test_a_key_of_another_area_is_refused(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "members.json").write_text('{"tokens.name": "x"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokens\.name"):
        Catalogue.load(tmp_path)
