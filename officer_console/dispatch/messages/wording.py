"""The words round what the officer wrote, in the language of the request: data of the message, not of our screens."""

from __future__ import annotations

from typing import Final

TAGS: Final = {"fr": "fr-FR", "en": "en-GB"}
"""Language of a request -> its tag (RFC 5646) in the messages."""
LABELS: Final = {
    "fr": {
        "nature": "Nature des faits",
        "now": "Ce qui se passe",
        "weapon": "Arme",
        "injuries": "Blessures",
        "children": "Enfants",
        "people": "Personnes présentes",
        "author": "Auteur présumé",
        "place": "Adresse",
        "postcode": "Code postal",
        "city": "Commune",
        "point": "Position de son appareil",
        "where": "Où, en mots",
        "floor": "Étage",
        "code": "Code de la porte",
        "silent": "Approche",
        "contact": "Comment la joindre sans danger",
        "note": "Remarque",
        "words": "Ce qu’elle lira quand la salle aura accepté",
    },
    "en": {
        "nature": "Nature of the facts",
        "now": "What is happening",
        "weapon": "Weapon",
        "injuries": "Injuries",
        "children": "Children",
        "people": "People there",
        "author": "Suspect",
        "place": "Address",
        "postcode": "Postcode",
        "city": "Town",
        "point": "Position of her device",
        "where": "Where, in words",
        "floor": "Floor",
        "code": "Door code",
        "silent": "Approach",
        "contact": "How to reach her safely",
        "note": "Note",
        "words": "What she will read when the room has accepted",
    },
}
"""Field of a request -> what it is called."""
PHRASES: Final = {
    "fr": {
        "field": "{label} : {value}",
        "change": "CHANGEMENT – {label} : {value} (avant : {before})",
        "gone": "n’est plus indiqué",
        "unknown": "inconnu",
        "unchanged": "Rien n’a changé : la demande est répétée.",
        "discreet": "APPROCHE DISCRÈTE : pas de sirène, ne pas appeler la victime",
        "quiet": "discrète",
        "open": "pas de consigne de discrétion",
        "floor": "étage : {value}",
        "code": "code : {value}",
        "nowhere": "Lieu non précisé",
        "within": "{value} (à {metres} m près)",
        "written": "Échange écrit seulement, par messagerie.",
        "approach": "Consigne d’approche",
        "asked": "Demande de patrouille émise par un policier de la plateforme ; la conversation reste ouverte, les "
        "nouvelles informations suivront.",
        "event": "Demande de patrouille : {value}",
        "cancelled": "Demande annulée par l’émetteur",
        "exercise": "EXERCICE : rien de ceci n’est réel.",
    },
    "en": {
        "field": "{label}: {value}",
        "change": "CHANGE – {label}: {value} (before: {before})",
        "gone": "no longer said",
        "unknown": "unknown",
        "unchanged": "Nothing has changed: the request is repeated.",
        "discreet": "DISCREET APPROACH: no siren, do not call the victim",
        "quiet": "discreet",
        "open": "discretion is not asked for",
        "floor": "floor: {value}",
        "code": "code: {value}",
        "nowhere": "Place not given",
        "within": "{value} (within {metres} m)",
        "written": "In writing only, by a chat.",
        "approach": "How to approach",
        "asked": "Patrol request by an officer of the platform; the conversation stays open, new facts will follow.",
        "event": "Patrol request: {value}",
        "cancelled": "Request cancelled by the sender",
        "exercise": "EXERCISE: nothing of this is real.",
    },
}
