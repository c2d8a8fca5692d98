"""Addresses, postcodes, cities, coordinates, floors and door codes in what people write: what is found, what is not."""

from __future__ import annotations

import pytest

from officer_console.model.known import Found, Known, known
from officer_console.model.transcript import Kind, Line


def told(*texts: str, language: str = "fr") -> Known:
    """What is known after the visitor's messages; one that starts with "> " is the officer's."""
    lines = [
        Line(f"e{at}", Kind.OFFICER if text.startswith("> ") else Kind.VISITOR, at, text=text.removeprefix("> "))
        for at, text in enumerate(texts)
    ]
    return known(lines, language=language)


def texts(found: tuple[Found, ...]) -> list[str]:
    return [each.text for each in found]


PLACES = [
    ("14 rue des lilas", "14 rue des lilas"),
    ("14 RUE DES LILAS", "14 RUE DES LILAS"),
    ("14, rue des Lilas", "14, rue des Lilas"),
    ("14rue des lilas svp", "14rue des lilas"),
    ("14 r des Lilas", "14 r des Lilas"),
    ("au 14 rue des lilas", "14 rue des lilas"),
    ("n°14 rue des lilas", "14 rue des lilas"),
    ("j'habite au 14 de la rue des lilas", "14 de la rue des lilas"),
    ("14 rue des lilas 3e etage code 48B2 vite", "14 rue des lilas"),
    ("14 rue des lilas, 3e gauche", "14 rue des lilas"),
    ("14 rue des lilas il est derriere la porte", "14 rue des lilas"),
    ("14 rue des lilas dépêchez vous", "14 rue des lilas"),
    ("14 rue des lilas ouvrez moi", "14 rue des lilas"),
    ("14 rue des lilas. il est là", "14 rue des lilas"),
    ("14 rue des lilas lyon", "14 rue des lilas"),
    ("14 rue des lilas 69003 lyon", "14 rue des lilas"),
    ("14bis rue des lilas", "14bis rue des lilas"),
    ("14 bis, rue des lilas", "14 bis, rue des lilas"),
    ("3 ter impasse du Puits", "3 ter impasse du Puits"),
    ("12 quater bd Voltaire", "12 quater bd Voltaire"),
    ("14 B rue des lilas", "14 B rue des lilas"),
    ("14-16 rue des lilas", "14-16 rue des lilas"),
    ("14/16 rue des lilas", "14/16 rue des lilas"),
    ("rue des lilas 14", "rue des lilas 14"),
    ("rue des lilas au 14 il arrive", "rue des lilas au 14"),
    ("rue des lilas n°14", "rue des lilas n°14"),
    ("rue des lilas, numero 14, 2e étage", "rue des lilas, numero 14"),
    ("rue des lilas 14 vite", "rue des lilas 14"),
    ("rue de la gare, la maison bleue", "rue de la gare"),
    ("J'habite rue de Nantes à Rennes.", "rue de Nantes"),
    ("on est rue Victor Hugo", "rue Victor Hugo"),
    ("je suis dans la rue victor hugo", "rue victor hugo"),
    ("5 av jean jaures", "5 av jean jaures"),
    ("5 av. Jean Jaurès", "5 av. Jean Jaurès"),
    ("120 ave du general de gaulle", "120 ave du general de gaulle"),
    ("7 bd de l'Est", "7 bd de l'Est"),
    ("7 bld st michel", "7 bld st michel"),
    ("7 blvd St. Michel", "7 blvd St. Michel"),
    ("22 ch des vignes", "22 ch des vignes"),
    ("22 chem du moulin", "22 chem du moulin"),
    ("4 imp des roses appt 3", "4 imp des roses"),
    ("5 allée des tilleuls bat C", "5 allée des tilleuls"),
    ("5 all des tilleuls", "5 all des tilleuls"),
    ("1 pl de la mairie", "1 pl de la mairie"),
    ("8 place du Marché à Lille", "8 place du Marché"),
    ("je suis place de la mairie", "place de la mairie"),
    ("Place Bellecour", "Place Bellecour"),
    ("11 cours du medoc", "11 cours du medoc"),
    ("on est cours Mirabeau", "cours Mirabeau"),
    ("45 rte de Vannes", "45 rte de Vannes"),
    ("route de Lyon juste apres le pont", "route de Lyon"),
    ("2 quai des brumes", "2 quai des brumes"),
    ("quai de Seine", "quai de Seine"),
    ("6 sq Lamartine", "6 sq Lamartine"),
    ("résidence les Acacias bat B", "résidence les Acacias"),
    ("res les Acacias", "res les Acacias"),
    ("cité des Bleuets", "cité des Bleuets"),
    ("on vit à la tour Mozart", "tour Mozart"),
    ("hôtel Ibis chambre 212", "hôtel Ibis"),
    ("camping des pins", "camping des pins"),
    ("hameau de la Roche", "hameau de la Roche"),
    ("lieu dit la Bergerie", "lieu dit la Bergerie"),
    ("lieu-dit Kerguelen", "lieu-dit Kerguelen"),
    ("lotissement les pins 4", "lotissement les pins 4"),
    ("3 lot les chênes", "3 lot les chênes"),
    ("zac des peupliers", "zac des peupliers"),
    ("9 za du Parc", "9 za du Parc"),
    ("22 rue du Pont Saint-Martial, à Limoges.", "22 rue du Pont Saint-Martial"),
    ("31 rue de la Ganzau a Strasbourg, au 4e", "31 rue de la Ganzau"),
    ("12 rue du 8 mai 1945", "12 rue du 8 mai 1945"),
    ("12 rue du 4 septembre 2e étage", "12 rue du 4 septembre"),
    ("12 rue Pierre et Marie Curie", "12 rue Pierre et Marie Curie"),
    ("12 rue Jeanne d’Arc", "12 rue Jeanne d’Arc"),
    ("12 grande rue", "12 grande rue"),
    ("12 rue de la porte verte", "12 rue de la porte verte"),
    ("12 rue J. Moulin", "12 rue J. Moulin"),
    ("c'est au 14\nrue des lilas", "14 rue des lilas"),
    ("je suis chez lui c'est 14 rue des lilas pres de la poste", "14 rue des lilas"),
    ("il m'a frappée 3 fois rue des lilas", "rue des lilas"),
    ("06 12 34 56 78 rue des lilas", "rue des lilas"),
    ("a 22h30 rue des lilas", "rue des lilas"),
    ("en 2019 rue des lilas", "rue des lilas"),
    ("14 rue des lilas chui au 3e", "14 rue des lilas"),
    ("rue des lilas au 3 eme", "rue des lilas"),
    ("95 bd Voltaire 75011 Paris esc B 2e dte", "95 bd Voltaire"),
    ("62 rue St Lazare Paris 9e", "62 rue St Lazare"),
    ("14 rue des lilas/3e etage", "14 rue des lilas"),
    ("14 rue des lilas (3e gauche)", "14 rue des lilas"),
    ("14 rue de l'hôpital", "14 rue de l'hôpital"),
    ("28 Rue du 11 Novembre 1918", "28 Rue du 11 Novembre 1918"),
    ("j'habite allée des cerisiers au 4", "allée des cerisiers au 4"),
    ("j'habite plus 9 rue des roses, 14 rue des lilas", "14 rue des lilas"),
]
ENGLISH_PLACES = [
    ("22 high street", "22 high street"),
    ("flat 3 22 high street", "22 high street"),
    ("flat 3, 22 High Street, London", "22 High Street"),
    ("i live at 5 Station Rd", "5 Station Rd"),
    ("10 oak ave please hurry", "10 oak ave"),
    ("7 Mill Ln", "7 Mill Ln"),
    ("its 9 willow close", "9 willow close"),
    ("9 Willow Way SW1A 1AA", "9 Willow Way"),
    ("at 12 st james road", "12 st james road"),
    ("31 Rose Dr apt 4", "31 Rose Dr"),
    ("22a park lane", "22a park lane"),
    ("22 victoria avenue london", "22 victoria avenue"),
    ("we are on Church Street", "Church Street"),
    ("on church street next to the pub", "church street"),
    ("3 kings court", "3 kings court"),
    ("17 rue des ursulines, the house with green shutters", "17 rue des ursulines"),
    ("rue Oberkampf in paris, number 96", "rue Oberkampf in paris, number 96"),
    ("Avenue de Toulouse, number 140, first floor.", "Avenue de Toulouse, number 140"),
    ("wait uber says 11 cours du medoc", "11 cours du medoc"),
    ("flat 12, 45 Queen's Road, Brighton BN1 3XA", "45 Queen's Road"),
    ("i'm at the holiday inn on king street", "king street"),
    ("14 avenue foch, he is here", "14 avenue foch"),
]
NO_PLACES = [
    "à ma place vous feriez quoi",
    "il y a une place ?",
    "ils sont sur place",
    "je prends la place de quelqu'un",
    "je ne veux pas prendre la place de Marie",
    "une place de parking",
    "c'est en cours",
    "je suis en cours",
    "j'ai cours demain",
    "j'ai 2 cours de maths",
    "au cours de la nuit",
    "on est en route",
    "il est en route vers chez moi",
    "je suis allée a la police",
    "j'y suis allée des fois",
    "je suis à la rue",
    "je suis dans la rue",
    "dans la rue avec mon fils",
    "toute la rue entend",
    "une rue calme",
    "la rue est vide",
    "il m'a frappée 3 fois rue",
    "la voiture se voie de la rue.",
    "rue",
    "14 rue",
    "14 rue rue rue",
    "appelez moi au 06 12 34 56 78",
    "22h30",
    "il arrive a 18h",
    "je vais voir le dr martin",
    "à la saint valentin",
    "il m'a parlé sur le quai, j'ai dit non",
    "ils seront sur le quai ?",
    "c'est mon tour de parler",
    "il fait le tour de la maison",
    "il a cité Martin",
    "un hotel",
    "j'ai dormi a l'hotel avec lui",
    "mon ch est mort",
    "tt le monde all in",
    "je suis av lui",
    "il a pris 200 euros",
    "le 14 juillet il m'a frappée",
    "on a 2 enfants, 3 et 5 ans",
    "il me traite de tous les noms depuis 14 ans",
    "j'ai reçu genre 40 messages",
    "le chemin du retour",
    "il a changé de wagon 2 fois en meme temps que moi",
    "j'habite pas 14 rue des lilas",
]
ENGLISH_NO_PLACES = [
    "he is close",
    "he has 2 guns close",
    "10 minutes drive",
    "he is 2 metres away",
    "5 min walk",
    "no way out",
    "is there a place to go",
    "in the first place",
    "my place is not safe",
    "i'm in the street",
    "in the street",
    "down the road",
    "2 blocks down the road",
    "one way street",
    "the 3 of us close the door",
    "he will take me to court",
    "I can pay a hotel or a flight tonight",
    "his 2 friends drive",
    "dr smith saw me",
    "my street",
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_street_is_found(text: str, place: str) -> None:
    assert texts(told(text).places) == [place]


@pytest.mark.parametrize(("text", "place"), ENGLISH_PLACES)
def test_a_street_is_found_in_english(text: str, place: str) -> None:
    assert texts(told(text, language="en").places) == [place]


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_street_is_found(text: str) -> None:
    assert texts(told(text).places) == []


@pytest.mark.parametrize("text", ENGLISH_NO_PLACES)
def test_no_street_is_found_in_english(text: str) -> None:
    assert texts(told(text, language="en").places) == []


@pytest.mark.parametrize(
    ("messages", "places"),
    [
        (("14 rue des lilas", "non 16 rue des lilas pas 14"), ["16 rue des lilas", "14 rue des lilas"]),
        (("14 rue des lilas", "rue de la gare"), ["14 rue des lilas", "rue de la gare"]),
        (("14 rue des Lilas", "je répète 14, rue des lilas"), ["14, rue des lilas"]),
        (("j'habite rue des lilas", "au 14"), ["rue des lilas au 14"]),
        (("rue des lilas", "14"), ["rue des lilas 14"]),
        (("rue des lilas", "> quel numéro ?", "14"), ["rue des lilas 14"]),
        (("rue des lilas", "> combien sont-ils ?", "2"), ["rue des lilas"]),
        (("rue des lilas", "> à quel étage ?", "au 3"), ["rue des lilas"]),
        (("rue des lilas", "2 enfants"), ["rue des lilas"]),
        (("rue des lilas 2 hommes sont la",), ["rue des lilas"]),
        (("rue des lilas 3 gauche",), ["rue des lilas"]),
        (("14", "rue des lilas"), ["14 rue des lilas"]),
        (("il m'a frappée 2 fois et je saigne, il a 14", "rue des lilas"), ["rue des lilas"]),
        (("14 rue des lilas résidence les pins",), ["14 rue des lilas", "résidence les pins"]),
    ],
)
def test_several_messages(messages: tuple[str, ...], places: list[str]) -> None:
    assert texts(told(*messages).places) == places


@pytest.mark.parametrize(
    ("text", "postcodes", "cities"),
    [
        ("69003 lyon", ["69003"], ["lyon"]),
        ("69003", ["69003"], []),
        ("14 rue des lilas 69003 Lyon 3e", ["69003"], ["Lyon"]),
        ("rue des lilas 14 69003 lyon", ["69003"], ["lyon"]),
        ("93200 saint denis bat C", ["93200"], ["saint denis"]),
        ("93200 Saint-Denis, vite", ["93200"], ["Saint-Denis"]),
        ("59650 villeneuve d'ascq", ["59650"], ["villeneuve d'ascq"]),
        ("13100 aix en provence svp", ["13100"], ["aix en provence"]),
        ("17000 La Rochelle", ["17000"], ["La Rochelle"]),
        ("code postal 69003", ["69003"], []),
        ("je suis dans le 69003", ["69003"], []),
        ("Lyon 69003", ["69003"], ["Lyon"]),
        ("j'habite à Lyon, 69003", ["69003"], ["Lyon"]),
        ("01000 bourg en bresse", ["01000"], ["bourg en bresse"]),
        ("97400 saint denis", ["97400"], ["saint denis"]),
        ("14 rue des lilas à Lyon", [], ["Lyon"]),
        ("14 rue des lilas, lyon", [], ["lyon"]),
        ("22 high street london SW1A 1AA", ["SW1A 1AA"], ["london"]),
        ("22 high street, London sw1a1aa", ["sw1a1aa"], ["London"]),
        ("M1 2AB", ["M1 2AB"], []),
        ("je suis a marseille", [], []),
        ("14 rue des lilas a coté de la gare", [], []),
        ("14 rue des lilas à pied", [], []),
        ("il me doit 15000", [], []),
        ("15000 euros", [], []),
        ("il m'a pris 12000€", [], []),
        ("06 12 34 56 78", [], []),
        ("0612345678", [], []),
        ("06 12 34 69003 lyon", [], []),
        ("14 rue de Nantes 35000", ["35000"], []),
        ("06123 45678", [], []),
        ("06 12 34 56789", [], []),
        ("00123", [], []),
        ("99000 lyon", [], []),
        ("dossier 12345 a marseille", [], []),
        ("le code c'est 12345", [], []),
        ("en 2019", [], []),
        ("bat b2 2nd floor", [], []),
        ("he comes at 3am", [], []),
    ],
)
def test_postcodes_and_cities(text: str, postcodes: list[str], cities: list[str]) -> None:
    found = told(text)
    assert (texts(found.postcodes), texts(found.cities)) == (postcodes, cities)


@pytest.mark.parametrize(
    ("text", "floors"),
    [
        ("14 rue des lilas 3e etage code 48B2 vite", ["3e etage"]),
        ("14 rue des lilas, 3e gauche", ["3e gauche"]),
        ("3eme étage", ["3eme étage"]),
        ("3 ème étage porte droite", ["3 ème étage porte droite"]),
        ("au 2e", ["2e"]),
        ("Eux c'est le 2e, porte de droite", ["2e, porte de droite"]),
        ("31 rue de la Ganzau a Strasbourg, au 4e", ["4e"]),
        ("au premier", ["premier"]),
        ("1er", ["1er"]),
        ("2e dte", ["2e dte"]),
        ("3eme etg droite", ["3eme etg droite"]),
        ("1er étage gauche", ["1er étage gauche"]),
        ("rdc", ["rdc"]),
        ("au rez de chaussée", ["rez de chaussée"]),
        ("Au rez-de-chaussée.", ["rez-de-chaussée"]),
        ("dernier étage", ["dernier étage"]),
        ("appt 12", ["appt 12"]),
        ("appartement 4", ["appartement 4"]),
        ("porte 31", ["porte 31"]),
        ("bât B", ["bât B"]),
        ("escalier C", ["escalier C"]),
        ("bat C, 6e etage porte 61", ["bat C, 6e etage porte 61"]),
        ("hôtel Ibis chambre 212", ["chambre 212"]),
        ("2nd floor", ["2nd floor"]),
        ("flat 3", ["flat 3"]),
        ("ground floor", ["ground floor"]),
        ("third floor i think, sorry", ["third floor"]),
        ("apt 4b, top floor", ["apt 4b, top floor"]),
        ("la voisine du 5e peut prendre les petits", []),
        ("c'est la 3e fois", []),
        ("le 2e coup", []),
        ("paris, 11e", []),
        ("il me bat", []),
        ("il me bat 3 fois par semaine", []),
        ("il est derriere la porte", []),
        ("la porte est fermée", []),
        ("il est dans l'escalier", []),
        ("a 200 metres", []),
        ("his name is Theo from an app. i am Hannah", []),
        ("on the floor", []),
        ("he is at my flat", []),
        ("il sonne a tous les etages", []),
    ],
)
def test_floors(text: str, floors: list[str]) -> None:
    assert texts(told(text).floors) == floors


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("code 48B2", ["48B2"]),
        ("code48B2", ["48B2"]),
        ("le code c'est 48B2", ["48B2"]),
        ("le code de la porte est 48B2", ["48B2"]),
        ("le code en bas c'est A1234", ["A1234"]),
        ("digicode : 1234A", ["1234A"]),
        ("digicode 12B45 puis 3e", ["12B45"]),
        ("faut taper le code 48B2", ["48B2"]),
        ("48B2 c'est le code", ["48B2"]),
        ("48B2", ["48B2"]),
        ("door code is 1234", ["1234"]),
        ("the code is 4821#", ["4821#"]),
        ("interphone Martin", ["interphone Martin"]),
        ("interphone martin", ["interphone martin"]),
        ("sonnez a Diarra", ["sonnez a Diarra"]),
        ("interphone au nom de Le", ["interphone au nom de Le"]),
        ("intercom Smith", ["intercom Smith"]),
        ("buzzer 12", ["buzzer 12"]),
        ("code postal 69003", []),
        ("code promo ABC12", []),
        ("post code 69003", []),
        ("le code de la route", []),
        ("code pin 1234", []),
        ("mon code a changé", []),
        ("l'interphone marche pas faut sonner", []),
        ("l'interphone est cassé", []),
        ("interphone HS", []),
        ("16h30", []),
        ("22a", []),
        ("2019", []),
    ],
)
def test_codes(text: str, codes: list[str]) -> None:
    found = texts(told(text).codes)
    assert found == codes


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("43.2965, 5.3698", (43_296_500, 5_369_800)),
        ("geo:43.2965,5.3698", (43_296_500, 5_369_800)),
        ("je suis la 43.296482,5.369780 vite", (43_296_482, 5_369_780)),
        ("https://maps.google.com/?q=43.2965,5.3698", (43_296_500, 5_369_800)),
        ("https://www.google.com/maps/@43.2965,5.3698,17z", (43_296_500, 5_369_800)),
        ("https://www.openstreetmap.org/#map=17/43.2965/5.3698", (43_296_500, 5_369_800)),
        ("https://www.openstreetmap.org/?mlat=43.2965&mlon=5.3698", (43_296_500, 5_369_800)),
        ("https://maps.apple.com/?ll=43.2965%2C5.3698", (43_296_500, 5_369_800)),
        ("51.5007° N, 0.1246° W", (51_500_700, -124_600)),
        ("-21.1151, 55.5364", (-21_115_100, 55_536_400)),
        ("12.50, 14.90", None),
        ("192.168.1.1", None),
        ("95.1234, 5.1234", None),
        ("0.0000, 0.0000", None),
        ("43.2965", None),
        ("43.296, 5.3698", None),
    ],
)
def test_coordinates_she_typed(text: str, point: tuple[int, int] | None) -> None:
    found = [(each.lat, each.lon) for each, _at in told(text).points]
    assert found == ([point] if point else [])
