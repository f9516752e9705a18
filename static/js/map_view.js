// A township's grids on a map, with the same names in a list beside it; either one selects in the other.
// <div data-map data-map-url="…geojson" data-map-list="list-id" tabindex="0">; list items carry data-feature="id".
// Feature properties: name, light (normal|near|late|supervised), count, url, is_here.

import {
  Fill, GeoJSON, Map, ScaleLine, Select, Stroke, Style, Text, VectorLayer, VectorSource, View, Zoom, click,
} from "../vendor/ol-view.10.11.0.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const LIGHT_TOKENS = { near: "--near", late: "--late", supervised: "--supervise" };
const LIGHT_SHAPES = { near: "◐", late: "▲", supervised: "■" };

function styleOf(feature, resolution, isChosen) {
  const light = LIGHT_TOKENS[feature.get("light")];
  const fill = isChosen || feature.get("is_here") ? token("--accent-weak") : token("--paper");
  const count = [LIGHT_SHAPES[feature.get("light")], feature.get("count") || ""].join(" ").trim();
  return new Style({
    fill: new Fill({ color: fill }),
    stroke: new Stroke({ color: isChosen ? token("--accent") : light ? token(light) : token("--line-2"), width: isChosen || light ? 2.5 : 1 }),
    text: new Text({
      text: resolution < 14 || isChosen ? `${feature.get("name")} ${count}`.trim() : count,
      font: `13px ${token("--font")}`,
      fill: new Fill({ color: light ? token(light) : token("--ink") }),
      stroke: new Stroke({ color: token("--paper"), width: 3 }),
    }),
    zIndex: isChosen ? 2 : light ? 1 : 0,
  });
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

async function start(element) {
  const answer = await fetch(element.dataset.mapUrl, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const features = new GeoJSON().readFeatures(await answer.json(), { featureProjection: "EPSG:3857" });
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
  map.on("dblclick", () => {
    const url = select.getFeatures().item(0)?.get("url");
    if (url) location.assign(url);
    return !url;
  });
  connectList(element, map, source, select);
  if (features.length) map.getView().fit(source.getExtent(), { padding: [24, 24, 24, 24] });
  element.dataset.mapReady = "";
}

for (const element of document.querySelectorAll("[data-map]")) {
  start(element).catch(() => complain(element, "地图没有载入；旁边的列表照常可用。刷新页面可再试。"));
}
