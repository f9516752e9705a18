// Builds static/vendor (htmx, OpenLayers) and static/icons/sprite.svg from the pinned packages.
// Run it with `npm ci && npm run build`; the output is committed, and CI compares a fresh build with it.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const vendor = join(here, "..", "static", "vendor");
const icons = join(here, "..", "static", "icons");

const ICONS = (
  "camera image map-pin map mic search inbox bell user users house plus check x chevron-left chevron-right " +
  "chevron-down arrow-up send undo-2 corner-up-left pen-line clock list list-checks phone printer download upload " +
  "log-out log-in circle-question-mark a-large-small keyboard funnel refresh-cw wifi-off cloud-upload " +
  "triangle-alert circle-alert circle-check info eye file-text clipboard-check building-2 locate-fixed " +
  "lock message-square history merge hand"
).split(" ");

async function versionOf(name) {
  return JSON.parse(await readFile(join(modules, name, "package.json"), "utf8")).version;
}

async function licenceOf(name) {
  const files = await readdir(join(modules, name));
  return readFile(join(modules, name, files.find((file) => /^licen[cs]e/i.test(file))), "utf8");
}

async function put(name, code, { from, licence }) {
  const version = await versionOf(from);
  const file = `${name}.${version}.js`;
  const text = code.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n");
  await writeFile(join(vendor, file), text);
  await writeFile(join(vendor, `${name}.${version}.LICENSE.txt`), await licenceOf(from));
  return { name, file, version, licence, sha256: createHash("sha256").update(text).digest("hex") };
}

async function openLayers(entry) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "chrome74",
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  return result.outputFiles[0].text;
}

async function sprite() {
  const symbols = await Promise.all(
    ICONS.map(async (name) => {
      const svg = await readFile(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
      const body = svg
        .replace(/<!--.*?-->/gs, "")
        .match(/<svg[^>]*>(.*)<\/svg>/s)[1]
        .replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
    }),
  );
  const text = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(icons, "sprite.svg"), text);
  await writeFile(join(icons, "LICENSE.txt"), await licenceOf("lucide-static"));
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name: "lucide icons", file: "../icons/sprite.svg", version: await versionOf("lucide-static"), licence: "ISC", sha256 };
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
await mkdir(icons, { recursive: true });
const htmx = await readFile(join(modules, "htmx.org", "dist", "htmx.min.js"), "utf8");
const entries = [
  await put("htmx", htmx, { from: "htmx.org", licence: "0BSD" }),
  await put("ol-view", await openLayers("ol_view.js"), { from: "ol", licence: "BSD-2-Clause" }),
  await put("ol-edit", await openLayers("ol_edit.js"), { from: "ol", licence: "BSD-2-Clause" }),
  await sprite(),
];
await writeFile(join(vendor, "VENDOR.json"), JSON.stringify(entries, null, 2) + "\n");
