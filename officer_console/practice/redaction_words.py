"""Words by which names, ages and dates are found, folded (small, without accents), French and English.

First names are those that are common in France, and are no word that often means something else.
"""

from __future__ import annotations

from typing import Final

from officer_console.model.words import words

FIRST_NAMES: Final = words(
    """
    adam adele adrien agathe agnes ahmed aicha alain albert alex alexandra alexandre alexis ali alice amandine amelie
    amina anais andre andrea anna anne annie antoine antonio arnaud arthur audrey aurelie aurore axel baptiste
    beatrice benjamin benoit bernard bertrand brigitte bruno camille carine carla carole caroline catherine cecile
    cedric celia celine chantal charles charlotte chloe christelle christian christine christophe claire claude
    claudine clemence clement coralie corinne cyril damien daniel danielle david delphine denis diane didier dominique
    dylan edouard elena eliane elisa elisabeth elise elodie emilie emma emmanuel emmanuelle enzo eric estelle ethan
    etienne eva evelyne fabien fabienne fabrice fanny farid fatiha fatima fatoumata felix florence florent florian
    francine francis franck francois francoise frederic frederique gabriel gaelle gael genevieve georges gerard
    ghislaine gilbert gilles gregory guillaume guy hamza helene henri hubert hugo ibrahim ines irene isabelle ismael
    jacqueline jacques jamal jean jeanne jeremy jerome joel john jonathan jordan joseph josephine josiane
    joelle julia julie julien juliette justine karim karine kader kevin khadija laetitia laura laure laurence laurent
    lea leila leo leonie liam lilou lina lisa loic louis louise luc lucas lucie lucien ludovic lydia mael magali malik
    manon marc marcel margaux margot maria mariam marie marine marion marlene martin martine mateo mathieu mathilde
    mathis matthieu maurice max maxence maxime mehdi melanie melissa michel michele michelle mickael mohamed mohammed
    monique morgane moussa mustapha myriam nabil nadia nadine nathalie nathan nicolas nicole nina noah noel noemie
    nora odile olivia olivier omar oceane pascal pascale patrice patricia patrick paul paulette pauline philippe
    pierre quentin rachel rachid raphael raymond regine remi renee robert robin roger romain romane roxane sabine
    sabrina salima samir samira samuel sandra sandrine sara sarah sebastien serge severine simon sofia solene
    sonia sophie stephane stephanie suzanne sylvain sylvie tatiana theo therese thibault thierry thomas tom tristan
    valentin valerie vanessa veronique victor victoria vincent virginie viviane xavier yacine yann yannick yasmina
    yasmine youssef yves yvette yvonne zoe
    andrew amanda amy anthony ashley barbara brian carol charlie chris christopher daisy deborah donna dorothy edward
    elizabeth ellie emily george hannah harry helen jack jacob james jane janet jason jeffrey jennifer jessica joan
    joshua joyce karen katherine kathleen kelly kenneth kimberly laura linda lily lucy margaret mary matthew megan
    michael nancy oliver pamela peter rebecca richard ronald ruth ryan sandra scott sean sharon stephen steven susan
    timothy william
    """
)
TOWNS: Final = words(
    """
    paris marseille lyon toulouse nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon
    angers nimes villeurbanne clermont-ferrand aix-en-provence brest limoges amiens metz perpignan besancon
    orleans rouen mulhouse caen nancy argenteuil montreuil saint-denis roubaix tourcoing avignon nanterre poitiers
    creteil versailles pau vitry colombes aulnay courbevoie rueil antibes cannes calais dunkerque bourges valence
    quimper troyes chambery annecy lorient niort belfort ajaccio bastia cayenne mayotte guadeloupe martinique london
    manchester birmingham brussels bruxelles geneve geneva
    """
)
CALLED: Final = (
    "il s'appelle", "elle s'appelle", "s'appelle", "m'appelle",
    "nomme", "prenommee?", "mon nom est", "son nom est", "nom de famille", "prenom", "my name is", "his name is",
    "her name is", "name's", "is called", "surname",
)  # fmt: skip
"""Patterns of what stands right before a name."""
TITLES: Final = (r"m\.", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs", "ms", "dr",
                 "maitre", "brigadier", "sergent", "lieutenant")  # fmt: skip
AGE: Final = ("ans", "an", "mois", "years old", "years", "year old", "months", "yo", "y/o")
MONTHS: Final = words(
    """
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january february march april
    may june july august september october november december
    """
)
DAYS: Final = words(
    """
    lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday saturday sunday
    """
)
AT_START: Final = words(
    """
    a ah ai alors apres as attends au aucun aujourd'hui aussi avant avec avez bien bon bonjour bonsoir c'est ca car ce
    cela ces cet cette chez comme comment d'accord dans de depuis des deux dites donc du elle elles en encore enfin
    est et etes-vous etre eux excusez faites hier ici il ils j'ai j'y je jamais jusqu'a l'agent la le les leur lui ma
    maintenant mais meme merci mes moi mon n'ouvrez ne ni non nos notre nous on ou oui par parce parfois pas personne
    peut-etre plus pour pourquoi pouvez-vous prenez puis qu'est-ce quand que quel quelle qui quoi restez rien s'il sa
    sans ses si son sont sur ta tes toi ton tous tout toujours tres tu un une va vas venez voici voila vos votre voulez
    voulez-vous vous y
    after all also am an and are at be because before both but by can come could did do don't every for from get go
    good had has have he hello her here hi his how i i'm if in is it it's just let maybe me my never no nobody not
    nothing now of ok okay on once one or our out please quite right she so some someone sorry stay still take tell
    thank thanks that the their then there they this to today tonight try until very wait was we we're well were what
    when where which who why will with without write yes yesterday you your
    """
)
"""Words that begin sentences: a capital there tells nothing of them."""
SHORTENED: Final = ("'m", "'re", "'s", "'ve", "'ll", "'d")
"""Ends of English words that say nothing of the word."""
VERBS: Final = ("ez", "ons", "ing", "ment", "ly", "ed")
"""Ends of words that are no names."""
