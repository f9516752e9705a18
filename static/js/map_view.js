// A map of open cases, with the same places in a list beside it; either one selects in the other.
// <div data-map data-map-url="…geojson" data-map-dots-url data-map-list="list-id" data-map-total>. Items of the list carry
// data-feature="id" and what the map writes: data-name, data-village, data-count, data-light, data-url.
// Click or tap selects a place, a second one opens data-url; a dot opens its case. [data-map-whole] shows everything again.

import {
  GeoJSON, Map, ScaleLine, Select, VectorLayer, VectorSource, View, Zoom, click, defaultInteractions,
} from "../vendor/ol-view.10.11.0.js";
import { connectDots, wordsOf } from "./map_view_dots.js";
import { labelsFor } from "./map_view_labels.js";
import { stylesOf } from "./map_view_style.js";

const FINGER = 8; // pixels round a dot that count as the dot
const PADDING = [32, 32, 32, 32];

const rowsOf = (element) => [...document.querySelectorAll(`#${element.dataset.mapList} [data-feature]`)];
const pause = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300);

function markInList(element, id) {
  for (const row of rowsOf(element)) {
    const isChosen = row.dataset.feature === String(id);
    if (isChosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    if (isChosen) row.scrollIntoView({ block: "nearest" });
  }
}

function connectList(element, map, source, select) {
  const list = document.getElementById(element.dataset.mapList);
  function choose({ target, type }) {
    const row = target.closest("[data-feature]");
    const feature = row && source.getFeatureById(row.dataset.feature);
    if (!feature) return;
    const view = map.getView();
    const isInView = feature.getGeometry().intersectsExtent(view.calculateExtent());
    if (type === "focusin" && !isInView) view.fit(feature.getGeometry(), { padding: PADDING, duration: pause() });
    if (select.getFeatures().item(0) === feature) return;
    select.getFeatures().clear();
    select.getFeatures().push(feature);
    markInList(element, row.dataset.feature);
  }
  list.addEventListener("focusin", choose);
  list.addEventListener("mouseover", choose);
}

function connectRows(dots, layer) {
  const rows = document.querySelector("[data-map-rows]");
  const mark = ({ target }) => {
    layer.set("marked", Number(target.closest("[data-dot]")?.dataset.dot));
    layer.changed();
  };
  rows.addEventListener("focusin", mark);
  rows.addEventListener("mouseover", mark);
}

// A finger that passes over the map moves the page until the map has been touched.
function letFingersPass(element, { style }) {
  const follow = () => (style.touchAction = document.activeElement === element ? "none" : "pan-y");
  for (const change of ["focus", "blur"]) element.addEventListener(change, follow);
  follow();
}

function complain(element, sentence) {
  const line = document.createElement("p");
  line.className = "state";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  element.replaceChildren(line);
}

async function areasAt(element) {
  const answer = await fetch(element.dataset.mapUrl, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const areas = new GeoJSON().readFeatures(await answer.json(), { featureProjection: "EPSG:3857" });
  const known = new globalThis.Map(rowsOf(element).map((row) => [row.dataset.feature, row.dataset]));
  for (const area of areas) {
    const { name = "", village = "", count, light, url } = known.get(String(area.getId())) ?? {};
    area.setProperties({ name, village, count: Number(count ?? 0), light, url });
  }
  return areas;
}

function layersOf(element, areas, dots) {
  const [source, names] = [new VectorSource({ features: areas }), new VectorSource()];
  const look = stylesOf(element, () => dotLayer.getVisible());
  const dotLayer = new VectorLayer({
    source: dots, zIndex: 2, style: (feature) => look.dot(feature, feature.getId() === dotLayer.get("marked")),
  });
  const nameLayer = new VectorLayer({ source: names, style: look.label, zIndex: 3 });
  return {
    source,
    areaLayer: new VectorLayer({ source, style: (feature) => look.area(feature, false) }),
    dotLayer,
    nameLayer,
    chosenStyle: (feature) => look.area(feature, true),
    arrangeNames: labelsFor(areas, names, look.wordsOf),
  };
}

async function start(element) {
  const dots = new VectorSource();
  const layers = layersOf(element, await areasAt(element), dots);
  const { source, areaLayer, dotLayer, nameLayer } = layers;
  const map = new Map({
    target: element,
    layers: [areaLayer, dotLayer, nameLayer],
    controls: [new Zoom({ zoomInTipLabel: "放大", zoomOutTipLabel: "缩小" }), new ScaleLine()],
    interactions: defaultInteractions({ onFocusOnly: matchMedia("(pointer: coarse)").matches }),
    view: new View({ maxZoom: 19 }),
  });
  const viewed = () => map.getView().calculateExtent();
  const dotsAt = (pixel) => map.getFeaturesAtPixel(pixel, { hitTolerance: FINGER, layerFilter: (layer) => layer === dotLayer });
  const select = new Select({
    layers: [areaLayer], style: layers.chosenStyle, condition: (event) => click(event) && !dotsAt(event.pixel).length,
  });
  map.addInteraction(select);
  select.on("select", ({ selected }) => markInList(element, selected[0]?.getId()));
  const shown = connectDots(element, { source: dots, layer: dotLayer, viewed });
  map.on("click", ({ pixel }) => {
    const hits = dotsAt(pixel);
    const chosen = select.getFeatures().item(0);
    if (hits.length > 1) shown.among(hits);
    else if (hits.length) location.assign(hits[0].get("url"));
    else if (chosen?.get("url") && map.getFeaturesAtPixel(pixel).includes(chosen)) location.assign(chosen.get("url"));
  });
  map.on("pointermove", ({ pixel, dragging }) => {
    const [hit] = dragging ? [] : dotsAt(pixel);
    element.title = hit ? wordsOf(hit) : "";
    element.style.cursor = hit ? "pointer" : "";
  });
  letFingersPass(element, map.getViewport());
  connectList(element, map, source, select);
  connectRows(dots, dotLayer);
  const whole = (duration) => !source.isEmpty() && map.getView().fit(source.getExtent(), { padding: PADDING, duration });
  whole(0);
  const arrangeNames = () => (element.dataset.mapNamed = layers.arrangeNames(map)); // named/areas, for who looks on
  arrangeNames();
  dotLayer.on("change:visible", arrangeNames);
  document.querySelector("[data-map-whole]").addEventListener("click", () => whole(pause()));
  await shown.load();
  map.on("moveend", () => {
    arrangeNames();
    shown.moved();
  });
  element.dataset.mapReady = "";
}

for (const element of document.querySelectorAll("[data-map]")) {
  start(element).catch(() => complain(element, "地图没有载入；旁边的列表照常可用。刷新页面可再试。"));
}
