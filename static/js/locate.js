// One reading of the place per report, with the reason said; after 8 s or a refusal the worker chooses the grid.
// <fieldset data-locate="open|tap" data-locate-url="…"> with inputs lon, lat, accuracy_m and grid_id; [data-locate-say],
// [data-locate-start] (button), [data-locate-confirm] (shown above 100 m) with [data-locate-use] and [data-locate-again].
// "open" reads by itself where the person has allowed it before; else the button asks, after the reason has been read.
// data-locate-url answers ?lon=&lat= with {"id": pk, "name": "京东社区第二网格"}, or 422 with {"sentence"}.

const WAIT = 8000;
const DOUBTFUL = 100;

function say(field, sentence) {
  field.querySelector("[data-locate-say]").textContent = sentence;
}

function offer(field, words) {
  const button = field.querySelector("[data-locate-start]");
  button.hidden = false;
  if (words) button.lastChild.textContent = words;
}

function fill(field, name, value) {
  const input = field.querySelector(`[name=${name}]`);
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function choose(field, id) {
  const option = field.querySelector(`[name=grid_id][value="${id}"], [name=grid_id] option[value="${id}"]`);
  if (!option) return false;
  if (option.tagName === "OPTION") option.selected = true;
  else option.checked = true;
  (option.closest("select") ?? option).dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

async function nameThePlace(field, { longitude, latitude, accuracy }) {
  const metres = Math.round(accuracy);
  say(field, `已定位，约 ±${metres} 米`);
  const url = new URL(field.dataset.locateUrl, location.href);
  url.searchParams.set("lon", longitude.toFixed(6));
  url.searchParams.set("lat", latitude.toFixed(6));
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const place = await answer.json();
    if (!answer.ok) say(field, `已定位，约 ±${metres} 米。${place.sentence ?? "请自己选网格。"}`);
    else if (choose(field, place.id)) say(field, `${place.name}，约 ±${metres} 米`);
    else say(field, `这里是${place.name}，不在您可以上报的网格里。请自己选网格。`);
  } catch {
    say(field, `已定位，约 ±${metres} 米；现在没有网络，网格以上面选的为准。`);
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
  say(field, `${why}。不影响上报：请选好网格，写明地点即可。`);
  if (code !== 1) offer(field, "再试一次");
}

function readOnce(field) {
  field.querySelector("[data-locate-start]").hidden = true;
  field.querySelector("[data-locate-confirm]").hidden = true;
  say(field, "正在定位，只为这次上报读取一次…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => (coords.accuracy > DOUBTFUL ? doubt(field, coords) : use(field, coords)),
    (error) => refused(field, error),
    { enableHighAccuracy: true, timeout: WAIT, maximumAge: 30_000 },
  );
}

async function start(field) {
  if (!navigator.geolocation) return refused(field, { code: 2 });
  field.querySelector("[data-locate-start]").addEventListener("click", () => readOnce(field));
  field.querySelector("[data-locate-again]").addEventListener("click", () => readOnce(field));
  if (field.querySelector("[name=lon]").value) return say(field, "位置已读取，和草稿一起保存着。");
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (field.dataset.locate === "open" && asked?.state === "granted") return readOnce(field);
  if (asked?.state === "denied") return refused(field, { code: 1 });
  return offer(field);
}

document.querySelectorAll("[data-locate]").forEach(start);
