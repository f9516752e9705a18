// How the editor's map is drawn: every state has a colour, a kind of line and, in the name, a word.

import { CircleStyle, Fill, Stroke, Style, Text } from "../vendor/ol-edit.10.11.0.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const STATES = { unchanged: "", changed: "调整", new: "新设", retired: "停用" };
const SHEER = "b3"; // seven tenths: where two grids overlap it shows
const LOOKS = {
  unchanged: { line: "--line-2", fill: "--paper" },
  changed: { line: "--accent", fill: "--accent-weak" },
  new: { line: "--ok", fill: "--ok-weak" },
  retired: { line: "--ink-2", fill: "", dash: [3, 4] },
};

function lookOf(feature) {
  return LOOKS[feature.get("state")] ?? LOOKS.unchanged;
}

function labelOf(feature) {
  const village = feature.get("village") ?? "";
  const name = (feature.get("name") ?? "").replace(village, village && `${village}\n`);
  const state = STATES[feature.get("state")];
  return state ? `${name}\n〔${state}〕` : name;
}

export function gridStyle(element, marks) {
  const tokens = new Map();
  const colour = (name) => {
    if (name && !tokens.has(name)) tokens.set(name, token(name));
    return tokens.get(name);
  };
  const font = () => `${getComputedStyle(element).fontSize} ${colour("--font")}`;
  return (feature) => {
    const look = lookOf(feature);
    const isChosen = feature.getId() === marks.chosen;
    const isTicked = marks.ticked.has(feature.getId());
    const isStrong = isChosen || isTicked;
    const area = new Style({
      fill: look.fill || isStrong ? new Fill({ color: colour(isStrong ? "--accent-weak" : look.fill) + SHEER }) : undefined,
      stroke: new Stroke({
        color: colour(isStrong ? "--accent" : look.line),
        width: isStrong ? 3.5 : feature.get("state") === "unchanged" ? 1.25 : 2,
        lineDash: isTicked && !isChosen ? [10, 4] : look.dash,
      }),
      zIndex: isStrong ? 2 : feature.get("state") === "unchanged" ? 0 : 1,
    });
    area.setText(new Text({
      text: labelOf(feature),
      font: font(),
      overflow: isStrong, // elsewhere a name that does not fit into its grid gives way
      fill: new Fill({ color: colour(feature.get("editable") ? "--ink" : "--ink-2") }),
      stroke: new Stroke({ color: colour("--paper"), width: 3 }),
    }));
    return area;
  };
}

export function lineStyle(name, width, lineDash) {
  return new Style({ stroke: new Stroke({ color: token(name), width, lineDash }) });
}

export function sketchStyle() {
  const stroke = new Stroke({ color: token("--accent"), width: 2.5 });
  return new Style({
    fill: new Fill({ color: token("--accent-weak") }),
    stroke,
    image: new CircleStyle({ radius: 5, fill: new Fill({ color: token("--paper") }), stroke }),
  });
}

export function ringStyle() {
  const ring = (colour, width) => new Style({
    image: new CircleStyle({ radius: 22, stroke: new Stroke({ color: token(colour), width }) }),
  });
  return [ring("--paper", 7), ring("--late", 3.5)];
}
