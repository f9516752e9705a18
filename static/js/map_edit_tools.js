// What the pointer does on the map: 选择, 画新网格, 切分, 合并, 拖边界; one tool at a time, in <button data-tool="…">.
// A node or edge that several grids share moves in all of them; everything snaps within ten pixels.
// Every tool acts on the chosen grid: 切分 cuts it if the line runs through it, 合并 begins with it, 画新网格 is in its village.
// Calls back: choose(key), tick(key), ticked(), change(verb, words), drawn(geometry).

import { Draw, Modify, Snap } from "../vendor/ol-edit.10.11.0.js";
import { degreesOf, geometryOf } from "./map_edit_layers.js";
import { say } from "./map_edit_server.js";
import { sketchStyle } from "./map_edit_style.js";

const SNAP_PIXELS = 10;
const SAMPLES = 40;
const HINTS = {
  select: "点一下选中网格。",
  draw: "依次点出边界，双击或点回起点结束；退格键去掉最后一点，Esc 放弃。",
  split: "从网格外画一条线穿过它，双击结束；Esc 放弃。",
  merge: "点选两个以上相邻的网格，再在“合并”里确认。",
  border: "拖动边界或顶点，共用的边一起动；按住 Alt 点一个顶点可去掉它。",
};

// What the line says when the tool begins: a tool that waits for a line or a second grid names the chosen one.
const NAMED = {
  split: (name) => `切分${name}：从它外面画一条线穿过它，双击结束；Esc 放弃。`,
  merge: (name) => `合并${name}：再点选相邻的网格，然后在“合并”里确认。`,
  border: (name) => `拖动${name}的边界或顶点，共用的边一起动；按住 Alt 点一个顶点可去掉它。`,
};

// The chosen grid if the line runs through it, otherwise the one that most of the line lies in.
function gridUnder(layers, line) {
  const votes = new Map();
  for (let step = 0; step <= SAMPLES; step += 1) {
    for (const feature of layers.open.getFeaturesAtCoordinate(line.getCoordinateAt(step / SAMPLES))) {
      votes.set(feature, (votes.get(feature) ?? 0) + 1);
    }
  }
  const chosen = layers.open.getFeatureById(layers.marks.chosen ?? "");
  const ends = [line.getFirstCoordinate(), line.getLastCoordinate()];
  const isCut = votes.has(chosen) && !ends.some((end) => chosen.getGeometry().intersectsCoordinate(end));
  return isCut ? chosen : [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function drawing(layers, type, finish) {
  const draw = new Draw({ type, style: sketchStyle(), freehandCondition: () => false });
  draw.on("drawstart", () => layers.sketch.clear());
  draw.on("drawend", ({ feature }) => finish(feature));
  return draw;
}

function dragging(layers, change) {
  const modify = new Modify({ source: layers.open, pixelTolerance: SNAP_PIXELS });
  modify.on("modifyend", ({ features }) => {
    const moved = features.getArray().map((feature) => ({ feature, geometry: geometryOf(feature) }))
      .filter(({ feature, geometry }) => JSON.stringify(geometry) !== feature.get("drawn"));
    if (!moved.length) return;
    change("redraw", { shapes: moved.map(({ feature, geometry }) => ({ key: feature.getId(), geometry })) });
  });
  return modify;
}

function splitting(layers, { change, choose }) {
  return drawing(layers, "LineString", async (feature) => {
    const line = feature.getGeometry();
    const grid = gridUnder(layers, line);
    if (!grid) return say("这条线没有穿过可以切分的网格。", "late");
    const changed = await change("split", { key: grid.getId(), line: degreesOf(line).coordinates });
    if (changed) choose(grid.getId());
  });
}

function newGrid(layers, { drawn }) {
  return drawing(layers, "Polygon", (feature) => {
    layers.sketch.addFeature(feature);
    drawn(geometryOf(feature));
  });
}

export function makeTools(layers, calls) {
  const { map, open, fixed } = layers;
  let name = "select";
  let active = [];

  const made = {
    select: () => [],
    merge: () => [],
    draw: () => [newGrid(layers, calls)],
    split: () => [splitting(layers, calls)],
    border: () => [dragging(layers, calls.change)],
  };

  function use(next) {
    for (const interaction of active) map.removeInteraction(interaction);
    name = next;
    active = made[next]();
    // Snapping comes last, so that it is asked first.
    if (active.length) active.push(...[open, fixed].map((source) => new Snap({ source, pixelTolerance: SNAP_PIXELS })));
    for (const interaction of active) map.addInteraction(interaction);
    map.getTargetElement().dataset.tool = next;
    for (const button of document.querySelectorAll("[data-tool]:is(button)")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === next));
    }
  }

  map.on("click", ({ coordinate }) => {
    if (name === "draw" || name === "split") return;
    const hits = layers.at(coordinate).map((feature) => feature.getId());
    if (!hits.length) return;
    if (name === "merge") calls.tick(hits[0]);
    else calls.choose(hits[(hits.indexOf(layers.marks.chosen) + 1) % hits.length]);
  });

  return {
    use(next) {
      use(next);
      layers.sketch.clear();
      const chosen = layers.open.getFeatureById(layers.marks.chosen ?? "");
      if (next === "merge" && chosen && !calls.ticked().includes(chosen.getId())) calls.tick(chosen.getId());
      say(chosen && NAMED[next] ? NAMED[next](chosen.get("name")) : HINTS[next]);
    },
    name: () => name,
    // Escape: first the line being drawn, then the tool.
    cancel() {
      const draw = active.find((interaction) => interaction instanceof Draw);
      layers.sketch.clear();
      layers.leave();
      if (draw?.getOverlay().getSource().getFeatures().length) draw.abortDrawing();
      else if (name !== "select") this.use("select");
    },
    backspace: () => active.find((interaction) => interaction instanceof Draw)?.removeLastPoint(),
    rest: (isResting) => active.forEach((interaction) => interaction.setActive(!isResting)),
  };
}
