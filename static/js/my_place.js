// One reading of the place on request, into the fields lon and lat of a form, which is then sent.
// <form data-my-place> with inputs lon and lat, a hidden <button data-my-place-start> and a line [data-my-place-say].

const WAIT = 8000;
const WORDS = { 1: "没有得到定位许可，请在浏览器设置里允许，或直接填写经度和纬度。", 2: "这里定不了位，请直接填写经度和纬度。", 3: "定位超时，请再试一次，或直接填写。" };

function read(form) {
  const line = form.querySelector("[data-my-place-say]");
  line.textContent = "正在定位……";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
      line.textContent = `已定位，约 ±${Math.round(coords.accuracy)} 米`;
      form.requestSubmit();
    },
    (fault) => { line.textContent = WORDS[fault.code] ?? WORDS[2]; },
    { enableHighAccuracy: true, timeout: WAIT, maximumAge: 0 },
  );
}

for (const form of document.querySelectorAll("[data-my-place]")) {
  const button = form.querySelector("[data-my-place-start]");
  button.hidden = !("geolocation" in navigator);
  button.addEventListener("click", () => read(form));
}
