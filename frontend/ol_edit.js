// The part of OpenLayers that static/js/map_edit*.js use: all of the view, and drawing; bundled by build.mjs.
export * from "./ol_view.js";
export { default as Feature } from "ol/Feature.js";
export { default as Point } from "ol/geom/Point.js";
export { default as LineString } from "ol/geom/LineString.js";
export { default as Polygon } from "ol/geom/Polygon.js";
export { default as Draw } from "ol/interaction/Draw.js";
export { default as Modify } from "ol/interaction/Modify.js";
export { default as Snap } from "ol/interaction/Snap.js";
export { fromLonLat } from "ol/proj.js";
