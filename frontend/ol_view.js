// The part of OpenLayers that static/js/map_view.js uses; bundled by build.mjs.
export { default as Map } from "ol/Map.js";
export { default as View } from "ol/View.js";
export { default as VectorLayer } from "ol/layer/Vector.js";
export { default as VectorSource } from "ol/source/Vector.js";
export { default as GeoJSON } from "ol/format/GeoJSON.js";
export { default as Select } from "ol/interaction/Select.js";
export { default as Style } from "ol/style/Style.js";
export { default as Fill } from "ol/style/Fill.js";
export { default as Stroke } from "ol/style/Stroke.js";
export { default as Text } from "ol/style/Text.js";
export { default as CircleStyle } from "ol/style/Circle.js";
export { default as Zoom } from "ol/control/Zoom.js";
export { default as ScaleLine } from "ol/control/ScaleLine.js";
export { defaults as defaultInteractions } from "ol/interaction/defaults.js";
export { click } from "ol/events/condition.js";
