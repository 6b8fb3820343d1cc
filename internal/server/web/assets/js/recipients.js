// Several addresses: what is typed or pasted becomes chips that can be taken off one by one. The text area stays
// the form's field, a line for each chip; the server tells whom a text names and what is wrong with each.
const fill = (text, values) => text.replace(/%(\w+)%/g, (all, name) => values[name] ?? all);

export function recipients(root) {
  for (const box of root.querySelectorAll("[data-recipients]")) dress(box);
}

function dress(box) {
  const area = box.querySelector("textarea");
  const list = box.querySelector("[data-list]");
  const said = box.querySelector("[data-said]");
  const form = area.form;
  let shown = []; // what the server read last
  let timer, flight;

  const lines = () => shown.map((r) => r.typed.replace(/\s+/g, " "));

  const read = async (news) => {
    flight?.abort();
    flight = new AbortController();
    const body = new URLSearchParams({ addresses: area.value, kind: form.elements.kind.value });
    try {
      const answer = await fetch(box.dataset.recipients, { method: "POST", body, signal: flight.signal });
      if (!answer.ok) return;
      shown = (await answer.json()).recipients;
      draw(news);
    } catch { /* the form itself says it */ }
  };

  const draw = (news) => {
    list.replaceChildren(...shown.map(chip));
    list.hidden = shown.length === 0;
    const bad = shown.filter((r) => r.wrong).length;
    const over = box.dataset.seats === "" ? 0 : shown.length - bad - Number(box.dataset.seats);
    const parts = news ? [news] : [];
    if (shown.length > 0) parts.push(fill(box.dataset.count, { n: shown.length, bad }));
    if (over > 0) parts.push(fill(box.dataset.over, { n: over }));
    said.textContent = parts.join(" ");
  };

  const chip = (r, n) => {
    const li = document.createElement("li");
    li.className = r.wrong ? "chip bad" : "chip";
    const words = document.createElement("span");
    words.textContent = r.name ? `${r.name} · ${r.label}` : r.label;
    li.append(words);
    if (r.wrong) {
      const why = document.createElement("span");
      why.className = "why";
      why.textContent = r.wrong;
      li.append(why);
    }
    const off = document.createElement("button");
    off.type = "button";
    off.className = "off";
    off.setAttribute("aria-label", fill(box.dataset.takeOff, { address: r.label }));
    off.textContent = "×";
    off.addEventListener("click", () => takeOff(n));
    li.append(off);
    return li;
  };

  // takeOff keeps the focus where the next chip is, or goes back to the text.
  const takeOff = (n) => {
    const [gone] = shown.splice(n, 1);
    area.value = lines().join("\n");
    const news = fill(box.dataset.takenOff, { address: gone.label });
    draw(news);
    focus(n);
    read(news).then(() => { if (document.activeElement === document.body) focus(n); });
  };

  const focus = (n) => {
    const buttons = list.querySelectorAll("button");
    (buttons[Math.min(n, buttons.length - 1)] ?? area).focus();
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => read(), 250);
  };
  area.addEventListener("input", soon);
  form.addEventListener("change", (e) => { if (e.target.name === "kind") soon(); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    flight?.abort();
  });
  if (area.value.trim() !== "") read();
}
