"""Other people's judges of what the report writes: axe-core of a page, in a browser; datapackage of open data; LibreOffice of a workbook. What
npm fetches, by tests/e2e/judges/package-lock.json, lies in the build folder, once for all runs."""
import functools
import html
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

OWN = pathlib.Path(__file__).parent / "judges"
AXE = """<script src="{axe}"></script><script>
function judged(what) {{ var p = document.createElement("pre"); p.id = "judged"; p.textContent = JSON.stringify(what); document.body.appendChild(p); }}
axe.run(document).then(function (r) {{
  judged({{passes: r.passes.length, violations: r.violations.map(function (v) {{ return [v.id, v.help, v.nodes.map(function (n) {{ return n.target.join(" "); }})]; }})}});
}}, function (e) {{ judged({{passes: 0, violations: [String(e)]}}); }});
</script>"""


# What npm says where the network ends, or where a proxy answers for the registry with a certificate that this machine does not believe.
AWAY = "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|SELF_SIGNED_CERT_IN_CHAIN|" \
       "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=2000",
       "--fetch-retry-maxtimeout=2000")


@functools.cache
def fetched():
    """Where the judges are, and why they are not."""
    folder, lock = pathlib.Path(os.environ["INTERNETMETRE_BUILD"]) / "judges", "package-lock.json"
    done = folder / "done"
    if not done.exists() or done.read_bytes() != (OWN / lock).read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("package.json", lock):
            shutil.copy(OWN / name, folder)
        npm = subprocess.run(NPM, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
        away = re.search(f"npm (?:ERR!|error) code ({AWAY})\n", npm.stderr)
        if away:
            return None, f"npm's registry is not to be reached from here: {away[1]}"
        assert npm.returncode == 0, npm.stderr
        shutil.copy(OWN / lock, done)
    return folder / "node_modules", None


def modules():
    """The folder of what npm fetched."""
    folder, why_not = fetched()
    if not folder:
        pytest.skip(why_not)
    return folder


def page_faults(page, scratch):
    """What axe-core holds against an HTML file, read in Chromium."""
    text, copy = page.read_text(encoding="utf-8"), scratch / f"{page.parent.name}-judged.html"
    end = text.rindex("</body>")
    copy.write_text(text[:end] + AXE.format(axe=(modules() / "axe-core/axe.min.js").as_uri()) + text[end:], encoding="utf-8")
    shown = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={scratch}/browser", "--virtual-time-budget=120000",
                            "--dump-dom", copy.as_uri()], capture_output=True, text=True, check=True, timeout=180)
    said = json.loads(html.unescape(re.search(r'<pre id="judged">(.*?)</pre>', shown.stdout, re.S)[1]))
    assert said["passes"] >= 10, said  # it has looked
    return said["violations"]


def package_read(path):
    """What is against a data package, and how many rows of its tables fit their schemas."""
    said = subprocess.run(["node", OWN / "package.js", path], env=os.environ | {"NODE_PATH": str(modules())}, capture_output=True, text=True, check=True).stdout
    return json.loads(said)


def resaved(book, scratch):
    """The workbook as LibreOffice has it, once opened and saved again."""
    out = scratch / "resaved"
    subprocess.run(["soffice", f"-env:UserInstallation={(scratch / 'office').as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                    "--outdir", out, book], capture_output=True, check=True, timeout=180)
    return out / book.name
