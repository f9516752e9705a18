// Photos: shrunk on the phone (1600 px, JPEG, at most 300 kB; EXIF falls away), shown as canvases, put back into the form.
// <fieldset data-photo-field="photos" data-photo-limit="9"> with file inputs, [data-photos] and [data-photo-wrong].
// Says "photos:changed" on the fieldset, whose .photos is a list of {id, blob, name}; draft.js keeps them, and puts them
// back quietly.

import { newKey } from "./draft_store.js";

const LONGEST_SIDE = 1600;
const SIZE_LIMIT = 300 * 1024;
const TRIES = [[1, 0.72], [1, 0.6], [0.8, 0.6], [0.6, 0.55], [0.45, 0.5]];

function draw(bitmap, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white"; // a JPEG has no transparency, and what is clear would turn black
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const fit = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  let blob;
  for (const [scale, quality] of TRIES) {
    const canvas = draw(bitmap, bitmap.width * fit * scale, bitmap.height * fit * scale);
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= SIZE_LIMIT) break;
  }
  bitmap.close();
  return blob;
}

async function previewOf(photo) {
  const bitmap = await createImageBitmap(photo.blob);
  const canvas = document.createElement("canvas");
  canvas.width = 240;
  canvas.height = 180;
  const scale = Math.max(240 / bitmap.width, 180 / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d").drawImage(bitmap, (240 - width) / 2, (180 - height) / 2, width, height);
  bitmap.close();
  return canvas;
}

function dropButton(field, photo, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "photo-drop";
  button.setAttribute("aria-label", `删除第 ${place + 1} 张照片`);
  button.append(document.createTextNode("✕"));
  button.addEventListener("click", () => setPhotos(field, field.photos.filter((one) => one.id !== photo.id)));
  return button;
}

async function show(field) {
  const figures = await Promise.all(
    field.photos.map(async (photo, place) => {
      const figure = document.createElement("figure");
      figure.className = "photo";
      const canvas = await previewOf(photo);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `第 ${place + 1} 张照片，${Math.round(photo.blob.size / 1024)} kB`);
      figure.append(canvas, dropButton(field, photo, place));
      return figure;
    }),
  );
  field.querySelector("[data-photos]").replaceChildren(...figures);
}

function fillForm(field) {
  const inputs = [...field.querySelectorAll("input[type=file]")];
  for (const input of inputs) input.value = "";
  const files = new DataTransfer();
  for (const photo of field.photos) files.items.add(new File([photo.blob], photo.name, { type: "image/jpeg" }));
  (inputs.find((input) => input.multiple) ?? inputs[0]).files = files.files;
}

export async function setPhotos(field, photos, { isQuiet = false } = {}) {
  field.photos = photos;
  fillForm(field);
  await show(field);
  if (!isQuiet) field.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true }));
}

function complain(field, sentence) {
  const line = field.querySelector("[data-photo-wrong]");
  line.textContent = sentence;
  line.hidden = sentence === "";
}

async function add(field, files) {
  const limit = Number(field.dataset.photoLimit);
  const room = limit - field.photos.length;
  complain(field, files.length > room ? `最多 ${limit} 张，多出的 ${files.length - room} 张没有加入。` : "");
  const added = [];
  for (const file of files.slice(0, room)) {
    try {
      added.push({ id: newKey(), blob: await shrink(file), name: `${newKey().slice(0, 8)}.jpg` });
    } catch {
      complain(field, `“${file.name}”打不开，没有加入；其他照片都在。请换一张或重拍。`);
    }
  }
  await setPhotos(field, [...field.photos, ...added]);
}

function start() {
  for (const field of document.querySelectorAll("[data-photo-field]")) {
    if (field.photos) continue;
    field.photos = [];
    field.addEventListener("change", (event) => {
      if (event.target.type === "file") add(field, [...event.target.files]);
    });
  }
}

start();
document.addEventListener("htmx:afterSettle", start);
