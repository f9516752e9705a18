// Where the name of an area stands: in its middle while that is in view, otherwise in the part of it that is in view.

import { GeoJSON } from "../vendor/ol-view.10.11.0.js";

const MARGIN = 0.1; // of the view: a name at its very edge would be cut
const STEPS = 7;
const SAMPLES = [...Array(STEPS * STEPS).keys()]
  .map((place) => [((place % STEPS) + 0.5) / STEPS, (Math.floor(place / STEPS) + 0.5) / STEPS])
  .sort((one, other) => fromMiddle(one) - fromMiddle(other));

function fromMiddle([x, y]) {
  return Math.hypot(x - 0.5, y - 0.5);
}

function within([west, south, east, north], [x, y]) {
  return west <= x && x <= east && south <= y && y <= north;
}

function inner([west, south, east, north]) {
  const [x, y] = [MARGIN * (east - west), MARGIN * (north - south)];
  return [west + x, south + y, east - x, north - y];
}

// The middle of the widest part.
function middleOf(geometry) {
  if (geometry.getType() === "Polygon") return geometry.getInteriorPoint().getCoordinates();
  const points = geometry.getInteriorPoints().getCoordinates();
  return points.reduce((widest, point) => (point[2] > widest[2] ? point : widest));
}

function placeFor(geometry, home, view) {
  if (within(view, home) || !geometry.intersectsExtent(view)) return home;
  const [west, south, east, north] = view;
  const points = SAMPLES.map(([x, y]) => [west + x * (east - west), south + y * (north - south)]);
  return points.find((point) => geometry.intersectsCoordinate(point)) ?? home;
}

// Makes a label for each area, and returns the function that moves all of them into the view.
export function labelsFor(areas, source) {
  const labels = areas.map((area) => {
    const home = middleOf(area.getGeometry()).slice(0, 2);
    const label = new GeoJSON().readFeature({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: home } });
    label.set("area", area);
    return { area, home, label };
  });
  source.addFeatures(labels.map(({ label }) => label));
  return (extent) => {
    const view = inner(extent);
    for (const { area, home, label } of labels) label.getGeometry().setCoordinates(placeFor(area.getGeometry(), home, view));
  };
}
