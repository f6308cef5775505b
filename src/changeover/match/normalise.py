"""Titles and employer job ids brought to a form in which the same thing reads the same."""

from __future__ import annotations

import polars as pl

from changeover.match import lexicon
from changeover.match.gazetteer import digest

# A title is judged by its first characters: real ones are under 200, and a field of a megabyte must cost no more.
LONGEST_TITLE = 300
# No system takes an id as long as this; a fix must not repeat a megabyte.
_LONGEST_SHOWN = 200

# (m/w/d), (f/m/x), (h/f), (all genders): the law asks for them, they say nothing about the opening.
_GENDER = r"(?i)[\(\[]\s*(?:all genders|gn|[mwfdxhiv](?:\s*[/|,*]\s*[mwfdxhiv*]|\s*[/|,*]\s*diverse?)+)\s*[\)\]]"
# "4 months", "16-month": how long it lasts, not which level it is.
_LENGTH = r"\b(\d{1,2})\s*-?\s*(?:months?|mos|mois|monate?n?|meses|weeks?|wks?|hours?|hrs?|semaines?)\b"
_LABEL = r"^(?:(?:JOB|REQ|REQUISITION|REFERENCE|REF|POSTING|VACANCY)[\s_]*)?(?:ID|NO|NUMBER|NR|CODE|#)?\s*[:#]\s*"
# What only _simplified can read: other letters, apostrophes, a number before a duration, something in brackets.
_SPECIAL = r"(?i)[^\x00-\x7F]|'s\b|\d\s*-?\s*(?:mo|we|wk|ho|hr|se|me)|[\(\[]\s*(?:all genders|gn|[mwfdxhiv]\s*[/|,*])"
# Nearly every id: perhaps a label, a few letters, zeros, then digits and nothing else.
_SIMPLE_ID = r"(?i)^\s*(?:job id:\s*)?(?:[a-z]{1,6}[-_ ]?)?0*([1-9]\d{0,14})\s*$"
_PHRASES = sorted(lexicon.PHRASES, key=len, reverse=True)


def words_of(texts: pl.Series) -> pl.Series:
    """Texts as plain words with a blank on both sides each: lower case, no accents or punctuation, phrases joined.

    The rules for accents, durations and (m/w/d) are costly and rarely needed, so only the texts that have
    something for them go through them.
    """
    short = cut(texts)
    special = short.str.contains(_SPECIAL)
    if not special.any():
        return _joined(short.str.to_lowercase())
    rows = pl.DataFrame({"text": short, "special": special}).with_row_index("at")
    easy = rows.filter(~pl.col("special")).with_columns(pl.col("text").str.to_lowercase())
    hard = rows.filter(pl.col("special")).with_columns(_simplified(pl.col("text")))
    return _joined(pl.concat([easy, hard]).sort("at").get_column("text"))


def cut(texts: pl.Series, longest: int = LONGEST_TITLE) -> pl.Series:
    """Texts of at most ``longest`` characters; a longer one keeps its beginning and a word that stands for the whole.

    So two texts that are equal up to there and not beyond stay two texts.
    """
    long = texts.str.len_chars() > longest
    if not long.any():
        return texts
    at = long.arg_true()
    cut_off = [f"{text[:longest]} {digest(text)}" for text in texts.gather(at).to_list()]
    return texts.scatter(at, cut_off)


def _simplified(text: pl.Expr) -> pl.Expr:
    bare = text.str.replace_all(_GENDER, " ").str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return bare.str.replace_all(r"['\u2019]s\b", "").str.replace_all(_LENGTH, "  ${1}months  ")


def _joined(lower: pl.Series) -> pl.Series:
    bare = lower.str.replace_all(r"[^\p{L}\p{N}+#]+", "  ")
    padded = pl.DataFrame({"text": bare}).select(pl.concat_str(pl.lit(" "), "text", pl.lit(" "))).to_series()
    return padded.str.replace_many(
        [f" {phrase.replace(' ', '  ')} " for phrase in _PHRASES],
        [f" {lexicon.PHRASES[phrase]} " for phrase in _PHRASES],
        leftmost=True,
    )


def plain_text(text: pl.Expr) -> pl.Expr:
    """Text in which only letters and digits count, lower case, without accents; null stays null."""
    return (
        text.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}+#]+", " ")
        .str.strip_chars()
    )


def strict_id(value: pl.Expr) -> pl.Expr:
    """An employer job id without label, case and separators: ``Job ID: r-1042`` becomes ``R1042``."""
    return _labelled(value).str.replace_all(r"[^\p{L}\p{N}]+", "")


def loose_ids(values: pl.Series) -> pl.Series:
    """Employer job ids down to what two systems agree on, so that both write the same opening alike.

    Beyond :func:`strict_id`: no letters before the number (R, JR, REQ), no padding zeros, no country at the
    end (``-US``) and no Workday revision (``R1042-1``); a year in front (``2026-12``) is not a number with a revision.
    """
    simple = values.str.extract(_SIMPLE_ID)
    rest = simple.is_null() & values.is_not_null()
    if not rest.any():
        return simple
    rows = pl.DataFrame({"simple": simple, "value": values, "rest": rest}).with_row_index("at")
    easy = rows.filter(~pl.col("rest")).select("at", "simple")
    hard = rows.filter(pl.col("rest")).select("at", _loose(pl.col("value")).alias("simple"))
    loose = pl.concat([easy, hard]).sort("at").get_column("simple")
    return loose.to_frame().select(pl.when(pl.col("simple") != "").then(pl.col("simple"))).to_series()


def _loose(value: pl.Expr) -> pl.Expr:
    bare = _labelled(value).str.replace(r"[-_ ][A-Z]{2}$", "")
    revised = bare.str.contains(r"\d[\d\-_A-Z]{2,}[-_]\d{1,2}$") & ~bare.str.contains(r"^\D*(?:19|20)\d\d[-_]\d{1,2}$")
    bare = pl.when(revised).then(bare.str.replace(r"[-_]\d{1,2}$", "")).otherwise(bare)
    # Apple shows 200664320-3810: the number of the place after the number of the job.
    bare = bare.str.replace(r"^(\d{8,})-\d{4}$", "$1").str.replace_all(r"[^\p{L}\p{N}]+", "")
    short = bare.str.replace(r"^\p{L}{1,8}(\d)", "$1").str.replace(r"^0+(.)", "$1")
    return pl.when(bare.str.contains(r"^[0-9A-F]{32}$")).then(bare).otherwise(short)


def _labelled(value: pl.Expr) -> pl.Expr:
    """The id in upper case, without the words that introduce it."""
    return value.str.strip_chars().str.to_uppercase().str.replace(_LABEL, "")


def shown_id(value: pl.Expr) -> pl.Expr:
    """An employer job id as a person is told to type it: without ``Job ID:`` before it."""
    return value.str.strip_chars().str.replace(f"(?i){_LABEL}", "").str.slice(0, _LONGEST_SHOWN)


def ids_in_text(text: pl.Expr) -> pl.Expr:
    """The words of a text that look like an employer job id: at least four digits, perhaps letters before."""
    return text.str.extract_all(r"\b[A-Za-z]{0,6}[-_]?\d{2,}[-_]?\d{2,}(?:[-_]\d{1,6})?\b")
