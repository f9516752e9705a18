// How the map of cases is drawn: areas, their names and numbers, a dot for each case. A light is a shape and a colour.

import { CircleStyle, Fill, Stroke, Style, Text } from "../vendor/ol-view.10.11.0.js";

const LIGHTS = {
  normal: { shape: "●", word: "正常", colour: "--ok", weight: 0 },
  near: { shape: "◐", word: "临期", colour: "--near", weight: 1 },
  late: { shape: "▲", word: "超期", colour: "--late", weight: 2 },
  supervised: { shape: "■", word: "督办", colour: "--supervise", weight: 3 },
};

const LINE = 4; // characters of a wrapped name
const LEADING = 1.2;
const SMALL = 0.86;
const SMALLEST = 12; // pixels; what is smaller is not read
const ENDING = /(社区|村)$/;
const ORDINAL = /^第(.+)网格$/;

const pen = document.createElement("canvas").getContext("2d");
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const lightOf = (feature) => LIGHTS[feature.get("light")] ?? LIGHTS.normal;

// A name in lines of about the same length, of at most four characters each.
function inLines(name) {
  const count = Math.ceil(name.length / LINE);
  const length = Math.ceil(name.length / count);
  return [...Array(count).keys()].map((line) => name.slice(line * length, (line + 1) * length)).join("\n");
}

// While dots are shown (isDotted()), they have the lights of a grid, and its number goes with its name.
export function stylesOf(element, isDotted) {
  const size = parseFloat(getComputedStyle(element).fontSize);
  const made = new Map(); // a style of each kind of dot: two thousand of them share it

  function written(text, { colour = "--ink", weight = 400, offsetY = 0, pixels = size } = {}) {
    return new Text({
      text,
      offsetY,
      font: `${weight} ${pixels}px/${LEADING} ${token("--font")}`,
      fill: new Fill({ color: token(colour) }),
      stroke: new Stroke({ color: token("--paper"), width: 3 }),
    });
  }

  function area(feature, isChosen) {
    const { colour, weight } = lightOf(feature);
    const isGrave = weight > 0;
    return new Style({
      fill: new Fill({ color: token(isChosen ? "--accent-weak" : "--paper") }),
      stroke: new Stroke({
        color: token(isChosen ? "--accent" : isGrave ? colour : "--line-2"),
        width: isChosen || isGrave ? 2.5 : 1,
      }),
      zIndex: isChosen ? 9 : weight,
    });
  }

  // What can be written on an area, from the most to the least. Where there is no room, a division keeps its name, in
  // lines of four characters and small if need be; a grid is written as 京东一 for 京东社区第一网格.
  function wordsOf(area) {
    const { shape, word, weight } = lightOf(area);
    const { name, village, count } = area.getProperties();
    const number = count ? count.toLocaleString("zh-CN") : "";
    if (village) return wordsOfGrid(name, village, number, number && weight ? ` ${shape}` : "");
    const counted = number && `${number} 件${weight ? ` ${shape}${word}` : ""}`;
    const both = [name, inLines(name)].map((each) => sized({ name: each, count: counted }));
    const plain = [1, SMALL].map((part) => sized({ name: inLines(name), count: "", part, isKept: true }));
    return [...both, ...plain];
  }

  function wordsOfGrid(name, village, number, light) {
    const own = name.replace(village, "") || name;
    const short = name.includes(village) ? village.replace(ENDING, "") + own.replace(ORDINAL, "$1") : inLines(name);
    const names = name.includes(village) ? [`${village}\n${own}`, `${village.replace(ENDING, "")}\n${own}`] : [name];
    const counted = number && isDotted() ? ` ${number} 件` : "";
    const full = names.map((each) => sized({ name: each + counted, count: isDotted() ? "" : number + light }));
    const brief = [1, SMALL].map((part) => sized({ name: short, count: isDotted() ? "" : number + light, part }));
    return [...full, ...brief, sized({ name: short, count: "", part: SMALL })];
  }

  function sized({ name, count, part = 1, isKept = false }) {
    const lines = [...(name ? name.split("\n") : []), ...(count ? [count] : [])];
    const pixels = Math.max(part * size, SMALLEST);
    pen.font = `600 ${pixels}px ${token("--font")}`;
    const width = Math.max(...lines.map((line) => pen.measureText(line).width));
    return { name, count, pixels, isKept, width: width + 6, height: lines.length * LEADING * pixels };
  }

  function label(feature) {
    const words = feature.get("words");
    if (!words) return [];
    const { colour, weight } = lightOf(feature.get("area"));
    const { name, count, pixels } = words;
    const lines = (name ? name.split("\n").length : 0) + (count ? 1 : 0);
    const line = feature.get("line");
    const styles = line ? [new Style({ geometry: line, stroke: new Stroke({ color: token("--ink-2"), width: 1 }) })] : [];
    if (name) styles.push(new Style({ text: written(name, { pixels, weight: 600, offsetY: count ? (-LEADING * pixels) / 2 : 0 }) }));
    if (count) {
      const offsetY = name ? ((lines - 1) * LEADING * pixels) / 2 : 0;
      styles.push(new Style({ text: written(count, { pixels, colour: weight === 0 ? "--ink" : colour, offsetY }) }));
    }
    return styles;
  }

  function dot(feature, isChosen) {
    const key = `${feature.get("light")}${isChosen}`;
    if (!made.has(key)) {
      const { shape, colour, weight } = lightOf(feature);
      const ring = new CircleStyle({ radius: size, stroke: new Stroke({ color: token("--accent"), width: 3 }) });
      made.set(key, new Style({ text: written(shape, { colour }), image: isChosen ? ring : undefined, zIndex: isChosen ? 9 : weight }));
    }
    return made.get(key);
  }

  return { area, label, dot, wordsOf };
}
