"""Opening hours: what is read, what is refused and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.hours import DAY, DAYS, HoursError, Span, parse
from officer_console.referrals.phrases import hours_in_words, languages

TEN_TO_SEVEN = (Span(600, 1140),)


@pytest.mark.parametrize(
    ("text", "days", "holiday"),
    [
        ("Mo-Fr 10:00-19:00", [TEN_TO_SEVEN] * 5 + [()] * 2, None),
        ("mo-fr 10:00-19:00".replace("mo", "Mo").replace("fr", "Fr"), [TEN_TO_SEVEN] * 5 + [()] * 2, None),
        ("10:00-19:00", [TEN_TO_SEVEN] * 7, None),
        ("Mo-Su 10:00-19:00; PH off", [TEN_TO_SEVEN] * 7, ()),
        ("Mo-Su,PH 10:00-19:00", [TEN_TO_SEVEN] * 7, TEN_TO_SEVEN),
        ("Mo-Su 10:00-19:00; We off", [TEN_TO_SEVEN] * 2 + [()] + [TEN_TO_SEVEN] * 4, None),
        ("Mo , Tu 10:00 - 19:00", [TEN_TO_SEVEN] * 2 + [()] * 5, None),
        ("Mo 10:00–19:00", [TEN_TO_SEVEN] + [()] * 6, None),
        ("Su-Mo 10:00-19:00", [TEN_TO_SEVEN] + [()] * 5 + [TEN_TO_SEVEN], None),
        ("Mo 14:30-17:30,10:00-13:00", [(Span(600, 780), Span(870, 1050))] + [()] * 6, None),
        ("Fr 18:00-02:00", [()] * 4 + [(Span(1080, 1560),)] + [()] * 2, None),
        ("Mo 00:00-24:00", [(Span(0, DAY),)] + [()] * 6, None),
        ("24/7", [(Span(0, DAY),)] * 7, None),
        ("unknown", [()] * 7, None),
    ],
)
def test_hours_are_read(text: str, days: list[tuple[Span, ...]], holiday: tuple[Span, ...] | None) -> None:
    hours = parse(text)
    assert list(hours.week) == days
    assert hours.holiday == holiday
    assert hours.text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("25h", "'25h' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 10:00", "'10:00' has no end; hours are written as 09:30-17:00"),
        ("Mo 25h-26h", "'25h' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 9h-19h", "'9h' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 9:00-17:00", "'9:00' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 10:60-11:00", "'10:60' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 10:00-25:00", "'25:00' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        ("Mo 24:00-02:00", "24:00 can only be an end; a day begins at 00:00"),
        ("Mo 10:00-10:00", "10:00-10:00 has no length; the whole day is 00:00-24:00"),
        ("Mo 10:00-12:00,11:00-13:00", "hours overlap in '10:00-12:00,11:00-13:00'"),
        ("lundi 10:00-12:00",
         "'lundi' is no day; days are Mo Tu We Th Fr Sa Su and PH for public holidays; did you mean Mo?"),
        ("Mo-Frr 10:00-12:00",
         "'Frr' is no day; days are Mo Tu We Th Fr Sa Su and PH for public holidays; did you mean Fr?"),
        ("Sa-PH 10:00-12:00", "PH, public holidays, is no day of the week; write it after a comma, as in Sa,PH"),
        ("Mo", "Mo has no hours; write Mo 09:00-17:00, or Mo off"),
        ("Mo 10:00-12:00; Mo 14:00-16:00",
         "Mo has hours twice; write them in one rule, as in Mo 10:00-12:00,14:00-16:00"),
        ("24/7; PH off", "24/7 stands alone, without other rules"),
        ("24h/24, 7j/7", "must be hours like Mo-Fr 10:00-19:00, 24/7 or unknown; did you mean 24/7?"),
        ("", "must be hours like Mo-Fr 10:00-19:00, 24/7 or unknown"),
        ("Mo 10:00-12:00;", "there is nothing before or behind a “;”"),
        ("Mo-Fr 10:00-19:00 " * 40, "must be hours like Mo-Fr 10:00-19:00, 24/7 or unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_how_it_should_look(text: str, reason: str) -> None:
    with pytest.raises(HoursError) as caught:
        parse(text)
    assert str(caught.value) == reason


@given(st.text() | st.text(alphabet="MoTuWeThFrSaSuPH0123456789:-,; off/", max_size=60))
def test_any_text_is_read_or_refused_and_what_is_read_can_be_told(text: str) -> None:
    try:
        hours = parse(text)
    except HoursError as error:
        assert str(error)
        return
    assert all(0 <= span.start < span.end <= span.start + DAY for day in hours.week for span in day)
    assert all(hours_in_words(hours, language) for language in languages())


TIMES = st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(st.sampled_from(DAYS), min_size=1, unique=True), TIMES)
def test_what_is_written_is_read(days: list[str], times: tuple[int, int]) -> None:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in times)
    hours = parse(f"{','.join(days)} {start}-{end}")
    span = Span(times[0], times[1] if times[1] > times[0] else times[1] + DAY)
    assert [bool(spans) for spans in hours.week] == [day in days for day in DAYS]
    assert {spans for spans in hours.week if spans} == {(span,)}


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("24/7", "24h/24", "24 hours a day"),
        ("unknown", "horaires à vérifier", "opening hours to be checked"),
        ("Mo-Su 09:00-20:00", "tous les jours de 9h à 20h", "every day 09:00 to 20:00"),
        ("Mo-Fr 10:00-19:00; PH off", "du lundi au vendredi de 10h à 19h, sauf jours fériés",
         "Monday to Friday 10:00 to 19:00, except public holidays"),
        ("Mo,Tu,Th,Fr 10:00-17:00", "lundi, mardi, jeudi et vendredi de 10h à 17h",
         "Monday, Tuesday, Thursday and Friday 10:00 to 17:00"),
        ("Mo 10:00-13:00,14:30-17:30; Th 10:00-13:00; PH 10:00-12:00",
         "lundi de 10h à 13h et de 14h30 à 17h30, jeudi de 10h à 13h, les jours fériés de 10h à 12h",
         "Monday 10:00 to 13:00 and 14:30 to 17:30, Thursday 10:00 to 13:00, public holidays 10:00 to 12:00"),
        ("Fr,Sa 18:00-02:00", "vendredi et samedi de 18h à 2h", "Friday and Saturday 18:00 to 02:00"),
    ],
)  # fmt: skip
def test_hours_in_words(text: str, french: str, english: str) -> None:
    assert (hours_in_words(parse(text), "fr"), hours_in_words(parse(text), "en")) == (french, english)
