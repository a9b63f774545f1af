"""The first page: light, closed, accessible, and its figures are those of the API."""

import base64
import datetime
import hashlib
import html.parser
import re
import threading

import pytest
import wire
from sixteen import TARGETS, counted, dns, figure, get, rows, sixteen

VOID = {"meta", "link", "path", "rect", "circle", "br", "input", "img"}


@pytest.fixture(scope="module")
def numbers():
    with sixteen() as c:
        yield c


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.refs, self.words, self.tags, self.links = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        assert "style" not in attrs and not any(name.startswith("on") for name in attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.refs += attrs.get(name, "").split()
        if "href" in attrs:
            self.links.append(attrs["href"])
        assert "src" not in attrs
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "style" not in self.stack:
            self.words.append(data)

    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(numbers, path):
    reply = get(numbers, path)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
    return reply, Page(reply.body.decode())


@pytest.mark.parametrize("accept, to", [
    (None, "/fr/"), ("", "/fr/"), ("fr", "/fr/"), ("en", "/en/"), ("en-GB,en;q=0.9,fr;q=0.8", "/en/"),
    ("fr-BJ,en;q=0.9", "/fr/"), ("de", "/fr/"), ("de,en;q=0.1", "/en/"), ("en;q=0.5, fr;q=0.7", "/fr/"), ("*", "/fr/"),
    ("fr;q=0,*", "/en/"), ("EN", "/en/"),
])
def test_root_leads_to_the_reader_s_language(numbers, accept, to):
    reply = numbers.request("GET", "/", headers={"Accept-Language": accept})
    assert (reply.status, reply.headers["Location"], reply.headers["Vary"]) == (302, to, "Accept-Language")


@pytest.mark.quick
@pytest.mark.parametrize("lang, speed, other", [("fr", "25,1", "/en/"), ("en", "25.1", "/fr/")])
def test_page_is_light_closed_and_accessible(numbers, lang, speed, other):
    reply, p = page(numbers, f"/{lang}/")
    assert len(reply.body) < 50_000
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff" and reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Content-Language"] == lang
    tags = [tag for tag, _ in p.tags]
    assert dict(p.tags[0][1]) == {"lang": lang} and p.tags[0][0] == "html"
    assert not {"script", "img", "iframe", "object", "form"} & set(tags)
    assert tags.count("h1") == 1 and tags.count("main") == 1 and tags.count("caption") == tags.count("table") > 0
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in p.tags if tag == "th")
    assert len(p.ids) == len(set(p.ids)) and set(p.refs) <= set(p.ids)
    drawings = [attrs for tag, attrs in p.tags if tag == "svg"]
    assert drawings and all(a["role"] == "img" and a["aria-labelledby"] for a in drawings)
    assert tags.count("title") == tags.count("desc") + 1 == len(drawings) + 1
    assert other in p.links
    # What lacks a figure is listed, and each reason said once.
    why = {"fr": "Aucun chiffre n’a encore été importé", "en": "No figure was imported yet"}[lang]
    assert p.text().count(why) == 1 and "(ACC2) · " in p.text()
    for link in p.links:
        assert link.startswith(("/", "#", "data:,", "https://instad.bj/")), link
        if link.startswith("#"):
            assert link[1:] in p.ids


def test_style_is_the_one_that_the_policy_allows(numbers):
    reply, _ = page(numbers, "/fr/")
    style = re.search(rb"<style>(.*?)</style>", reply.body, re.S)[1]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in reply.headers["Content-Security-Policy"]


def shown(value, decimals, lang):
    return f"{value:.{decimals}f}".replace(".", "," if lang == "fr" else ".")


WHY_NONE = {"fr": {"lines": "pas d’intervalle : il faut {} lignes", "alike": "pas d’intervalle : trop de lignes disent la même chose"},
            "en": {"lines": "no interval: it takes {} lines", "alike": "no interval: too many lines say the same"}}


@pytest.mark.quick
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_page_shows_the_figures_of_the_api(numbers, lang):
    _, p = page(numbers, f"/{lang}/")
    words = p.text()
    for indicator, statistic, decimals in [("PER1", "p50", 1), ("PER2", "mean", 2), ("PER3", "p50", 1),
                                           ("PER5", "p10", 1), ("PER5", "p90", 1), ("PER8", "mean", 2)]:
        f = figure(numbers, indicator, statistic)
        assert f" {shown(f['value'], decimals, lang)} " in words, (indicator, words)
        if f["interval_why"]:
            assert WHY_NONE[lang][f["interval_why"]].format(f["interval_lines"]) in words
        else:
            assert f"{shown(f['low'], decimals, lang)} – {shown(f['high'], decimals, lang)}" in words
        assert f[f"name_{lang}"] in words
    assert re.search("16 sondes actives en [0-9]{4} ; 3 départements en ont 5 ou plus" if lang == "fr" else
                     "16 active probes in [0-9]{4}; 3 departments have 5 or more", words)
    assert ("10–19 sondes" if lang == "fr" else "10–19 probes") in words
    assert ("130 sondes-jours" if lang == "fr" else "130 probe-days") in words
    assert "n<5" in words  # the small operator
    assert ("heure de Porto-Novo" if lang == "fr" else "Porto-Novo time") in words


def test_page_says_what_is_provisional_and_hides_no_markup(numbers, own_collector):
    reply, p = page(numbers, "/fr/")
    assert b"<b>Petit" not in reply.body and b"&lt;b&gt;Petit &amp; Cie" in reply.body
    assert "Pas encore assez de lignes" not in p.text()
    c = own_collector.start_idle()
    c.everybodys(TARGETS)
    _, empty = page(c, "/fr/")
    assert "premiers chiffres" in empty.text() and "svg" not in [tag for tag, _ in empty.tags]
    probe = c.probe(operator="Grand")
    c.stored(probe.batch([dns(datetime.date.today(), 0, 31.0)], sealed_at=wire.now()))
    counted(c, datetime.date.today() - datetime.timedelta(days=60))
    c.run("rollup")
    _, first = page(c, "/fr/")
    words = first.text()
    assert f"1 sonde active en {datetime.date.today().year}." in words
    assert "Pas encore assez de lignes" in words and "1 ou 2 sur 5" in words and " 31," not in words
    assert "svg" not in [tag for tag, _ in first.tags]
    _, english = page(c, "/en/")
    assert "Not enough lines yet" in english.text() and "1 or 2 of 5" in english.text() and " 31." not in english.text()


def test_simulated_figures_say_so(own_collector):
    c = own_collector.start_idle()
    c.everybodys(TARGETS)
    today = datetime.date.today()
    for line in range(5):
        c.stored(c.probe().batch([dns(today - datetime.timedelta(days=d), line, 31.0) for d in range(6)]))
    c.sql("UPDATE probe SET simulated = true")
    counted(c, today - datetime.timedelta(days=60))
    c.run("rollup")
    figures = rows(c, "/api/v1/indicators")
    assert figures and all(f["simulated"] and f["source"] == "simulated" for f in figures)
    assert "Données simulées" in page(c, "/fr/")[1].text() and "simulated" in page(c, "/en/")[1].text()


def test_many_readers_at_once(numbers):
    wrong = []

    def read():
        for path in ("/fr/", "/en/", "/api/v1/indicators", "/api/v1/series?check=dns"):
            if get(numbers, path).status != 200:
                wrong.append(path)

    readers = [threading.Thread(target=read) for _ in range(12)]
    for r in readers:
        r.start()
    for r in readers:
        r.join()
    assert wrong == []
