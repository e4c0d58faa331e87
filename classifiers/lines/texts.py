# SPDX-License-Identifier: EUPL-1.2
"""What people write on the free lines of Dutch forms: names, addresses, places, e-mail, remarks, numbers.

Made from word lists (dutch-text: words, surnames, places). One word in ten is kept apart, by its hash: texts for
choosing and measuring are made of those alone."""
import glob
import json
import os
import zlib

CLASSES = (" '-.,@_/()&+:;!?\"%€" + '0123456789' + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' + 'abcdefghijklmnopqrstuvwxyz'
           + 'ÀÁÂÄÇÈÉÊËÌÍÎÏÑÒÓÔÖØÙÚÛÜ' + 'àáâäçèéêëìíîïñòóôöøùúûü')
NUMBER = {c: i + 1 for i, c in enumerate(CLASSES)}  # 0 is the blank
CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

PREFIXES = ['van', 'de', 'van de', 'van der', 'van den', 'den', 'ter', 'te', 'ten', "van 't", "in 't", 'op den', 'el',
            'von', 'la', 'le', 'du', 'di', 'da', 'bin', 'al']
ENDINGS = ['straat', 'laan', 'weg', 'plein', 'hof', 'kade', 'gracht', 'singel', 'dreef', 'pad', 'steeg', 'markt', 'dijk',
           'park', 'poort', 'ring', 'veld', 'meer', 'akker', 'kamp', 'berg', 'wal', 'haven', 'brink', 'lei', 'plantsoen']
FRONTS = ['Kerk', 'School', 'Dorps', 'Molen', 'Stations', 'Juliana', 'Wilhelmina', 'Beatrix', 'Nieuw', 'Oud', 'Eiken',
          'Beuken', 'Linden', 'Kastanje', 'Berken', 'Raadhuis', 'Markt', 'Haven', 'Parallel', 'Noord', 'Zuid', 'Ooster',
          'Wester', 'Tulpen', 'Rozen', 'Meidoorn', 'Prunus', 'Zonnebloem', 'Boterbloem', 'Merel', 'Leeuwerik', 'Zwaluw',
          'Vink', 'Rembrandt', 'Vondel', 'Beethoven', 'Mozart', 'Emma', 'Sophia', 'Graaf', 'Heren', 'Prinsen', 'Boom']
LEADS = ['Prins ', 'Prinses ', 'Koningin ', 'Burg. ', 'Burgemeester ', 'Dr. ', 'Pastoor ', 'Van ', 'De ', 'Oude ',
         'Nieuwe ', 'Lange ', 'Korte ', 'Grote ', 'Kleine ', '1e ', '2e ', 'Jan ', 'Willem ', 'Sint ', "'s-", "'t ", 'Op de ']
GIVEN = ['Jan', 'Piet', 'Kees', 'Anna', 'Maria', 'Sophie', 'Emma', 'Daan', 'Sem', 'Lucas', 'Fatima', 'Mohamed', 'Ali',
         'Ibrahim', 'Eva', 'Julia', 'Lotte', 'Tess', 'Bram', 'Thijs', 'Femke', 'Sanne', 'Henk', 'Willem', 'Chloë', 'Noor']
HOSTS = ['gmail.com', 'hotmail.com', 'ziggo.nl', 'kpnmail.nl', 'outlook.com', 'live.nl', 'planet.nl', 'xs4all.nl',
         'home.nl', 'hetnet.nl', 'icloud.com', 'yahoo.com', 'upcmail.nl', 'solcon.nl', 'casema.nl', 'tele2.nl']
SMALL = ['de', 'het', 'een', 'van', 'en', 'in', 'is', 'op', 'te', 'met', 'voor', 'niet', 'aan', 'er', 'om', 'dat', 'die',
         'ook', 'als', 'bij', 'naar', 'door', 'over', 'uit', 'wordt', 'wij', 'ik', 'mijn', 'u', 'graag', 'geen', 'nog',
         'per', 'heb', 'hebben', 'ben', 'zijn', 'was', 'tot', 'maar', 'kan', 'wil', 'onze', 'sinds', 'na', 'week',
         'maand', 'adres', 'brief', 'bellen', 'woning', 'huur', 'kind', 'dochter', 'zoon', 'partner', 'werk', 'vrijdag']
MONTHS = ['januari', 'februari', 'maart', 'april', 'mei', 'juni', 'juli', 'augustus', 'september', 'oktober', 'november',
          'december', 'jan', 'feb', 'mrt', 'apr', 'aug', 'sept', 'okt', 'nov', 'dec']
BRANDS = ['Volkswagen', 'Volvo', 'Toyota', 'Opel', 'Ford', 'Renault', 'Peugeot', 'Citroën', 'Kia', 'Skoda', 'Seat', 'BMW',
          'Audi', 'Fiat', 'Mazda', 'Nissan', 'Hyundai', 'Tesla', 'Suzuki', 'Mercedes', 'Dacia', 'Honda', 'Mini']
INCOMES = ['AOW', 'WIA', 'WW', 'Wajong', 'Loon', 'Salaris', 'Pensioen', 'Bijstand', 'Uitkering', 'Toeslag', 'Zorgtoeslag',
           'Alimentatie', 'Studiefinanciering', 'Bijbaan', 'Huurtoeslag', 'Kinderbijslag', 'ANW', 'Ziektewet', 'Rente']


def is_kept(word):
    return zlib.crc32(word.lower().encode()) % 10 == 0


def can_be_written(word):
    return all(c in NUMBER for c in word)


class Texts:
    def __init__(self, folder, kept):
        """kept: made of the words that training never sees."""
        def lines(name):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                return [line.strip() for line in file]

        def part(words):
            return [w for w in words if w and can_be_written(w) and is_kept(w) == kept]
        self.surnames = part(lines('surnames.lst'))
        self.words = part(w.split('/')[0] for w in lines('words.dic')[1:])
        places = set()
        for path in glob.glob(os.path.join(folder, 'places-*city-aggregated.json')):
            with open(path, encoding='utf-8') as file:
                places |= set(json.load(file))
        self.places = part(sorted(p for p in places if not p[0].isdigit()))

    def pick(self, rng, of):
        return of[int(rng.integers(len(of)))]

    def letters(self, rng, count):
        return ''.join(self.pick(rng, CAPITALS) for _ in range(count))

    def digits(self, rng, count):
        return ''.join(str(rng.integers(10)) for _ in range(count))

    def surname(self, rng):
        name = self.pick(rng, self.surnames)
        if rng.random() < 0.15:
            name += '-' + self.pick(rng, self.surnames)
        return self.pick(rng, PREFIXES) + ' ' + name if rng.random() < 0.25 else name

    def name(self, rng):
        kind = rng.random()
        if kind < 0.2:
            return self.surname(rng)
        if kind < 0.35:
            return self.pick(rng, GIVEN) + ' ' + self.surname(rng)
        count = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.2, 0.05]))
        letters = [self.pick(rng, 'ÖÇÓÉ') if rng.random() < 0.03 else self.letters(rng, 1) for _ in range(count)]
        dot, gap = self.pick(rng, [('.', ' '), ('.', ' '), ('.', ' '), ('', ' '), ('. ', '')])
        return dot.join(letters) + dot + gap + self.surname(rng)

    def street(self, rng):
        kind = rng.random()
        if kind < 0.45:
            out = self.pick(rng, FRONTS) + self.pick(rng, ENDINGS)
        elif kind < 0.6:
            out = self.pick(rng, self.words).capitalize() + self.pick(rng, ENDINGS)
        elif kind < 0.75:
            out = self.pick(rng, self.surnames) + self.pick(rng, ENDINGS)
        elif kind < 0.85:
            out = self.pick(rng, self.places) + 'se' + self.pick(rng, ['weg', 'straat', 'dijk', 'laan'])
        else:
            out = self.pick(rng, FRONTS)
        return self.pick(rng, LEADS) + out if rng.random() < 0.25 else out

    def address(self, rng):
        out = self.street(rng) + ' ' + str(rng.integers(1, 400 if rng.random() < 0.8 else 30))
        kind = rng.random()
        if kind < 0.15:
            out += self.pick(rng, ['', ' ', '-']) + self.pick(rng, ['A', 'a', 'B', 'b', 'C', 'hs', 'bis', '2', '3h', 'II'])
        return out

    def place(self, rng):
        out = self.pick(rng, self.places)
        if rng.random() < 0.12:
            out = self.digits(rng, 4) + self.pick(rng, [' ', '']) + self.letters(rng, 2) + ' ' + out
        return out

    def email(self, rng):
        part = self.pick(rng, [self.surname, self.name])(rng).lower().replace(' ', self.pick(rng, ['', '.', '_', '']))
        part = ''.join(c for c in part if c.isascii() and (c.isalnum() or c in '._-')).strip('.') or 'info'
        if rng.random() < 0.25:
            part += self.digits(rng, 2)
        host = self.pick(rng, HOSTS)
        if rng.random() < 0.25:
            host = ''.join(c for c in self.pick(rng, self.words).lower() if c.isascii() and c.isalnum()) or 'mail'
            host += self.pick(rng, ['.nl', '.com', '.eu', '.org'])
        return part + '@' + host

    def numbers(self, rng):
        kind = int(rng.integers(0, 7))
        d = self.digits
        if kind == 0:
            return self.pick(rng, ['06-', '06 ', '06', '+31 6 ']) + d(rng, 8)
        if kind == 1:
            return '0' + d(rng, 2) + self.pick(rng, ['-', ' ', '']) + d(rng, 7)
        if kind == 2:
            sep = self.pick(rng, ['-', '/', '.', ' - '])
            return f'{rng.integers(1, 32):02d}{sep}{rng.integers(1, 13):02d}{sep}{rng.integers(1930, 2030)}'
        if kind == 3:
            return f'{rng.integers(1, 32)} {self.pick(rng, MONTHS)} {rng.integers(1930, 2030)}'
        if kind == 4:
            return self.pick(rng, ['', '€ ', '€']) + str(rng.integers(1, 3000)) + self.pick(rng, [',-', ',' + d(rng, 2), ''])
        if kind == 5:
            return d(rng, 4) + self.pick(rng, [' ', '']) + self.letters(rng, 2)
        return d(rng, int(rng.integers(1, 11)))

    def remark(self, rng):
        words = []
        for _ in range(int(rng.integers(1, 8))):
            words.append(self.pick(rng, SMALL) if rng.random() < 0.5 else self.pick(rng, self.words))
            if rng.random() < 0.06:
                words[-1] += ','
            if rng.random() < 0.05:
                words.append(str(rng.integers(1, 2030)))
        out = ' '.join(words)
        out = out[:1].upper() + out[1:] if rng.random() < 0.6 else out
        return out + self.pick(rng, ['.', '', '', '!', '?']) if rng.random() < 0.6 else out

    def odd(self, rng):
        kind = int(rng.integers(0, 4))
        if kind == 0:
            return self.pick(rng, BRANDS) + ' ' + self.pick(rng, [self.letters(rng, 1) + self.digits(rng, 2),
                                                                  self.pick(rng, self.words).capitalize()])
        if kind == 1:
            return self.pick(rng, INCOMES) + self.pick(rng, ['', '', ' ' + self.pick(rng, SMALL)])
        if kind == 2:
            return self.pick(rng, PREFIXES)
        pool = CLASSES if rng.random() < 0.4 else CLASSES[1:17] + '0123456789' + CAPITALS + CAPITALS.lower()
        return ''.join(self.pick(rng, pool) for _ in range(int(rng.integers(1, 12)))).strip() or 'x'

    KINDS = ('name', 'street', 'address', 'place', 'email', 'numbers', 'remark', 'odd')

    def draw(self, rng):
        kind = rng.choice(self.KINDS, p=[0.22, 0.12, 0.12, 0.14, 0.1, 0.06, 0.14, 0.10])
        out = ' '.join(getattr(self, kind)(rng).split())
        return out[:52].strip() if can_be_written(out) and out else 'van'


def cased(rng, text):
    """As it is, or in block capitals, or all small."""
    kind = rng.random()
    return text.upper() if kind < 0.22 else text.lower() if kind < 0.27 else text
