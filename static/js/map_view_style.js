// How the map of cases is drawn: areas, their names and numbers, a dot for each case. A light is a shape and a colour.

import { CircleStyle, Fill, Stroke, Style, Text } from "../vendor/ol-view.10.11.0.js";

const LIGHTS = {
  normal: { shape: "●", word: "正常", colour: "--ok", weight: 0 },
  near: { shape: "◐", word: "临期", colour: "--near", weight: 1 },
  late: { shape: "▲", word: "超期", colour: "--late", weight: 2 },
  supervised: { shape: "■", word: "督办", colour: "--supervise", weight: 3 },
};

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const lightOf = (feature) => LIGHTS[feature.get("light")] ?? LIGHTS.normal;

// While dots are shown (isDotted()), they have the lights of a grid, and its number goes with its name.
export function stylesOf(element, isDotted) {
  const size = parseFloat(getComputedStyle(element).fontSize);
  const made = new Map(); // a style of each kind of dot: two thousand of them share it

  function written(text, { colour = "--ink", weight = 400, offsetY = 0 } = {}) {
    return new Text({
      text,
      offsetY,
      font: `${weight} ${size}px ${token("--font")}`,
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

  // Where there is no room for both, a division keeps its name and a grid its number; the graver light goes first.
  function label(feature) {
    const { shape, word, colour, weight } = lightOf(feature.get("area"));
    const { name, village, count } = feature.get("area").getProperties();
    const isGrid = village !== "";
    const isOne = isGrid && isDotted();
    const plain = isGrid ? name.replace(village, `${village}\n`) : name;
    const text = isOne && count ? `${plain} ${count} 件` : plain;
    const above = 0.85 * size * text.split("\n").length;
    const named = written(text, { weight: 600, offsetY: count ? -above : 0 });
    const styles = [new Style({ text: named, zIndex: weight + (isGrid ? 0 : 10) })];
    if (!count || isOne) return styles;
    const light = weight === 0 ? "" : ` ${shape}${isGrid ? "" : word}`;
    const counted = written(`${count.toLocaleString("zh-CN")}${isGrid ? "" : " 件"}${light}`, {
      colour: weight === 0 ? "--ink" : colour,
      offsetY: 0.85 * size,
    });
    return [...styles, new Style({ text: counted, zIndex: weight + (isGrid ? 10 : 0) })];
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

  return { area, label, dot };
}
