"""How often colours, patterns, genders, seasons and usages come, for the table of article types."""

from collections.abc import Mapping

Weights = Mapping[str, float]

#: Palette -> base colour -> how often.
PALETTES: Mapping[str, Weights] = {
    "cloth": {
        "Black": 14,
        "White": 11,
        "Blue": 11,
        "Navy Blue": 8,
        "Grey": 8,
        "Red": 7,
        "Green": 6,
        "Pink": 5,
        "Purple": 4,
        "Yellow": 3,
        "Beige": 3,
        "Maroon": 3,
        "Olive": 2,
        "Teal": 2,
        "Orange": 2,
        "Brown": 2,
        "Cream": 2,
        "Charcoal": 2,
        "Mustard": 1.5,
        "Lavender": 1.5,
        "Peach": 1.5,
        "Turquoise Blue": 1.5,
        "Rust": 1,
        "Burgundy": 1,
    },
    "denim": {"Blue": 12, "Navy Blue": 8, "Black": 5, "Grey": 3, "White": 1, "Olive": 0.7, "Maroon": 0.4},
    "muted": {
        "Black": 8,
        "Navy Blue": 6,
        "Grey": 6,
        "Beige": 5,
        "Khaki": 5,
        "Brown": 4,
        "Olive": 4,
        "Charcoal": 3,
        "Cream": 2,
    },
    "leather": {
        "Black": 10,
        "Brown": 9,
        "Tan": 6,
        "Maroon": 2,
        "Beige": 2,
        "Navy Blue": 1.5,
        "Burgundy": 1.5,
        "Rust": 1,
    },
    "bag": {
        "Black": 9,
        "Brown": 7,
        "Tan": 5,
        "Red": 3,
        "Beige": 3,
        "Pink": 3,
        "Blue": 3,
        "Maroon": 2,
        "Green": 2,
        "Purple": 2,
        "Mustard": 1.5,
        "Teal": 1.5,
        "Navy Blue": 3,
        "Grey": 3,
        "White": 1.5,
        "Orange": 1,
        "Turquoise Blue": 1,
    },
    "metal": {"Silver": 9, "Gold": 8, "Black": 5, "Brown": 3, "White": 1, "Blue": 1.5, "Pink": 1},
    "jewel": {"Gold": 10, "Silver": 8, "Red": 1.5, "Green": 1.5, "Turquoise Blue": 1, "Black": 1, "Pink": 1},
    "bright": {
        "Red": 8,
        "Pink": 7,
        "Maroon": 4,
        "Purple": 4,
        "Orange": 3,
        "Peach": 3,
        "Burgundy": 3,
        "Blue": 2,
        "Brown": 2,
        "Teal": 1,
    },
    "glass": {
        "Gold": 5,
        "Pink": 4,
        "Blue": 4,
        "Purple": 3,
        "Green": 2,
        "Black": 3,
        "Peach": 2,
        "Turquoise Blue": 2,
        "Red": 2,
        "Beige": 1,
    },
}

PLAIN: Weights = {"plain": 1}
PRINTS: Weights = {
    "plain": 5,
    "striped": 2,
    "checked": 0.5,
    "polka dots": 1.2,
    "floral": 2.6,
    "colour block": 0.7,
    "chevron": 0.7,
}
SHIRTING: Weights = {"plain": 5, "striped": 2.6, "checked": 3.4, "polka dots": 0.6, "floral": 0.6}
JERSEY: Weights = {
    "plain": 4,
    "graphic": 4.2,
    "striped": 2.2,
    "colour block": 1.1,
    "polka dots": 0.3,
    "camouflage": 0.3,
    "chevron": 0.3,
}
KNITTED: Weights = {"plain": 4, "striped": 2, "colour block": 1.2, "chevron": 1.2, "checked": 0.5}
SPORTY: Weights = {"plain": 6, "colour block": 1, "camouflage": 0.8}
MOSTLY_PLAIN: Weights = {"plain": 8, "checked": 1, "striped": 0.7, "camouflage": 0.5}

EVERYONE: Weights = {"Men": 5, "Women": 4, "Boys": 0.7, "Girls": 0.6, "Unisex": 0.3}
ADULTS: Weights = {"Men": 5, "Women": 4.5, "Unisex": 0.4}
WOMEN: Weights = {"Women": 1}
WOMEN_GIRLS: Weights = {"Women": 8, "Girls": 1}
MEN: Weights = {"Men": 1}
UNISEX: Weights = {"Unisex": 3, "Men": 2, "Women": 2}

SUMMER: Weights = {"Summer": 7, "Spring": 2, "Fall": 2, "Winter": 0.4}
WINTER: Weights = {"Winter": 5, "Fall": 4, "Summer": 0.4}
ALL_YEAR: Weights = {"Summer": 4, "Fall": 3, "Winter": 3, "Spring": 1}
CASUAL: Weights = {"Casual": 1}
MIXED: Weights = {"Casual": 7, "Formal": 2, "Party": 0.6, "Smart Casual": 0.6}
FORMAL: Weights = {"Formal": 6, "Casual": 1}
PARTY: Weights = {"Casual": 5, "Party": 2, "Ethnic": 0.3}
SPORTS: Weights = {"Sports": 6, "Casual": 1}
