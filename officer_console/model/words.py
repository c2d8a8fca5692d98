"""Words by which addresses are told from other sentences, in French and English, without accents."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# ---- kinds of streets --------------------------------------------------------------------------------------------

OPEN: Final = words(
    "rue avenue boulevard bd bld blvd bvd impasse square quai faubourg fbg ruelle rte route chemin chem sentier"
    " venelle hameau residence lotissement hotel camping zac"
) | {"lieu dit"}
"""Kinds that make an address without a number: "rue de la gare, la maison bleue"."""
DIRECT: Final = words("hameau residence lotissement camping hotel zac") | {"lieu dit"}
"""Those that take a name after an article: "la résidence acacias"."""
_AFTER: Final = {
    "place": "ma sa ta la une sur en de des votre leur notre quelle cette in first the your my his her no any same",
    "pl": "ma sa ta une sur en de des",
    "cours": "en au mes des les de ses ai as avait l un vos nos du mon le son",
    "allee": "suis es est etait etais sommes sont y deja jamais serais serait pas bien etre ete ai en",
    "cite": "a ai as avait est ont avoir me te l il",
    "tour": "un le mon son ton au notre leur ce chaque du a faire fait",
    "passage": "un le mon son de au du ce",
    "lot": "un le ce du", "domaine": "un le mon son ce du", "villa": "une ma sa", "promenade": "une ma en de",
    "clos": "a est ai", "mail": "un mon le son par mes de ton en ce",
    "av": "", "ave": "", "imp": "", "res": "", "sq": "", "za": "", "zi": "", "esplanade": "",
}  # fmt: skip
GUARDED: Final = {kind: words(before) for kind, before in _AFTER.items()}
"""Kinds that are everyday words too -> words before them that say so. Without a number they need a capital or "de"."""
_NUMBERED_ONLY = words("r ch all crs montee traverse sente voie")
FRENCH: Final = OPEN | GUARDED.keys() | _NUMBERED_ONLY
ADJECTIVES: Final = (
    "grande?", "petite?", "vieille", "vieux", "ancienne?", "haute", "basse", "nouvelle",
)  # fmt: skip
"""Between number and kind, as patterns: "12 grande rue"."""
ENGLISH_OPEN: Final = words("street road lane avenue crescent")
WEAK_ENGLISH: Final = words(
    "close way drive court place park hill walk row green dr ct st square sq gardens grove mews"
)
"""English kinds that are everyday words too."""
ENGLISH: Final = ENGLISH_OPEN | WEAK_ENGLISH | words("rd ave av ln terrace boulevard blvd cres")
SHARED: Final = FRENCH & ENGLISH
ENGLISH_LEADS: Final = words("at is live lives in address number no its flat unit apt apartment and on near")

# ---- what a name is made of, and what ends it --------------------------------------------------------------------

PARTICLES: Final = words("de du des d la le les l aux")
ABBREVIATED: Final = words("st ste dr gal mal cdt pdt prof av ave bd bld blvd r pl ch all imp rte res sq lot chem crs")
MONTHS: Final = words(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january february march"
    " april may june july august september october november december"
)
HARD: Final = words(
    "jss jsp jai chui chuis ya yavait ct pr ds tt mtn mnt dsl bcp pk pq qd pls tkt jpp "
    "je j jsuis tu il ils elle elles on nous vous me m te t se s lui leur leurs moi toi eux mon ma mes ton ta tes son"
    " sa ses notre nos votre vos ce c cet cette ces ca cela qui que qu quoi dont ou y en n ne pas plus jamais rien"
    " personne tout tous toute toutes et mais donc car ni si a au dans par pour avec sans chez vers depuis pendant"
    " avant apres entre contre derriere devant sur sous pres jusque jusqu comme quand comment combien pourquoi parce"
    " puis alors aussi encore deja bientot maintenant hier demain aujourd ici voila voici svp stp svpp vite vitte"
    " urgent urgence merci ok oui non nn nan ouais bonjour bonsoir salut aide hein bon bah ben genre juste environ"
    " presque plutot un une autre autres meme suis es est cest sommes etes sont etais etait etaient ete ai as avons"
    " avez ont avais avait avaient aura va vais vont vas viens vient venez venir fait fais faites faut peux peut"
    " pouvez veux veut voulez habite habites habitent habitais vis vit vivons loge arrive arrivent arrivez rentre"
    " rentrer frappe frappee tape cogne crie hurle attend attends attendez attendre dit dis entend entends voit vois"
    " sait sais crois pense marche fonctionne sonne envoie envoyez aidez passe passer trouve appelle tjs toujours la-"
    " bas tout trop tres peu beaucoup quelqu qqn the i im he hes she shes it its they we you my his her your our their"
    " this that these those there is are was were am be been has have had do does did dont not no yes and but so"
    " because if when where who what why how with without from for of to at by up down out over under about near next"
    " please pls plz quick quickly fast hurry now here help come comes coming send in behind just off away thank"
    " thanks sorry hello hi okay live lives living only very too bis ter quater an going get gets one two three my"
    " while until since then than into said says told can cannot could will would should must"
)
"""Words that are in no street's name."""
HARD_BUT: Final = {"est": "l", "marche": "du", "ecoute": "l"}
"""Words of HARD that are names after this one: "boulevard de l'Est", "place du Marché"."""
SOFT: Final = words(
    "porte code digicode interphone etage etages rdc rez appt appart apt app appartement bat batiment bats bt esc"
    " escalier hall entree portail immeuble maison maisons pavillon face gauche droite cote coter fond cour premier"
    " deuxieme troisieme dernier premiere tel telephone numero num no portable cp postal voiture boutique magasin"
    " sonnette nom coin bout angle proche niveau hauteur arret metro bus tram station arrondissement floor flat door"
    " gate buzzer intercom ground first second third top sonnez venez depechez logement chambre room number house"
    " building apartment unit studio sous-sol"
)
"""Words that end a name, and may be one after "de la": "12 rue de la porte"."""
COUNTED: Final = words(
    "parking quelqu cine cinema concert train theatre danse maths math francais anglais espagnol sport piano chant"
    " natation yoga soir judo guitare droit physique histoire conduite"
)
"""What one has "2 cours" or "1 place" of."""
NO_NAMES: Final = COUNTED | words(
    "mort suite retour travail boulot nuit coin haut bas police secours garde force roue vie pietonne commercante"
    " voisine parallele deserte sombre noire vide entiere centre libre paye payee faisant inverse departementale"
    " nationale main same other wrong right whole long busy dark quiet little small high-speed dirt back every each"
    " another fois or and parler sortir partir rire manger dormir mentir honneur choix suivante arriere avant"
)
"""Words that make no address without a number: "la place de parking", "cours de danse"."""
INDEFINITE: Final = words(
    "un une cette ce quelle quel autre meme ma sa ta mon ton votre notre leur toute chaque en plusieurs pleine"
)
"""Before a street without a number they say that no certain one is meant."""
LOCATORS: Final = words(
    "suis habite habitons vit vis loge est a au vers pres devant adresse ici dans de rentre sommes sont at on in is"
    " near live from non oui c cest ok bloquee bloque cachee"
)
ENGLISH_NAMES: Final = words("station house hall gate bridge top first second third fond angle")
"""Words of SOFT that English streets are named after."""
CITIES: Final = words(
    "paris marseille lyon toulouse nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon"
    " angers nimes villeurbanne clermont aix brest limoges amiens metz besancon orleans mulhouse rouen caen nancy"
    " argenteuil montreuil roubaix tourcoing nanterre avignon creteil poitiers versailles courbevoie pau calais cannes"
    " antibes beziers bayonne annecy chambery colmar bourges quimper lorient perpignan aubervilliers drancy venissieux"
    " cergy evry bobigny london manchester birmingham leeds glasgow edinburgh liverpool bristol sheffield cardiff"
    " belfast brussels bruxelles geneve lausanne"
)
"""Large cities: they end a street's name when they follow it."""
CITY_STARTS: Final = words("la le les l saint sainte st ste san")
NO_CITY: Final = words(
    "pied pieds peine nouveau present cause travers partir force genoux moitie terre part cle cles clef velo mort"
    " tort droit point propos titre cheval jeun table bord nord sud est ouest quelques moins environ gare ecole school"
    " police work home front back least once all mairie francs personne gens messages vie votre france peur case fond"
    " bouts"
)
UNITS: Final = MONTHS | words(
    "eme er ere ieme nd "
    "min mins minute minutes mn h heure heures hour hours jour jours day days nuit nuits night nights semaine"
    " semaines week weeks mois month months an ans annee annees year years fois times time euro euros eur balles e"
    " dollars pounds quid francs km m metre metres meters meter mile miles foot feet pas kids kid children enfants"
    " enfant people personnes guys mecs mec gars hommes homme femmes men women friends copains potes etages floor"
    " floors steps pieces messages photos appels calls coups verrous secondes seconds sec sms cm kg g enfants boys"
    " girls block blocks doors cars voitures points grammes gendarmes policiers cops officers chiens dogs cats chats"
    " bedroom bedrooms"
)
"""What is counted: a number before it is no house's."""
NUMBERISH: Final = words(
    "code digicode numero dossier plainte ref reference n matricule tel compte facture pin ticket file number case"
    " badge contrat telephone portable doit devait dois vole pris gagne paye coute took owes paid stole"
)
POSTCODE_LEADS: Final = words(
    "habite dans le du de a au suis cp postal postale c cest est in is zip postcode ville sur vis vit departement et"
)
