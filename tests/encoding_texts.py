"""Invented texts in many languages and the encodings that people kept them in; prints how each is read.

python -m tests.encoding_texts
"""

from __future__ import annotations

from typing import NamedTuple

from loader import InputError
from loader.readers.decoding import decode


class Sample(NamedTuple):
    """A paragraph of a language.

    Attributes:
        text: the paragraph.
        encodings: those that texts of the language were kept in.
        may_be_refused: those of them in which it need not be recognised.
    """

    text: str
    encodings: tuple[str, ...]
    may_be_refused: tuple[str, ...] = ()

    @property
    def right(self) -> tuple[str, ...]:
        return tuple(name for name in self.encodings if name not in self.may_be_refused)


WESTERN = ("cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850")
CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
# Not among those that are tried.
OTHER_ENCODINGS = (
    "cp737", "cp775", "cp855", "cp862", "cp864", "cp1026", "cp1125", "cp037", "cp500", "johab", "hp-roman8",
    "iso8859-3", "iso8859-10", "iso8859-14", "koi8-t", "ptcp154", "mac-iceland", "mac-arabic",
)  # fmt: skip

TEXTS = {
    "English": Sample(
        (
            "The café by the harbour will close in June. “We cannot pay,” said the owner, who has run"
            " it for twenty years. The council said it would look for a new tenant — perhaps a baker."
        ),
        WESTERN,
    ),
    "German": Sample(
        (
            "Die Straße zum Hafen wird im Juni für zwei Wochen geschlossen, sagte der Bürgermeister "
            "am Dienstag. Über die Kosten müssen die Räte noch entscheiden. „Wir haben kein Geld“, "
            "sagte er."
        ),
        WESTERN,
    ),
    "French": Sample(
        (
            "Le maire a déclaré mardi que la route du port sera fermée en juin. Les élèves de l’école"
            " voisine devront prendre le bateau à huit heures, où qu’ils habitent. « C’est trop tôt "
            "», a dit une mère."
        ),
        WESTERN,
    ),
    "Spanish": Sample(
        (
            "El alcalde dijo el martes que la carretera del puerto estará cerrada en junio. ¿Quién "
            "pagará? Los niños irán en barco mañana, según la escuela."
        ),
        WESTERN,
    ),
    "Portuguese": Sample(
        (
            "O prefeito disse na terça-feira que a estrada do porto será fechada em junho. As "
            "crianças irão de barco às oito horas, mas não há dinheiro para a reparação."
        ),
        WESTERN,
    ),
    "Italian": Sample(
        (
            "Il sindaco ha detto martedì che la strada del porto sarà chiusa a giugno. I ragazzi "
            "della scuola andranno in barca perché il ponte è rotto. La città non può pagare."
        ),
        WESTERN,
    ),
    "Swedish": Sample(
        (
            "Borgmästaren sade på tisdagen att vägen till hamnen ska stängas i juni. Eleverna får åka"
            " båt, och kommunen har inte råd att bygga en ny bro."
        ),
        WESTERN,
    ),
    "Danish": Sample(
        (
            "Borgmesteren sagde tirsdag, at vejen til havnen bliver lukket i juni. Eleverne må sejle "
            "i båd, og kommunen har ikke råd til at bygge en ny bro, når året er gået."
        ),
        WESTERN,
    ),
    "Finnish": Sample(
        (
            "Pormestari sanoi tiistaina, että satamaan vievä tie suljetaan kesäkuussa. Oppilaat "
            "kulkevat veneellä, ja kaupunki ei voi maksaa siltaa, mutta se on myös vanha."
        ),
        WESTERN,
    ),
    "Polish": Sample(
        (
            "Burmistrz powiedział we wtorek, że droga do portu będzie zamknięta w czerwcu. Uczniowie "
            "będą jeździć łodzią o ósmej. „Nie mamy pieniędzy” – powiedział i dodał, że źle się "
            "dzieje."
        ),
        CENTRAL,
    ),
    "Czech": Sample(
        (
            "Starosta řekl v úterý, že silnice do přístavu bude v červnu uzavřena. Žáci místní školy "
            "budou jezdit lodí, protože most je starý a město na opravu nemá peníze."
        ),
        CENTRAL,
    ),
    "Hungarian": Sample(
        (
            "A polgármester kedden azt mondta, hogy a kikötőbe vezető utat júniusban lezárják. A "
            "gyerekek hajóval mennek az iskolába, a költségekről később döntenek, mert nincs pénz, és"
            " a híd is régi, hűvös idő."
        ),
        CENTRAL,
    ),
    "Croatian": Sample(
        (
            "Gradonačelnik je u utorak rekao da će cesta do luke biti zatvorena u lipnju. Učenici će "
            "ići brodom, a grad nema novca za novi most koji je već star i čeka."
        ),
        CENTRAL,
    ),
    "Romanian": Sample(
        (
            "Primarul a spus marți că drumul spre port va fi închis în iunie. Elevii vor merge cu "
            "barca, pentru că podul este vechi și orașul nu are bani să îl repare."
        ),
        ("cp1250", "iso8859-2",),
    ),
    "Russian": Sample(
        (
            "Мэр сообщил во вторник, что дорога к порту будет закрыта в июне. Школьники будут ездить "
            "на лодке в восемь часов, а денег на новый мост у города нет."
        ),
        ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic",),
    ),
    "Ukrainian": Sample(
        (
            "Мер повідомив у вівторок, що дорога до порту буде закрита в червні. Школярі їздитимуть "
            "на човні, а грошей на новий міст у міста немає, і це не жарт."
        ),
        ("cp1251", "koi8-u", "iso8859-5", "mac-cyrillic",),
    ),
    "Bulgarian": Sample(
        (
            "Кметът съобщи във вторник, че пътят към пристанището ще бъде затворен през юни. "
            "Учениците ще пътуват с лодка, а градът няма пари за нов мост и това е проблем."
        ),
        ("cp1251", "iso8859-5", "cp866", "mac-cyrillic",),
    ),
    "Turkish": Sample(
        (
            "Belediye başkanı salı günü liman yolunun haziran ayında kapatılacağını söyledi. "
            "Öğrenciler sabah sekizde tekneyle gidecek ve köprü için para yok, ancak bu çok daha iyi "
            "bir çözüm olarak görülüyor."
        ),
        ("cp1254", "iso8859-9", "mac-turkish", "cp857",), ("mac-turkish",),
    ),
    "Greek": Sample(
        (
            "Ο δήμαρχος είπε την Τρίτη ότι ο δρόμος προς το λιμάνι θα κλείσει τον Ιούνιο. Οι μαθητές "
            "θα πηγαίνουν με βάρκα και η πόλη δεν έχει χρήματα για τη γέφυρα."
        ),
        ("cp1253", "iso8859-7",),
    ),
    "Arabic": Sample(
        (
            "قال رئيس البلدية يوم الثلاثاء إن طريق الميناء سيغلق في شهر يونيو. وسيذهب التلاميذ "
            "بالقارب في الساعة الثامنة صباحا، وقال إن المدينة لا تملك المال من أجل الجسر."
        ),
        ("cp1256", "iso8859-6",),
    ),
    "Hebrew": Sample(
        (
            "ראש העיר אמר ביום שלישי כי הדרך אל הנמל תיסגר בחודש יוני. התלמידים יסעו בסירה, ואין כסף "
            "לגשר חדש, לפי העירייה, גם אם הוא ישן."
        ),
        ("cp1255", "iso8859-8",),
    ),
    "Japanese": Sample(
        "市長は火曜日、港へ向かう道路を六月に閉鎖すると発表した。生徒たちは午前八時に船で通うことになる。「お金がない」と市長は述べた。",
        ("shift_jis", "cp932", "euc_jp",),
    ),
    "Chinese, simplified": Sample(
        "市长周二表示，通往港口的道路将于六月关闭。学生们早上八点将乘船上学，费用尚未决定。他说：“我们没有钱修这座桥。”",
        ("gb18030", "gb2312",),
    ),
    "Chinese, traditional": Sample(
        "市長週二表示，通往港口的道路將於六月關閉。學生們早上八點將乘船上學，費用尚未決定。他說：「我們沒有錢修這座橋。」",
        ("big5",),
    ),
    "Korean": Sample(
        (
            "시장은 화요일에 항구로 가는 도로를 유월에 폐쇄한다고 밝혔다. "
            "학생들은 아침 여덟 시에 배로 학교에 가게 되며, 다리를 고칠 돈은 아직 없다고 말했다."
        ),
        ("euc_kr",),
    ),
}  # fmt: skip

# Typographic marks that an encoding may lack, as people then write them.
_PLAIN = str.maketrans("“”„’‘–—«»…șțȘȚ", '"""\'\'--"".şţŞŢ')


def encoded(language: str, encoding: str, length: str) -> tuple[bytes, str]:
    """Return a text of a language in an encoding, and as text.

    Args:
        language: one of TEXTS.
        encoding: a codec.
        length: "sentence", "paragraph" or "long": forty paragraphs.
    """
    text = TEXTS[language].text
    if length == "sentence":
        text = text.partition(". ")[0] + "."
    text = f"{text}\n\n" * (40 if length == "long" else 1)
    try:
        return text.encode(encoding), text
    except UnicodeEncodeError:
        text = text.translate(_PLAIN)
        return text.encode(encoding), text


def outcome(language: str, encoding: str, length: str) -> str:
    """Return how a text is read: right, refused, wrong, or UTF-8 if it is ASCII in this encoding."""
    data, text = encoded(language, encoding, length)
    try:
        decoded = decode(data, "a.txt")
    except InputError:
        return "refused"
    if decoded.text != text:
        return "WRONG"
    return "right" if decoded.guessed else "ASCII"


def main() -> None:
    """Print the table of docs/builds.md."""
    print("| language | encoding | sentence | paragraph | long |")
    print("|---|---|---|---|---|")
    for language, sample in TEXTS.items():
        groups: dict[tuple[str, ...], list[str]] = {}
        for encoding in sample.encodings:
            found = tuple(outcome(language, encoding, length) for length in ("sentence", "paragraph", "long"))
            groups.setdefault(found, []).append(encoding)
        for found, names in groups.items():
            print(f"| {language} | {', '.join(names)} | {' | '.join(found)} |")


if __name__ == "__main__":
    main()
