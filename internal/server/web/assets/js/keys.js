// Keyboard shortcuts of single characters; they can be switched off in this browser (WCAG 2.1.4).
const kept = "roster.shortcuts";

export function keys() {
  const box = document.querySelector("[data-shortcuts]");
  if (!box) return;
  box.checked = localStorage.getItem(kept) !== "off";
  box.addEventListener("change", () => localStorage.setItem(kept, box.checked ? "on" : "off"));
  let going = 0;

  document.addEventListener("keydown", (e) => {
    if (!box.checked || e.metaKey || e.ctrlKey || e.altKey || e.isComposing) return;
    if (e.target.closest("input, textarea, select, [contenteditable], dialog")) {
      if (e.key === "Escape" && e.target.matches("[data-search]")) e.target.blur();
      return;
    }
    if (Date.now() - going < 1200) {
      going = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
      if (link) link.click();
      return;
    }
    const act = {
      "/": () => document.querySelector("[data-search]")?.focus(),
      "?": () => document.getElementById("shortcuts").showModal(),
      g: () => { going = Date.now(); },
      j: () => move(1),
      k: () => move(-1),
      x: () => (document.querySelector("[data-row].at [data-pick]:not(:disabled)") ?? document.querySelector("[data-row].at [popovertarget]"))?.click(),
    }[e.key];
    if (!act) return;
    if (e.key !== "g") e.preventDefault();
    act();
  });
}

// move goes to the next or previous row; Enter then opens it, since its link has the focus.
function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return;
  const now = rows.findIndex((r) => r.classList.contains("at") || r.contains(document.activeElement));
  const next = Math.min(rows.length - 1, Math.max(0, now + step));
  rows[now]?.classList.remove("at");
  rows[next].classList.add("at");
  rows[next].querySelector("[data-open]").focus();
}
