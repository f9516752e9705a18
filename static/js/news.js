// Tells of new cases while the desk lies under another window: a number in the title, a sound, each by choice of this device.
// <p data-news="acceptance" hidden> with <input data-news-by="title"> and <input data-news-by="sound">. Listens to "counts-changed".

const line = document.querySelector("[data-news]");
const title = document.title;
const on = (way) => localStorage.getItem(`news:${way}`) === "on";
let waiting = Number(document.querySelector(`[data-poll-count="${line?.dataset.news}"]`)?.textContent ?? 0);
let audio;

function ring() {
  audio ??= new AudioContext();
  audio.resume();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  line.dataset.newsRung = String(Number(line.dataset.newsRung ?? 0) + 1);
}

function showInTitle() {
  document.title = on("title") && waiting ? `(${waiting}) ${title}` : title;
}

if (line) {
  line.hidden = false;
  for (const box of line.querySelectorAll("[data-news-by]")) {
    box.checked = on(box.dataset.newsBy);
    box.addEventListener("change", () => {
      localStorage.setItem(`news:${box.dataset.newsBy}`, box.checked ? "on" : "off");
      showInTitle();
      if (box.dataset.newsBy === "sound" && box.checked) ring(); // so that it is heard once, and allowed from now on
    });
  }
  document.addEventListener("counts-changed", ({ detail }) => {
    const now = detail[line.dataset.news] ?? waiting;
    if (now > waiting && on("sound")) ring();
    waiting = now;
    showInTitle();
  });
  showInTitle();
}
