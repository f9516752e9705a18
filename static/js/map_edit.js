// The map editor of a plan: map, list and forms show the same grids, and whatever is done in one appears in the others.
// <div data-map-edit data-map-url data-change-url data-findings-url data-before-url data-page-url
// data-chosen="key">; the rest of the page as map_edit_list.js, _forms.js, _findings.js, _tools.js and _keys.js say.
// [data-edit-before] is the button that shows the borders in force, [data-edit-whole] the one that shows the township;
// [data-edit-say] the live region. What the server answers is what is drawn.

import { showCounts, showFindings, listenForJumps } from "./map_edit_findings.js";
import * as forms from "./map_edit_forms.js";
import * as keys from "./map_edit_keys.js";
import { drawLayers, geometryOf } from "./map_edit_layers.js";
import * as list from "./map_edit_list.js";
import { connect, say } from "./map_edit_server.js";
import { makeTools } from "./map_edit_tools.js";

// A reload opens the same grid. Put off a little, for a browser counts how often an address is changed.
let remembering;
function remember(pageUrl, key) {
  clearTimeout(remembering);
  remembering = setTimeout(() => history.replaceState(null, "", key ? `${pageUrl}&grid=${encodeURIComponent(key)}` : pageUrl), 300);
}

function start(element) {
  const server = connect(element);
  const layers = drawLayers(element);
  const { marks } = layers;

  function showChosen() {
    const feature = layers.find(marks.chosen);
    if (!feature) marks.chosen = null;
    list.markRow(marks.chosen);
    forms.fillForms(feature, feature?.getGeometry() ? geometryOf(feature) : null);
    layers.repaint();
  }

  function choose(key, { isWanted = false } = {}) {
    if (key === marks.chosen && !isWanted) return;
    marks.chosen = key;
    remember(element.dataset.pageUrl, key);
    showChosen();
  }

  function ticksChanged(ticked) {
    marks.ticked = new Set(ticked);
    forms.offerSurvivors(ticked.map(layers.find).filter(Boolean));
    layers.repaint();
  }

  function showAll() {
    list.showRows(layers.all(), element.dataset.pageUrl);
    ticksChanged(list.ticked());
    showChosen();
  }

  // After a form was sent: the sums are cleared and the grid that came of it is chosen.
  function sent(verb, answer, { survivor }) {
    if (verb === "merge") {
      list.untick();
      ticksChanged([]);
      choose(survivor, { isWanted: true });
    } else if (verb === "create") {
      const made = answer.features?.find((feature) => feature.properties.state === "new");
      tools.use("select");
      say(answer.sentence ?? "已新设网格。", "ok");
      if (made) choose(made.id, { isWanted: true });
    }
    showChosen();
  }

  async function refreshFindings() {
    showFindings(await server.findings());
  }

  async function toggleBefore(button) {
    const isShown = button.getAttribute("aria-pressed") !== "true";
    if (isShown) layers.showBefore(await server.before());
    layers.beforeLayer.setVisible(isShown);
    button.setAttribute("aria-pressed", String(isShown));
  }

  const tools = makeTools(layers, {
    change: server.change,
    choose: (key) => choose(key),
    tick: list.tickRow,
    ticked: list.ticked,
    drawn: (geometry) => forms.fillNew(geometry, layers.find(marks.chosen)?.get("village_code")),
  });

  element.addEventListener("edit:loaded", ({ detail }) => {
    layers.show(detail.features, detail.outlines);
    showAll();
  });
  element.addEventListener("edit:changed", ({ detail }) => {
    for (const key of detail.removed ?? []) layers.drop(key);
    layers.put(detail.features ?? []);
    showAll();
    refreshFindings().catch(() => {});
  });
  element.addEventListener("edit:busy", ({ detail }) => tools.rest(detail));
  element.addEventListener("edit:state", ({ detail }) => {
    forms.enableHistory(detail);
    showCounts(detail.findings);
  });

  list.listen({
    ticksChanged,
    choose(key, wish) {
      choose(key, wish);
      layers.reveal(key);
    },
  });
  forms.listen({ change: server.change, sent });
  listenForJumps({ jump: layers.jump, choose });
  keys.listen({ cancel: () => tools.cancel(), backspace: tools.backspace });
  document.querySelector("[data-edit-before]")?.addEventListener("click", ({ currentTarget }) => {
    toggleBefore(currentTarget).catch((error) => say(error.message, "late"));
  });
  document.querySelector("[data-edit-whole]")?.addEventListener("click", () => layers.fit(false));
  document.querySelector(".editor-townships [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const button of document.querySelectorAll("button[data-tool]")) {
    button.addEventListener("click", () => tools.use(button.dataset.tool));
  }

  marks.chosen = element.dataset.chosen || null;
  // A finding on another page leads here with ?jump=lon,lat.
  const [lon, lat] = (new URLSearchParams(location.search).get("jump") ?? "").split(",").map(Number);
  return server.load().then(() => {
    layers.fit();
    if (Number.isFinite(lat)) layers.jump(lon, lat);
    else layers.reveal(marks.chosen);
    element.dataset.mapReady = "";
    return refreshFindings();
  });
}

for (const element of document.querySelectorAll("[data-map-edit]")) {
  start(element).catch((error) => say(`${error.message} 旁边的列表和表单照常可用。`, "late"));
}
