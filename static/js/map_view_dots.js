// The open cases on the map, a dot each, and the same cases as links in a list: [data-map-cases] holds [data-map-rows],
// <template data-map-row>, a <template data-map-light="key"> for each light and [data-map-more]. [data-map-say] says how
// many there are. The server answers for the whole place; if the map has no room for them, there are no dots, the numbers
// of the places stand alone, and the server is asked again for what is in view.

import { GeoJSON } from "../vendor/ol-view.10.11.0.js";
import { lightOf } from "./map_view_style.js";

const EARTH = 6_378_137;
const PAUSE = 250;
const MOST_ROWS = 50;
const ROOM = 40 * 40; // pixels of the map for each dot
const CROWDED = "这里的事项太密，先标各处的件数；放大地图，就标出每一件。";
const READING = { featureProjection: "EPSG:3857" };

const part = (name) => document.querySelector(`[data-map-${name}]`);
const degrees = (radians) => (radians * 180) / Math.PI;

function boundsOf([west, south, east, north]) {
  const latitude = (y) => degrees(Math.atan(Math.sinh(y / EARTH)));
  return [degrees(west / EARTH), latitude(south), degrees(east / EARTH), latitude(north)].map((number) => number.toFixed(6)).join();
}

export function wordsOf(feature) {
  const { shape, word } = lightOf(feature);
  return `${shape} ${word} ${feature.get("title")} · ${feature.get("place")} · ${feature.get("number")}`;
}

function rowOf(feature) {
  const row = part("row").content.firstElementChild.cloneNode(true);
  row.dataset.dot = feature.getId();
  const link = row.querySelector("a");
  link.href = feature.get("url");
  link.textContent = `${feature.get("title")} · ${feature.get("place")}`;
  const light = document.querySelector(`[data-map-light="${CSS.escape(feature.get("light"))}"]`);
  row.querySelector("span").replaceChildren(light.content.cloneNode(true));
  return row;
}

function showRows(features, heading) {
  part("cases").hidden = features.length === 0;
  part("cases").querySelector("h2").textContent = `${heading} ${features.length.toLocaleString("zh-CN")} 件`;
  part("rows").replaceChildren(...features.slice(0, MOST_ROWS).map(rowOf));
  const rest = features.length - MOST_ROWS;
  part("more").textContent = rest > 0 ? `另有 ${rest.toLocaleString("zh-CN")} 件没有列出，放大地图再看。` : "";
}

export function connectDots(element, { source, layer, viewed }) {
  const total = Number(element.dataset.mapTotal);
  const order = new Map(); // gravest first, as the server answers
  let isWhole = false;
  let isTooMany = false;
  let isCrowded = false;
  let asking;
  let waiting;

  const inOrder = (features) => features.sort((one, other) => order.get(one.getId()) - order.get(other.getId()));
  const room = () => Math.round((element.clientWidth * element.clientHeight) / ROOM);
  const many = (number) => number.toLocaleString("zh-CN");

  function say(count) {
    const missing = isWhole ? total - source.getFeatures().length : 0;
    const more = missing > 0 ? `另有 ${many(missing)} 件没有定位或保密，不在图上，见清单。` : "";
    part("say").textContent = isCrowded ? CROWDED : `图上 ${many(count)} 件。${more}`;
  }

  function show() {
    const found = inOrder(source.getFeaturesInExtent(viewed()));
    isCrowded = isTooMany || found.length > room();
    layer.setVisible(!isCrowded);
    say(found.length);
    showRows(isCrowded ? [] : found, "图上的事项");
  }

  async function ask(extent) {
    asking?.abort();
    asking = new AbortController();
    const query = `&most=${room()}${extent ? `&bounds=${boundsOf(extent)}` : ""}`;
    const answer = await fetch(element.dataset.mapDotsUrl + query, { signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const collection = await answer.json();
    isTooMany = collection.too_many;
    isWhole = !extent && !isTooMany;
    source.clear();
    order.clear();
    collection.features.forEach(({ id }, place) => order.set(id, place));
    source.addFeatures(new GeoJSON().readFeatures(collection, READING));
    show();
  }

  function complain(error) {
    if (error.name !== "AbortError") part("say").textContent = "各件的位置没有载入；各处的件数和清单照常可用。刷新页面可再试。";
  }

  return {
    load: () => ask(null).catch(complain),
    moved() {
      clearTimeout(waiting);
      if (isWhole) show();
      else waiting = setTimeout(() => ask(viewed()).catch(complain), PAUSE);
    },
    // Several cases in one place: the list shows these, and the keyboard goes there.
    among(features) {
      showRows(inOrder(features), "这一处的事项");
      part("rows").querySelector("a").focus();
    },
  };
}
