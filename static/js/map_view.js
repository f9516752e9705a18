// A township's grids on a map, with the same names in a list beside it; either one selects in the other.
// <div data-map data-map-url="…geojson" data-map-list="list-id" [data-map-counts-url]>; list items carry data-feature="id".
// Feature properties: name, village, is_here; from the counts {"grids": {id: {count, light, url}}}: what is open there.
// Click or tap selects, a second one opens the list behind the grid.

import {
  Fill, GeoJSON, Map, ScaleLine, Select, Stroke, Style, Text, VectorLayer, VectorSource, View, Zoom, click,
} from "../vendor/ol-view.10.11.0.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const LIGHT_TOKENS = { near: "--near", late: "--late", supervised: "--supervise" };
const LIGHT_SHAPES = { near: "◐", late: "▲", supervised: "■" };

function written(text, colour, offsetY) {
  return new Text({
    text,
    offsetY,
    font: `13px ${token("--font")}`,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: token("--paper"), width: 3 }),
  });
}

// The name gives way before the count does, where there is no room for both.
function styleOf(feature, resolution, isChosen) {
  const light = LIGHT_TOKENS[feature.get("light")];
  const colour = light ? token(light) : token("--ink");
  const count = [LIGHT_SHAPES[feature.get("light")], feature.get("count") || ""].join(" ").trim();
  const village = feature.get("village") ?? "";
  const name = resolution < 22 || isChosen ? feature.get("name").replace(village, `${village}\n`) : "";
  const zIndex = isChosen ? 2 : light ? 1 : 0;
  const area = new Style({
    fill: new Fill({ color: isChosen || feature.get("is_here") ? token("--accent-weak") : token("--paper") }),
    stroke: new Stroke({ color: isChosen ? token("--accent") : light ? colour : token("--line-2"), width: isChosen || light ? 2.5 : 1 }),
    text: written(count, colour, name ? 20 : 0),
    zIndex,
  });
  return [area, new Style({ text: written(name, colour, count ? -8 : 0), zIndex })];
}

function listOf(element) {
  return document.getElementById(element.dataset.mapList);
}

function markInList(element, id) {
  for (const item of listOf(element)?.querySelectorAll("[data-feature]") ?? []) {
    const isChosen = item.dataset.feature === String(id);
    if (isChosen) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
    if (isChosen) item.scrollIntoView({ block: "nearest" });
  }
}

function connectList(element, map, source, select) {
  listOf(element)?.addEventListener("focusin", (event) => choose(event.target.closest("[data-feature]")));
  listOf(element)?.addEventListener("mouseover", (event) => choose(event.target.closest("[data-feature]")));
  function choose(item) {
    const feature = item && source.getFeatureById(item.dataset.feature);
    if (!feature || select.getFeatures().item(0) === feature) return;
    select.getFeatures().clear();
    select.getFeatures().push(feature);
    markInList(element, item.dataset.feature);
  }
}

function complain(element, sentence) {
  const line = document.createElement("p");
  line.className = "state";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  element.replaceChildren(line);
}

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function joinCounts(features, url) {
  if (!url) return;
  const { grids } = await read(url);
  for (const feature of features) feature.setProperties(grids[feature.getId()] ?? {});
}

async function start(element) {
  const features = new GeoJSON().readFeatures(await read(element.dataset.mapUrl), { featureProjection: "EPSG:3857" });
  await joinCounts(features, element.dataset.mapCountsUrl);
  const source = new VectorSource({ features });
  const layer = new VectorLayer({ source, declutter: true, style: (feature, resolution) => styleOf(feature, resolution, false) });
  const map = new Map({
    target: element,
    layers: [layer],
    controls: [new Zoom({ zoomInTipLabel: "放大", zoomOutTipLabel: "缩小" }), new ScaleLine()],
    view: new View({ maxZoom: 18 }),
  });
  const select = new Select({ condition: click, style: (feature, resolution) => styleOf(feature, resolution, true) });
  map.addInteraction(select);
  select.on("select", ({ selected }) => markInList(element, selected[0]?.getId()));
  map.on("click", ({ pixel }) => {
    const again = map.getFeaturesAtPixel(pixel).find((feature) => feature === select.getFeatures().item(0));
    if (again?.get("url")) location.assign(again.get("url"));
  });
  connectList(element, map, source, select);
  if (features.length) map.getView().fit(source.getExtent(), { padding: [24, 24, 24, 24] });
  element.dataset.mapReady = "";
}

for (const element of document.querySelectorAll("[data-map]")) {
  start(element).catch(() => complain(element, "地图没有载入；旁边的列表照常可用。刷新页面可再试。"));
}
