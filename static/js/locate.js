// One reading of the place per report, with the reason said; after 8 s or a refusal the worker chooses the grid.
// <fieldset data-locate="open|tap" data-locate-url="…"> with inputs lon, lat, accuracy_m; [data-locate-say],
// [data-locate-start] (button), [data-locate-confirm] (shown above 100 m), [data-locate-use], [data-locate-choose] (details).
// data-locate-url answers ?lon=&lat= with {"grid": pk, "name": "京东社区第二网格"} or {"grid": null}.

const WAIT = 8000;
const DOUBTFUL = 100;

function say(field, sentence) {
  field.querySelector("[data-locate-say]").textContent = sentence;
}

function fill(field, name, value) {
  const input = field.querySelector(`[name=${name}]`);
  if (!input) return;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function chooseInstead(field, sentence) {
  say(field, sentence);
  const chooser = field.querySelector("[data-locate-choose]");
  if (chooser) chooser.open = true;
}

async function nameThePlace(field, { longitude, latitude, accuracy }) {
  const metres = Math.round(accuracy);
  say(field, `已定位，约 ±${metres} 米`);
  if (!field.dataset.locateUrl) return;
  const url = new URL(field.dataset.locateUrl, location.href);
  url.searchParams.set("lon", longitude.toFixed(6));
  url.searchParams.set("lat", latitude.toFixed(6));
  try {
    const answer = await (await fetch(url, { headers: { Accept: "application/json" } })).json();
    if (answer.grid) {
      fill(field, "grid", answer.grid);
      say(field, `${answer.name}，约 ±${metres} 米`);
    } else chooseInstead(field, "这个位置不在您负责的网格里，请自己选网格。");
  } catch {
    say(field, `已定位，约 ±${metres} 米；网格在上报时由系统核对。`);
  }
}

function use(field, place) {
  fill(field, "lon", place.longitude.toFixed(6));
  fill(field, "lat", place.latitude.toFixed(6));
  fill(field, "accuracy_m", Math.round(place.accuracy));
  field.querySelector("[data-locate-confirm]").hidden = true;
  return nameThePlace(field, place);
}

function doubt(field, place) {
  say(field, `定位误差较大，约 ±${Math.round(place.accuracy)} 米。用这个位置吗？`);
  const confirm = field.querySelector("[data-locate-confirm]");
  confirm.hidden = false;
  confirm.querySelector("[data-locate-use]").onclick = () => use(field, place);
}

function refused(field, { code }) {
  const why = code === 1 ? "没有得到定位许可" : code === 3 ? "8 秒内没有定到位" : "现在定不到位";
  chooseInstead(field, `${why}，请自己选网格，也可以写明地点。`);
}

function readOnce(field) {
  if (!navigator.geolocation) return refused(field, { code: 2 });
  say(field, "正在定位，只为这次上报读取一次…");
  return navigator.geolocation.getCurrentPosition(
    ({ coords }) => (coords.accuracy > DOUBTFUL ? doubt(field, coords) : use(field, coords)),
    (error) => refused(field, error),
    { enableHighAccuracy: true, timeout: WAIT, maximumAge: 30_000 },
  );
}

for (const field of document.querySelectorAll("[data-locate]")) {
  field.querySelector("[data-locate-start]")?.addEventListener("click", () => readOnce(field));
  const isKnown = field.querySelector("[name=lon]")?.value;
  if (field.dataset.locate === "open" && !isKnown) readOnce(field);
}
