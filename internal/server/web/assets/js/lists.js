// The two-list editor: search, groups that tick as one, moving by buttons and by keyboard, and a summary of
// what saving would change. The form's own fields are what is moved, so that it is sent as it stands.
import { locale } from "./time.js";
import { tips } from "./tip.js";

const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const fill = (text, values) => text.replace(/%(\w+)%/g, (all, name) => values[name] ?? all);
const boxes = (pane) => [...pane.querySelectorAll(".pick > label > input[type=checkbox]")];
const locked = (box) => box.getAttribute("aria-disabled") === "true";
const shown = (e) => !e.closest("[hidden], .filtered");
const ticks = (pane) => boxes(pane).filter((b) => b.checked && shown(b) && !locked(b));

export function lists(root) {
  for (const editor of root.querySelectorAll("[data-lists]")) edit(editor);
}

function edit(editor) {
  const offer = editor.querySelector("[data-offer]");
  const has = editor.querySelector("[data-has]");
  const pattern = has.querySelector("[data-pattern]").content.firstElementChild;
  const was = JSON.parse(editor.dataset.was);
  const placed = "placed" in editor.dataset;
  const place = editor.querySelector("[data-place]");
  const until = editor.querySelector("[data-until-new]");
  const status = editor.querySelector("[data-said]");
  const say = (text) => { status.textContent = text; };
  const entries = () => [...has.querySelectorAll("[data-entry]")];
  const lineOf = (li) => ({
    Key: li.dataset.key, Place: li.dataset.at, Where: li.dataset.where, Name: li.dataset.name,
    Until: li.querySelector("input[type=date]")?.value ?? "",
  });
  const same = (a) => (b) => a.Key === b.Key && a.Place === b.Place;
  let next = entries().length;

  for (const pane of [offer, has]) {
    for (const box of boxes(pane)) lock(box);
    for (const group of pane.querySelectorAll("[data-group]")) head(group);
    filter(pane);
    keys(pane, pane === offer ? give : take);
  }
  offer.querySelector("[data-give]").addEventListener("click", (e) => { e.preventDefault(); give(); });
  has.querySelector("[data-take]").addEventListener("click", (e) => { e.preventDefault(); take(); });
  editor.addEventListener("change", refresh);
  find();
  tips(editor);
  refresh();

  // lock keeps what cannot be moved in reach of the keyboard, so that its reason can be read.
  function lock(box) {
    if (!box.disabled) return;
    box.disabled = false;
    box.setAttribute("aria-disabled", "true");
    box.addEventListener("click", (e) => e.preventDefault());
  }

  // head gives a group a box of its own that ticks all that is shown of it.
  function head(group) {
    const title = group.querySelector("h4");
    const all = document.createElement("input");
    all.type = "checkbox";
    all.className = "all";
    all.setAttribute("aria-label", fill(editor.dataset.allOf, { group: title.textContent }));
    title.prepend(all);
    all.addEventListener("change", (e) => {
      e.stopPropagation();
      for (const box of boxes(group)) if (shown(box) && !locked(box)) box.checked = all.checked;
      refresh();
    });
  }

  function filter(pane) {
    const search = pane.querySelector("[data-filter]");
    search.addEventListener("input", () => sift(pane, search));
    search.addEventListener("keydown", (e) => {
      if (e.key === "Enter") e.preventDefault();
      if (e.key === "ArrowDown") { e.preventDefault(); walk(pane)[0]?.focus(); }
      if (e.key === "Escape" && search.value) { e.preventDefault(); search.value = ""; sift(pane, search); }
    });
  }

  function sift(pane, search) {
    const wanted = search.value.trim().toLocaleLowerCase();
    for (const li of pane.querySelectorAll(".pick")) {
      const text = (li.dataset.name + " " + (li.dataset.item ?? li.dataset.key) + " " + (li.dataset.where ?? "") + " " + (li.querySelector(".pick-text")?.textContent ?? "")).toLocaleLowerCase();
      li.classList.toggle("filtered", !text.includes(wanted));
      if (li.classList.contains("filtered")) li.querySelector("input[type=checkbox]").checked = false;
    }
    refresh();
  }

  // walk gives what the arrow keys go through: the groups' boxes and their items.
  function walk(pane) {
    return [...pane.querySelectorAll(".pane-group input[type=checkbox]")].filter(shown);
  }

  function keys(pane, move) {
    const list = pane.querySelector(".pane-list");
    list.addEventListener("keydown", (e) => {
      if (!e.target.matches("input[type=checkbox]")) return;
      const all = walk(pane), at = all.indexOf(e.target);
      const other = pane === offer ? has : offer;
      const to = { ArrowDown: all[at + 1], ArrowUp: all[at - 1], Home: all[0], End: all.at(-1), ArrowLeft: pane === has && walk(offer)[0], ArrowRight: pane === offer && walk(other)[0] };
      if (e.key in to) {
        e.preventDefault();
        if (to[e.key]) focus(to[e.key]);
      } else if (e.key === "Enter") {
        e.preventDefault();
        if (!boxes(pane).some((b) => b.checked) && !locked(e.target) && !e.target.classList.contains("all")) e.target.checked = true;
        move(at);
      }
    });
    list.addEventListener("focusin", (e) => { if (e.target.matches(".pane-group input[type=checkbox]")) stop(pane, e.target); });
  }

  // stop makes one box of a list the one that Tab reaches.
  function stop(pane, box) {
    for (const b of walk(pane)) b.tabIndex = b === box ? 0 : -1;
  }

  function focus(box) {
    box.focus();
    box.scrollIntoView({ block: "nearest" });
  }

  // picked is the line that an item becomes when it is given.
  function picked(item) {
    return {
      Key: item.dataset.item, Name: item.dataset.name, Place: place?.value ?? "", Until: until?.value ?? "",
      Where: place?.selectedOptions[0]?.dataset.where ?? "",
    };
  }

  function give() {
    const ticked = ticks(offer);
    if (ticked.length === 0) return say(editor.dataset.noneTicked);
    for (const box of ticked) {
      const from = box.closest("[data-item]");
      put(picked(from), from);
      box.checked = false;
    }
    done(offer, ticked.length, editor.dataset.moved);
  }

  function take() {
    const ticked = ticks(has);
    if (ticked.length === 0) return say(editor.dataset.noneTicked);
    for (const box of ticked) box.closest("[data-entry]").remove();
    done(has, ticked.length, editor.dataset.taken);
  }

  function done(pane, n, text) {
    const all = walk(pane);
    const at = Math.max(0, all.findIndex((b) => b === document.activeElement));
    const held = pane.contains(document.activeElement) && document.activeElement.matches("button");
    refresh();
    if (!held) (walk(pane)[Math.min(at, walk(pane).length - 1)] ?? pane.querySelector("button")).focus();
    say(fill(text, { n }));
  }

  function put(line, from) {
    let li = entries().find((e) => same(line)(lineOf(e)));
    if (!li) {
      li = document.importNode(pattern, true);
      next += 1;
      li.dataset.key = line.Key;
      li.dataset.at = line.Place;
      li.dataset.where = line.Where;
      li.dataset.name = line.Name;
      const kept = li.querySelector("input[type=hidden]");
      kept.name = `line.${next}`;
      kept.value = `${line.Key}@${line.Place}`;
      const box = li.querySelector("input[type=checkbox]");
      box.name = `take.${next}`;
      li.querySelector("[data-called]").textContent = line.Name;
      const where = li.querySelector("[data-place-name]");
      if (where) where.textContent = line.Where;
      const end = li.querySelector("input[type=date]");
      if (end) end.name = `end.${next}`;
      const label = li.querySelector("[data-end-label]");
      if (label) label.textContent = fill(editor.dataset.endOf, { what: line.Name });
      li.classList.toggle("new", !was.some(same(line)));
      const text = from.querySelector(".pick-text");
      if (text) {
        const copy = text.cloneNode(true);
        copy.id = `given-${next}`;
        li.append(copy);
        box.setAttribute("aria-describedby", copy.id);
      }
      const group = [...has.querySelectorAll("[data-group]")].find((g) => g.dataset.group === from.closest("[data-group]").dataset.group);
      group.querySelector("ul").append(li);
      sift(has, has.querySelector("[data-filter]"));
    }
    const end = li.querySelector("input[type=date]");
    if (end) end.value = line.Until;
  }

  function refresh() {
    for (const li of entries()) {
      const end = li.querySelector("[data-end]");
      const date = li.querySelector("input[type=date]")?.value;
      if (end) end.textContent = date ? fill(editor.dataset.ends, { day: day.format(new Date(date)) }) : editor.dataset.endless;
    }
    if (!placed) {
      const there = new Set(entries().map((e) => e.dataset.key));
      for (const li of offer.querySelectorAll("[data-item]")) li.hidden = there.has(li.dataset.item);
    }
    for (const pane of [offer, has]) {
      for (const group of pane.querySelectorAll("[data-group]")) {
        const all = [...group.querySelectorAll(".pick")];
        const seen = all.filter((li) => !li.hidden && !li.classList.contains("filtered"));
        group.hidden = seen.length === 0;
        const free = seen.map((li) => li.querySelector("input[type=checkbox]")).filter((b) => !locked(b));
        const ticked = free.filter((b) => b.checked).length;
        const head = group.querySelector(".all");
        head.checked = free.length > 0 && ticked === free.length;
        head.indeterminate = ticked > 0 && ticked < free.length;
        head.disabled = free.length === 0;
      }
      const searching = pane.querySelector("[data-filter]").value.trim() !== "";
      const empty = pane.querySelector("[data-empty]");
      const nothing = walk(pane).length === 0;
      if (empty) empty.hidden = searching || entries().length > 0;
      pane.querySelector("[data-none]").hidden = !nothing || (empty && !searching);
      const now = walk(pane);
      if (!now.some((b) => b.tabIndex === 0) || now.filter((b) => b.tabIndex === 0).length > 1) stop(pane, now[0]);
    }
    summary();
  }

  function words(line) {
    let text = line.Name;
    if (placed) text = fill(editor.dataset.line, { what: text, where: line.Where });
    if (line.Until) text = fill(editor.dataset.until, { line: text, day: day.format(new Date(line.Until)) });
    return text;
  }

  // summary tells what saving changes; what is ticked moves when the form is saved.
  function summary() {
    const leaving = new Set(ticks(has).map((b) => b.closest("[data-entry]")));
    const now = entries().filter((li) => !leaving.has(li)).map(lineOf);
    for (const box of ticks(offer)) {
      const line = picked(box.closest("[data-item]")), at = now.findIndex(same(line));
      if (at < 0) now.push(line);
      else now[at] = line;
    }
    const parts = {
      gain: now.filter((l) => !was.some(same(l))),
      lose: was.filter((l) => !now.some(same(l))),
      change: now.filter((l) => was.some((w) => same(l)(w) && w.Until !== l.Until)),
    };
    let any = false;
    for (const [key, lines] of Object.entries(parts)) {
      const part = editor.querySelector(`[data-part="${key}"]`);
      part.hidden = lines.length === 0;
      any ||= lines.length > 0;
      part.querySelector("ul").replaceChildren(...lines.map((l) => {
        const li = document.createElement("li");
        li.textContent = words(l);
        return li;
      }));
    }
    editor.querySelector("[data-same]").hidden = any;
  }

  // find asks for places while one is typed.
  function find() {
    const input = editor.querySelector("[data-find]");
    if (!input) return;
    let timer, flight;
    const ask = async () => {
      flight?.abort();
      flight = new AbortController();
      const url = new URL(input.dataset.find, location.href);
      url.searchParams.set("q", input.value);
      try {
        const answer = await fetch(url, { signal: flight.signal, headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-place-options]");
        if (answer.ok && fresh) place.replaceChildren(...[...fresh.children].map((o) => document.adoptNode(o)));
      } catch { /* the places that are there stay */ }
    };
    input.addEventListener("input", (e) => {
      e.stopPropagation();
      clearTimeout(timer);
      timer = setTimeout(ask, 180);
    });
    input.addEventListener("keydown", (e) => { if (e.key === "Enter") e.preventDefault(); });
  }
}
