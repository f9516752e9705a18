// Boundaries as a person can type them: one "经度,纬度" a line in degrees; GeoJSON where there are holes or several parts.

const DECIMALS = 7;
const written = (number) => String(Number(number.toFixed(DECIMALS)));

export function linesOf(geometry) {
  if (!geometry) return "";
  if (geometry.type !== "Polygon" || geometry.coordinates.length > 1) return JSON.stringify(geometry);
  return geometry.coordinates[0].slice(0, -1).map((node) => node.slice(0, 2).map(written).join(",")).join("\n");
}

function nodeIn(line, index) {
  const parts = line.trim().split(/[\s,，]+/);
  const [lon, lat] = parts.map(Number);
  if (parts.length !== 2 || !Number.isFinite(lon) || !Number.isFinite(lat)) {
    throw new Error(`第 ${index + 1} 行应是“经度,纬度”两个数，例如 115.0123456,35.7012345。`);
  }
  return [lon, lat];
}

const nodesIn = (text) => text.split(/[\n;；]/).filter((line) => line.trim()).map(nodeIn);

export function lineIn(text) {
  const line = nodesIn(text);
  if (line.length < 2) throw new Error("切分线至少要两个点，每行一个“经度,纬度”。");
  return line;
}

export function polygonIn(text) {
  if (text.trimStart().startsWith("{")) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error("边界不是可读的 GeoJSON，请核对。");
    }
  }
  const ring = nodesIn(text);
  const [first, last] = [ring[0], ring.at(-1)];
  if (first && (first[0] !== last[0] || first[1] !== last[1])) ring.push(first);
  if (ring.length < 4) throw new Error("边界至少要三个点，每行一个“经度,纬度”。");
  return { type: "Polygon", coordinates: [ring] };
}
