"""Bulletins of a month and a quarter: what they say follows from days that are published, and stands in bulletin.csv; and the mail says the same."""
import csv
import email
import email.policy
import html.parser
import os
import pathlib
import re
import statistics
import subprocess

import pytest

import judges
from conftest import Collector, scratch
from test_report import Numbers, files, shown

LANGUAGES = ("fr", "en")
MONTH, QUARTER = "2024-03", "2024-Q1"
DECIMALS = {path.stem: int(re.search(r"^-- decimals: (\d)", path.read_text(encoding="utf-8"), re.M)[1])
            for path in (pathlib.Path(__file__).parents[2] / "schema/indicators").glob("*.sql")}
METRICS = {"down_mbps": "PER5", "rt_ms": "PER1", "rtt_p50_ms": "PER3"}


@pytest.fixture(scope="module")
def country():
    """A small imaginary one of which nothing is hidden, what happened there, and a year before in which a name took ten times as long."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        c.start_idle()
        c.run("simulate", "--country", "BJ", "--probes", "8", "--days", "55", "--seed", "7", "--from", "2024-02-08", "--rollups")
        figures, events = c.state.parent / "figures.csv", c.state.parent / "events.csv"
        figures.write_text("indicator,country,period,value,unit,sample_size,source,source_url,retrieved\n" + "".join(
            f"{line},https://example.org/x,{day}\n" for line, day in (
                ("ACC1,BJ,2022,33.5,% of population,,ITU", "2024-03-02"), ("ACC1,BJ,2023,34.25,% of population,,ITU", "2024-03-02"),
                ("ACC2,BJ,2023,14,% of households,,ITU", "2024-02-29"), ("ACC1,BJ,2023,47.125,% of population,1200,INStaD", "2024-03-04"))))
        events.write_text("country,date,geo,kind,title_fr,title_en,source,source_url,retrieved\n"
                          "BJ,2024-03-14,,cable,Quatre câbles coupés,Four cables cut,ARCEP,https://example.org/c,2024-03-15\n"
                          "BJ,2022-05-04,BJ-LI,law,Un décret,A decree,ARCEP,https://example.org/d,2024-01-02\n")
        c.run("import", "csv", figures)
        c.run("import", "events", events)
        c.run("indicators", "--year", "2024")
        c.sql("INSERT INTO indicator_day SELECT indicator, country, source, (day - interval '1 year')::date, value * 10, low * 10, high * 10, n_probes, "
              "n_networks FROM indicator_day WHERE indicator = 'PER1' AND day BETWEEN '2024-03-01' AND '2024-03-31'")
        yield c
        c.stop()


def asked(c, *words, path="/nowhere"):
    return subprocess.run(c.command("report", *words), capture_output=True, text=True, check=False, env=os.environ | c.env | {"PATH": str(path)})


def written(c, folder, lang, *words):
    out = c.state.parent / folder
    done = asked(c, *words, "--lang", lang, "--out", out)
    assert done.returncode == 0 and "WeasyPrint is not installed" in done.stderr, done.stderr
    assert set(done.stdout.split()) == {str(path) for path in files(out)}
    return out


@pytest.fixture(scope="module")
def bulletins(country):
    return {(lang, when): written(country, f"{lang}-{when}", lang, "--month" if when == MONTH else "--quarter", when, "--email")
            for lang in LANGUAGES for when in (MONTH, QUARTER)}


def lines(out):
    return list(csv.DictReader((out / "bulletin.csv").open(encoding="utf-8")))


class Visible(html.parser.HTMLParser):
    """What is read of a mail."""

    def __init__(self, text):
        super().__init__()
        self.said, self.asks = [], []
        self.feed(text.split("</head>")[1])

    def handle_starttag(self, tag, attrs):
        self.asks += [(tag, name) for name, value in attrs if name in ("src", "href", "background") or "url(" in (value or "")]
        assert tag not in ("svg", "img", "style", "script", "link")

    def handle_data(self, data):
        self.said.append(data)


@pytest.mark.parametrize("when", (MONTH, QUARTER))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_has_its_line(bulletins, lang, when):
    """Of the document and of the mail, as the language writes it."""
    out = bulletins[lang, when]
    rows = lines(out)
    told = {name: Numbers((out / name).read_text(encoding="utf-8")) for name in ("bulletin.html", "bulletin-mail.html")}
    for name, numbers in told.items():
        assert numbers.asks == [] and len(numbers.found) > 60, name
        for text, value, line, column in numbers.found:
            row = rows[line - 2]
            decimals = DECIMALS[row["indicator"] or METRICS[row["metric"]]] if column in ("value", "low", "high") else 0
            assert row[column] == value and text == shown(value, lang, decimals), (name, text, row)
        assert {rows[line - 2]["what"] for _, _, line, _ in numbers.found} == {"period", "day", "operator", "published"}
        operators = (out / name).read_text(encoding="utf-8").split("alph")[1]  # one name an indicator, also where it is computed in another way, which is said
        assert all(word in operators for word in (("Temps de résolution de noms, ms", "Latence nationale, ms", "ne se comparent pas") if lang == "fr" else ("DNS resolution time, ms", "Domestic latency, ms", "do not compare")))
    assert sorted(told["bulletin.html"].found) == sorted(told["bulletin-mail.html"].found)


@pytest.mark.parametrize("when", (MONTH, QUARTER))
def test_it_follows_from_published_days(country, bulletins, when):
    """The days are those that everybody reads, and what is said of a time is what they come to."""
    rows = lines(bulletins["fr", when])
    days = {(row["indicator"], row["period"]): tuple(row[name] for name in ("value", "low", "high")) for row in rows if row["what"] == "day"}
    told = country.sql("SELECT indicator, day::text, coalesce(value::text, ''), coalesce(low::text, ''), coalesce(high::text, '') FROM public_indicator_day")
    assert days and days.items() <= {(indicator, day): tuple(values) for indicator, day, *values in told}.items()
    periods = [row for row in rows if row["what"] == "period"]
    assert len({row["indicator"] for row in periods}) == 6 and not any(row["indicator"].startswith("REL") for row in rows) and {row["period"] for row in periods} == {MONTH, "2024-02"} | ({QUARTER, "2023-Q1"} if when == QUARTER else {"2023-03"})
    for row in periods:
        year, part = row["period"].split("-")
        months = [f"{year}-{month:02}" for month in (range(1, 4) if part == "Q1" else (int(part),))]
        of = [float(value) for (indicator, day), (value, *_) in days.items() if indicator == row["indicator"] and day[:7] in months]
        middle = statistics.median(of) if row["statistic"] == "p50" else statistics.mean(of)
        assert len(of) == int(row["n_days"]) and abs(float(row["value"]) - middle) <= 0.51 * 10 ** -DECIMALS[row["indicator"]], row
        for end, open_end in ((1, "-inf"), (2, "inf")):  # a day without an interval leaves everything open
            ends = statistics.median(float(day[end] or open_end) for (indicator, at), day in days.items() if indicator == row["indicator"] and at[:7] in months)
            assert not row["low"] or (ends - float(row["low"]) if end == 1 else float(row["high"]) - ends) > -1e-9, row
    assert all(row["low"] == "" for row in periods if row["statistic"] != "p50") and any(row["low"] for row in periods)


def test_operators_are_told_by_series(country, bulletins):
    """In the order of the alphabet, behind all lines."""
    out = bulletins["en", MONTH]
    rows = [row for row in lines(out) if row["what"] == "operator"]
    told = {(alike, metric, operator): (float(median), int(days)) for alike, metric, operator, median, days in country.sql(
        "SELECT alike, metric, operator, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50), count(*) FROM public_series WHERE scope = 'all' AND alike IN (0, 2) "
        "AND to_char(day, 'YYYY-MM') = %s AND metric = ANY (%s) GROUP BY 1, 2, 3", MONTH, list(METRICS))}
    assert rows and {row["operator"] for row in rows} == {""} | {operator for alike, _, operator in told if alike == 2 and operator}
    for row in rows:
        median, days = told[2 if row["operator"] else 0, row["metric"], row["operator"] or None]
        assert days == int(row["n_days"]) and abs(float(row["value"]) - median) <= 0.51 * 10 ** -DECIMALS[METRICS[row["metric"]]]
    table = re.search(r'<section id="operators">.*?</section>', (out / "bulletin.html").read_text(encoding="utf-8"), re.S)[0]
    names = re.findall(r'<th scope="row">([^<]+)</th>', table)
    assert names[0] == "All lines" and names[1:] == sorted(names[1:], key=str.casefold) and len(names) > 2


def test_changes_are_more_than_chance(bulletins):
    """Only where two intervals do not meet; of means, and of few days, nothing is said."""
    rows = lines(bulletins["fr", MONTH])
    periods = {(row["indicator"], row["period"]): row for row in rows if row["what"] == "period"}
    changes = {(row["indicator"], row["against"]): row["verdict"] for row in rows if row["what"] == "change"}
    for (indicator, then), verdict in changes.items():
        one, other = periods[indicator, then], periods[indicator, MONTH]
        wanted = ("few" if int(one["n_days"]) < 7 else "unsure" if not one["low"] or not other["low"]
                  else "rose" if float(other["low"]) > float(one["high"]) else "fell" if float(other["high"]) < float(one["low"]) else "steady")
        assert verdict == wanted, (indicator, then)
    assert changes["PER1", "2023-03"] == "fell" and {"steady", "unsure"} <= set(changes.values())
    text = (bulletins["fr", MONTH] / "bulletin.html").read_text(encoding="utf-8")
    assert text.count("<b>en baisse depuis</b>") == 1 and "Rien ne permet de dire que l’un de ces chiffres diffère de ce qu’il était en février 2024." in text


def test_says_what_happened_and_what_is_missing(bulletins):
    french, english, quarter = ((bulletins[key] / "bulletin.html").read_text(encoding="utf-8") for key in (("fr", MONTH), ("en", MONTH), ("fr", QUARTER)))
    for words in ("L’Internet au Bénin, mars 2024", "Quatre câbles coupés", "31</data> jours sur 31", "Données simulées", "Part d’internautes",
                  "Ce que l’on ne sait pas", "Latence internationale", "À citer ainsi", "Prendre part"):
        assert words in french, words
    assert "Four cables cut" in english and "March 2024" in english and "A decree" not in english and "Indicator" in english
    assert "Mois par mois" in quarter and "Mois par mois" not in french and "1<sup>er</sup> trimestre 2024" in quarter and "53</data> jours sur 91" in quarter
    published = [(row["indicator"], row["period"], row["value"]) for row in lines(bulletins["fr", MONTH]) if row["what"] == "published"]
    assert published == [("ACC1", "2023", "34.25")]  # of a source the latest; what came in another month is in no other


@pytest.mark.parametrize("when", (MONTH, QUARTER))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_mail_says_it_twice(bulletins, lang, when):
    """As text in 72 columns and as HTML that asks nobody for anything, with the same numbers in the same order; a draft that goes to nobody."""
    out = bulletins[lang, when]
    raw = (out / "bulletin.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    both, table = message.iter_parts()
    text, markup = both.iter_parts()
    assert [part.get_content_type() for part in (message, both, text, markup, table)] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv"]
    assert [part.defects for part in (message, both, text, markup, table)] == [[], [], [], [], []] and len(raw) < 200_000 and raw.isascii()
    assert table.get_filename() == "bulletin.csv" and table.get_content().replace("\r\n", "\n").rstrip("\n") == (out / "bulletin.csv").read_text(encoding="utf-8").rstrip("\n")
    assert all(len(line) <= 78 and b"\r" not in line for line in raw.split(b"\r\n"))
    title = re.search(r"<title>(.*?)</title>", (out / "bulletin.html").read_text(encoding="utf-8"))[1]
    assert message["Subject"] == f"[{'simulé' if lang == 'fr' else 'simulated'}] {title}"
    assert message["To"] is None and "@" not in message["From"] and message["Date"].datetime.date().isoformat() == "2024-04-01"
    plain, rich = (part.get_content().replace("\r\n", "\n") for part in (text, markup))
    assert plain.rstrip("\n") == (out / "bulletin.txt").read_text(encoding="utf-8").rstrip("\n") and rich.rstrip("\n") == (out / "bulletin-mail.html").read_text(encoding="utf-8").rstrip("\n")
    assert max(map(len, plain.splitlines())) <= 72 and "<" not in plain and "&" not in plain and "\n\n\n" not in plain
    read = Visible(rich)
    said = re.sub("[ \n]+", " ", " ".join(read.said))
    number = r"\d[\d\u202f]*(?:[.,]\d+)?"
    assert read.asks == [] and re.findall(number, said) == re.findall(number, plain) and len(re.findall(number, said)) > 80


@pytest.mark.model
@pytest.mark.parametrize("name", ("bulletin.html", "bulletin-mail.html"))
def test_is_read_without_sight(country, bulletins, name):
    """Nothing that axe-core finds wanting."""
    assert judges.page_faults(bulletins["fr", QUARTER] / name, country.state.parent) == []


def test_same_data_same_bytes(country, bulletins):
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Pacific/Auckland")
        elsewhere.setenv("LC_ALL", "C")
        again = written(country, "again", "fr", "--month", MONTH, "--email")
    one, other = ({path.name: path.read_bytes() for path in files(out)} for out in (bulletins["fr", MONTH], again))
    assert one == other and set(one) == {"bulletin.html", "bulletin.csv", "bulletin-mail.html", "bulletin.txt", "bulletin.eml"}
    # Without the mail an earlier one is taken away; what else lies there stays.
    (again / "report.pdf").write_text("of the year")
    done = asked(country, "--month", MONTH, "--lang", "fr", "--out", again)
    assert done.returncode == 0 and {path.name for path in files(again)} == {"bulletin.html", "bulletin.csv", "report.pdf"}


def test_a_folder_in_the_way_is_seen_before_anything_is_written(country):
    out = country.state.parent / "in-the-way"
    (out / "bulletin.csv").mkdir(parents=True)
    done = asked(country, "--month", MONTH, "--lang", "en", "--out", out)
    assert done.returncode == 1 and f"{out}/bulletin.csv: cannot write" in done.stderr, done.stderr
    assert [path.name for path in out.iterdir()] == ["bulletin.csv"]


def test_two_pages(country):
    path, out = country.state.parent / "bin", country.state.parent / "printed"
    path.mkdir()
    (path / "weasyprint").symlink_to("/usr/bin/weasyprint")
    done = asked(country, "--quarter", QUARTER, "--lang", "fr", "--out", out, "--email", path=path)
    assert done.returncode == 0 and {path.name for path in out.glob("*.pdf")} == {"bulletin.pdf"}, done.stderr
    info = subprocess.run(["pdfinfo", out / "bulletin.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Pages: +2$", info, re.M) and "(A4)" in info and re.search(r"^Tagged: +yes", info, re.M) and "L’Internet au Bénin" in info


@pytest.mark.parametrize("words, says", (
    ("--month 2999-01", "2999-01 has not begun yet"),
    ("--month 2019-01", "nothing of BJ in 2019-01 is published; days are, from 2023-03-01 to 2024-04-02"),
    ("--quarter 2024-Q3", "nothing of BJ in 2024-Q3 is published"),
))
def test_what_is_no_bulletin_is_refused(country, words, says):
    out = country.state.parent / "refused"
    done = asked(country, *words.split(), "--lang", "en", "--out", out)
    assert done.returncode == 1 and says in done.stderr and not out.exists(), done.stderr


def test_a_time_without_measurements(country):
    """What happened then stands in it, and that nothing was measured."""
    out = written(country, "unmeasured", "en", "--month", "2022-05", "--email")
    for name in ("bulletin.html", "bulletin.txt"):
        text = " ".join((out / name).read_text(encoding="utf-8").split())
        assert "A decree" in text and "No measurement is published of this period." in text and "from 1 March 2023 to 2 April 2024" in text, name
    assert lines(out) == []


def test_what_is_hidden_is_nowhere(country, bulletins):
    """With the floor that everybody has, nothing is told of an operator's few lines; a survey without the visa that the country asks for is not, either."""
    hidden = {row["value"] for row in lines(bulletins["fr", MONTH]) if row["what"] == "operator" and row["operator"] and "." in row["value"]}
    country.stop()
    country.settings = {"upkeep": "no"}
    country.move(country.port)
    country.start()
    country.run("rollup")
    assert country.sql("INSERT INTO series_point (day, group_no, check_no, position, scope, kind, target_no, samples, probes, networks, p10, p50, p90) "
                "SELECT '2024-03-05', group_no, check_no, 1, 'all', '', 0, 100, 3, 3, 31.415, 31.415, 31.415 FROM series_group, check_kind WHERE alike = 2 AND name = 'dns' "
                "ON CONFLICT DO NOTHING RETURNING 1")
    out = written(country, "floor", "fr", "--month", MONTH, "--email")
    assert not [row for row in lines(out) if row["operator"]]
    planted = hidden - {row[name] for row in lines(out) for name in ("value", "low", "high")} | {"47.125", "31.415"}
    for path in files(out):
        text = re.sub(r' data-line="\d+"', "", path.read_text(encoding="utf-8"))
        assert len(planted) > 5 and not [value for value in planted for form in (value, value.replace(".", ",")) if re.search(rf'[>",]{re.escape(form)}[<",]', text)], path
