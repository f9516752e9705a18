// The layers of the map editor: grids that can be drawn on, grids that cannot, outlines of villages, the borders in force,
// the sketch of a new grid and the ring round a place. Coordinates go in and out in degrees, rounded as the register does.

import {
  Feature, GeoJSON, Map, Point, ScaleLine, VectorLayer, VectorSource, View, Zoom, defaultInteractions, fromLonLat,
} from "../vendor/ol-edit.10.11.0.js";
import { gridStyle, lineStyle, ringStyle, sketchStyle } from "./map_edit_style.js";

const format = new GeoJSON();
const DEGREES = { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857", decimals: 7 };
const CLOSE = 16.5;
const MARGIN = [24, 24, 24, 24];
const LARGE = 0.25; // of the map: a grid that is this wide or high and wholly in view needs no move

const layerOf = (source, style, more = {}) => new VectorLayer({ source, style, ...more });

export function geometryOf(feature) {
  return format.writeGeometryObject(feature.getGeometry(), DEGREES);
}

export function degreesOf(geometry) {
  return format.writeGeometryObject(geometry, DEGREES);
}

function isOpen(feature) {
  return feature.get("editable") && feature.get("state") !== "retired";
}

export function drawLayers(element) {
  const marks = { chosen: null, ticked: new Set() };
  const open = new VectorSource();
  const fixed = new VectorSource();
  const outlines = new VectorSource();
  const before = new VectorSource();
  const sketch = new VectorSource();
  const ring = new VectorSource();
  const style = gridStyle(element, marks);
  const beforeLayer = layerOf(before, lineStyle("--near", 2, [8, 6]), { visible: false, zIndex: 3 });
  const grids = [layerOf(fixed, style, { declutter: true }), layerOf(open, style, { declutter: true })];
  const map = new Map({
    target: element,
    layers: [
      ...grids,
      layerOf(outlines, lineStyle("--ink-2", 1, [2, 4])),
      beforeLayer,
      layerOf(sketch, sketchStyle(), { zIndex: 4 }),
      layerOf(ring, ringStyle(), { zIndex: 5 }),
    ],
    controls: [new Zoom({ zoomInTipLabel: "放大", zoomOutTipLabel: "缩小" }), new ScaleLine()],
    interactions: defaultInteractions({ doubleClickZoom: false }), // a double click ends a line
    view: new View({ maxZoom: 20 }),
  });

  const find = (key) => (key ? open.getFeatureById(key) ?? fixed.getFeatureById(key) : null);
  const all = () => [...open.getFeatures(), ...fixed.getFeatures()];
  const read = (collection) => (collection ? format.readFeatures(collection, DEGREES) : []);

  function drop(key) {
    for (const source of [open, fixed]) {
      const old = source.getFeatureById(key);
      if (old) source.removeFeature(old);
    }
  }

  function put(rows) {
    for (const feature of read({ type: "FeatureCollection", features: rows })) {
      drop(feature.getId());
      if (feature.getGeometry()) feature.set("drawn", JSON.stringify(geometryOf(feature)), true);
      (isOpen(feature) ? open : fixed).addFeature(feature);
    }
  }

  function fill(source, collection) {
    source.clear(true);
    source.addFeatures(read(collection));
  }

  function show(rows, villages) {
    open.clear(true);
    fixed.clear(true);
    put(rows);
    fill(outlines, villages);
  }

  function repaint() {
    for (const layer of grids) layer.changed();
  }

  const pause = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300);

  function moveTo(centre) {
    const view = map.getView();
    view.animate({ center: centre, zoom: Math.max(view.getZoom() ?? CLOSE, CLOSE), duration: pause() });
  }

  function isWellInView([west, south, east, north]) {
    const [left, bottom, right, top] = map.getView().calculateExtent();
    const share = Math.max((east - west) / (right - left), (north - south) / (top - bottom));
    return share >= LARGE && west >= left && south >= bottom && east <= right && north <= top;
  }

  function reveal(key) {
    const extent = find(key)?.getGeometry()?.getExtent();
    if (!extent || isWellInView(extent)) return;
    const [width, height] = map.getSize() ?? [0, 0];
    const padding = [height / 4, width / 4, height / 4, width / 4];
    map.getView().cancelAnimations();
    map.getView().fit(extent, { padding, duration: pause() });
  }

  return {
    map, open, fixed, sketch, marks, find, all, put, drop, show, repaint, beforeLayer,
    showBefore: (collection) => fill(before, collection),
    at: (coordinate) => [...open.getFeaturesAtCoordinate(coordinate), ...fixed.getFeaturesAtCoordinate(coordinate)],
    reveal,
    fit(isCalm = true) {
      const drawn = [open, fixed].find((source) => source.getFeatures().some((feature) => feature.getGeometry()));
      map.getView().cancelAnimations();
      if (drawn) map.getView().fit(drawn.getExtent(), { padding: MARGIN, duration: isCalm ? 0 : pause() });
    },
    jump(lon, lat) {
      const centre = fromLonLat([lon, lat]);
      ring.clear();
      ring.addFeature(new Feature(new Point(centre)));
      moveTo(centre);
    },
    leave: () => ring.clear(),
  };
}
