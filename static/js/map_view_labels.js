// Where the names of areas stand, and how much of each: every area first gets its shortest words at a free place inside
// it, or beside it with a line that leads to it; then as many more as leave the others free. So a narrow screen leaves
// out numbers before names, and wraps a name before it leaves it out.

import { GeoJSON } from "../vendor/ol-view.10.11.0.js";

const MARGIN = 0.04; // of the view: a name at its very edge would be cut
const STEPS = 9;
const GAP = 3; // pixels between two labels
const [NEAREST, FARTHEST, STEP, TURNS] = [24, 140, 10, 24]; // of a label beside its area: pixels, and ways to look
const SAMPLES = [...Array(STEPS * STEPS).keys()]
  .map((place) => [((place % STEPS) + 0.5) / STEPS, (Math.floor(place / STEPS) + 0.5) / STEPS])
  .sort((one, other) => fromMiddle(one) - fromMiddle(other));

function fromMiddle([x, y]) {
  return Math.hypot(x - 0.5, y - 0.5);
}

// The middle of the widest part.
function middleOf(geometry) {
  if (geometry.getType() === "Polygon") return geometry.getInteriorPoint().getCoordinates();
  const points = geometry.getInteriorPoints().getCoordinates();
  return points.reduce((widest, point) => (point[2] > widest[2] ? point : widest));
}

function common([west, south, east, north], view) {
  return [Math.max(west, view[0]), Math.max(south, view[1]), Math.min(east, view[2]), Math.min(north, view[3])];
}

function isIn([west, south, east, north], [x, y]) {
  return west <= x && x <= east && south <= y && y <= north;
}

// Places inside the area and in view: its middle, then others, the nearest to the middle of what is seen of it first.
function placesIn(geometry, home, view) {
  if (!geometry.intersectsExtent(view)) return [];
  const [west, south, east, north] = common(geometry.getExtent(), view);
  const points = SAMPLES.map(([x, y]) => [west + x * (east - west), south + y * (north - south)]);
  return [...(isIn(view, home) ? [home] : []), ...points.filter((point) => geometry.intersectsCoordinate(point))];
}

const meets = (one, other) =>
  one[0] < other[2] + GAP && other[0] < one[2] + GAP && one[1] < other[3] + GAP && other[1] < one[3] + GAP;

function boxAt([x, y], { width, height }) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

// The first free place for a label with these words, kept inside the map: where the point is, and its box in pixels.
function fit(label, words, pixels, { taken, size }) {
  const others = taken.filter(([owner]) => owner !== label).map(([, box]) => box);
  for (const pixel of pixels) {
    const box = boxAt(pixel, words);
    const isInside = box[0] >= 0 && box[1] >= 0 && box[2] <= size[0] && box[3] <= size[1];
    if (isInside && !others.some((other) => meets(box, other))) return { pixel, box };
  }
  return null;
}

// Where a line from a point ends at a box around another.
function edgeOf([x, y], [left, top, right, bottom]) {
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const [wide, high] = [Math.abs(x - middleX) / ((right - left) / 2), Math.abs(y - middleY) / ((bottom - top) / 2)];
  const part = 1 / Math.max(wide, high, 1);
  return [middleX + (x - middleX) * part, middleY + (y - middleY) * part];
}

function around([x, y]) {
  const found = [];
  for (let away = NEAREST; away <= FARTHEST; away += STEP) {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const angle = (2 * Math.PI * turn) / TURNS;
      found.push([x + away * Math.cos(angle), y + away * Math.sin(angle)]);
    }
  }
  return found;
}

function settle(label, words, room, pixels = label.places.map(room.pixelOf)) {
  const found = fit(label, words, pixels, room);
  if (!found) return false;
  room.taken = [...room.taken.filter(([owner]) => owner !== label), [label, found.box]];
  Object.assign(label, { words, point: room.placeOf(found.pixel), line: null });
  return found.box;
}

// Beside the area, with a line to it; only for what has a name of its own on every map.
function settleBeside(label, room) {
  const words = label.variants.at(-1);
  if (!label.places.length || !words.isKept) return;
  const from = room.pixelOf(label.places[0]);
  const box = settle(label, words, room, around(from));
  if (box) label.line = [label.places[0], room.placeOf(edgeOf(from, box))];
}

// Makes a label for each area, and returns the function that finds the place and the words of all in the view.
// wordsOf(area) are its texts from the longest to the shortest, each with width and height in pixels.
export function labelsFor(areas, source, wordsOf) {
  const labels = areas.map((area) => {
    const home = middleOf(area.getGeometry()).slice(0, 2);
    const feature = new GeoJSON().readFeature({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: home } });
    feature.set("area", area);
    return { area, home, feature };
  });
  source.addFeatures(labels.map(({ feature }) => feature));
  return (map) => {
    const [size, extent] = [map.getSize(), map.getView().calculateExtent()];
    const [x, y] = [MARGIN * (extent[2] - extent[0]), MARGIN * (extent[3] - extent[1])];
    const view = [extent[0] + x, extent[1] + y, extent[2] - x, extent[3] - y];
    const scale = size[0] / (extent[2] - extent[0]);
    const pixelOf = ([east, north]) => [(east - extent[0]) * scale, (extent[3] - north) * scale];
    const placeOf = ([left, top]) => [extent[0] + left / scale, extent[3] - top / scale];
    const room = { taken: [], size, pixelOf, placeOf };
    for (const label of labels) {
      Object.assign(label, { words: null, line: null, variants: wordsOf(label.area), places: placesIn(label.area.getGeometry(), label.home, view) });
    }
    const byNeed = [...labels].sort((one, other) => one.places.length - other.places.length);
    for (const label of byNeed) label.variants.slice().reverse().slice(0, 2).some((words) => settle(label, words, room));
    for (const label of byNeed.filter(({ words }) => !words)) settleBeside(label, room);
    for (const label of byNeed.filter(({ words, line }) => words && !line)) label.variants.some((words) => words === label.words || settle(label, words, room));
    for (const { feature, words, point, line } of labels) {
      feature.set("words", words, true);
      feature.set("line", line && new GeoJSON().readGeometry({ type: "LineString", coordinates: line }), true);
      if (point && words) feature.getGeometry().setCoordinates(point);
      feature.changed();
    }
    return `${labels.filter(({ words }) => words?.name).length}/${labels.length}`;
  };
}
