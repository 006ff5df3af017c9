"""`autograder site`: the chapters as pages, read in a real browser."""

from __future__ import annotations

import functools
import html
import http.server
import re
import threading

import pytest

from tests.conftest import CATALOGUE, ROOT
from tests.kit.browser import chromium, needs_chromium
from tests.kit.release import shell

pytest.importorskip("mkdocs", reason='the pages need pip install "gradus-dl[site]"')
pytest.importorskip("latex2mathml", reason='the pages need pip install "gradus-dl[site]"')

TOPICS = CATALOGUE.released()
STUBS = "".join(
    (CATALOGUE.record(topic).parent / f"{topic}.py").read_text(encoding="utf-8") for topic in TOPICS
)
TAGS = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "pages"
    done = shell(ROOT, "site", str(folder))
    assert done.returncode == 0, done.stderr
    assert str(folder / "index.html") in done.stdout.replace("\n", "")
    return folder


def page(site, name):
    return (site / f"{name}.html").read_text(encoding="utf-8")


def plain(text):
    """Return what a page says, code as it is typed."""
    return html.unescape(TAGS.sub("", text))


@pytest.mark.parametrize("topic", TOPICS)
def test_each_chapter_has_a_page_with_formulas_figure_stubs_and_downloads(site, topic):
    text = page(site, topic)
    assert text.count("<math") > 10
    assert "gradusmath" not in text
    assert not re.search(r"<code>\\", text), "a formula that could not be converted"
    said = plain(text)
    for exercise in CATALOGUE.topic(topic).exercises:
        assert f"def {exercise.name}(" in said
    released = CATALOGUE.record(topic).parent
    for suffix in (".py", ".ipynb"):
        assert f'href="downloads/{topic}{suffix}"' in text
        copy = site / "downloads" / f"{topic}{suffix}"
        assert copy.read_bytes() == (released / f"{topic}{suffix}").read_bytes()
    assert re.search(rf'<img alt="[^"]+" src="{topic}-figure.png"', text)
    assert (site / f"{topic}-figure.png").stat().st_size > 5000


@pytest.mark.parametrize("topic", TOPICS)
def test_no_solution_is_on_a_page(site, topic):
    """A line of a solution that stands nowhere else in the release is on no page, nor findable."""
    found = plain(page(site, topic))
    found += (site / "search" / "search_index.json").read_text(encoding="utf-8")
    for part in CATALOGUE.topic(topic).chapter.parts.values():
        for line in map(str.strip, part.region.split("\n")):
            if len(line) > 20 and not line.startswith("#") and line not in STUBS:
                assert line not in found, line


def test_the_map_leads_to_every_chapter_by_unit(site):
    text = page(site, "index")
    assert [topic for topic in TOPICS if f'href="{topic}.html"' not in text] == []
    assert "Unit V: sequences, attention, generation, decisions" in plain(text)


def test_no_page_asks_another_server_for_anything(site):
    for path in (*site.glob("*.html"), *site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        asked = re.findall(r'(?:src=|<link[^>]*href=|url\()"?(https?:[^")]*)', text)
        assert not asked, (path.name, asked)


@needs_chromium
def test_it_is_read_on_a_phone_in_the_dark_and_searched(site, tmp_path):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *args: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with chromium(tmp_path) as tab:
            tab.call(
                "Emulation.setDeviceMetricsOverride",
                width=390,
                height=800,
                deviceScaleFactor=2,
                mobile=True,
            )
            dark = [{"name": "prefers-color-scheme", "value": "dark"}]
            tab.call("Emulation.setEmulatedMedia", features=dark)
            tab.open(f"{address}/lstm.html")
            tab.until("document.readyState === 'complete' && !!document.querySelector('math')")
            tab.until("document.body.dataset.mdColorScheme === 'slate'")
            assert tab.js("document.documentElement.scrollWidth <= window.innerWidth")
            assert tab.js("document.documentElement.lang") == "en"
            assert tab.js("document.querySelectorAll('h1').length") == 1
            assert tab.js("[...document.images].every(image => image.alt && image.naturalWidth)")
            assert (
                tab.js(
                    "document.querySelector('math[display=block]').getBoundingClientRect().height"
                )
                > 10
            )
            tab.until("!!document.querySelector('[data-md-component=search-query]')")
            tab.js(
                "const box = document.querySelector('[data-md-component=search-query]');"
                "box.focus(); box.value = 'forget gate';"
                "box.dispatchEvent(new Event('keyup', {bubbles: true})); 1"
            )
            tab.until("document.querySelectorAll('.md-search-result__link').length > 0")
    finally:
        server.shutdown()
        server.server_close()
