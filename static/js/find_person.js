// Offers people while a name, pinyin or initials are typed into a box that takes an account name or a work telephone.
// <input data-find-person="/staff/people/find/">: the arrows choose, Enter takes, Esc closes and keeps the words.
// Without scripts or network the box stays as it is, and the answer to the form names who may be meant.

const PAUSE = 150; // milliseconds after the last key

function listFor(box) {
  const list = document.createElement("select");
  list.className = "input";
  list.id = `${box.id}_found`;
  list.hidden = true;
  list.tabIndex = -1;
  list.setAttribute("aria-label", "找到的人");
  const status = document.createElement("p");
  status.className = "hint";
  status.setAttribute("role", "status");
  box.after(list, status);
  box.setAttribute("aria-controls", list.id);
  return { list, status };
}

async function peopleFor(box) {
  const url = new URL(box.dataset.findPerson, location.href);
  url.searchParams.set("q", box.value.trim());
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return [];
  return (await answer.json()).people;
}

function makeFinding(box) {
  box.dataset.findingPerson = "on";
  const { list, status } = listFor(box);
  let turn = 0;
  let waiting = 0;

  function close(words = "") {
    turn += 1;
    clearTimeout(waiting);
    list.hidden = true;
    status.textContent = words;
  }

  function show(people) {
    list.replaceChildren(...people.map((each) => new Option(each.words, each.account)));
    list.size = Math.max(people.length, 2); // one row would be drawn as a closed list
    list.selectedIndex = people.length ? 0 : -1;
    list.hidden = people.length === 0;
    status.textContent = people.length ? `找到 ${people.length} 人，上下键选，回车确定` : "您管理的人员里没有找到；别处的人请填账号或工作电话。";
  }

  function take() {
    const chosen = list.selectedOptions[0];
    if (!chosen) return;
    box.value = chosen.value;
    close(`已选：${chosen.text}`);
    box.focus();
  }

  function ask() {
    const mine = ++turn;
    clearTimeout(waiting);
    if (box.value.trim() === "") return close();
    waiting = setTimeout(async () => {
      const people = await peopleFor(box).catch(() => null);
      if (people !== null && mine === turn) show(people);
    }, PAUSE);
  }

  box.addEventListener("input", (event) => event.isComposing || ask());
  box.addEventListener("compositionend", ask);
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const last = list.options.length - 1;
    if (event.key === "ArrowDown") list.selectedIndex = Math.min(list.selectedIndex + 1, last);
    else if (event.key === "ArrowUp") list.selectedIndex = Math.max(list.selectedIndex - 1, 0);
    else if (event.key === "Enter") take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    if (event.key.startsWith("Arrow")) status.textContent = list.selectedOptions[0].text;
  });
  list.addEventListener("change", take);
  list.addEventListener("click", take);
}

for (const box of document.querySelectorAll("input[data-find-person]:not([data-finding-person])")) makeFinding(box);
