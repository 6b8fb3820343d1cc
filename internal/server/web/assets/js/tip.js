// Tooltips: what describes a control shows beside it on hover and focus, can be pointed at, and goes with
// Escape (WCAG 1.4.13). The description itself stands in the page for those who listen.
let tip, timer, owner;

export function tips(root) {
  root.addEventListener("pointerover", (e) => later(e.target));
  root.addEventListener("focusin", (e) => { if (e.target.matches(":focus-visible")) show(row(e.target)); });
  root.addEventListener("pointerout", (e) => { if (!e.relatedTarget?.closest?.(".pick, .tip")) leave(); });
  root.addEventListener("focusout", leave);
}

const row = (e) => e.closest?.(".pick");

function later(target) {
  const li = row(target);
  if (!li || target.closest(".pick-end")) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(li), owner ? 60 : 350);
}

function leave() {
  clearTimeout(timer);
  timer = setTimeout(hide, 120);
}

function hide() {
  owner = null;
  if (tip?.matches(":popover-open")) tip.hidePopover();
}

function show(li) {
  clearTimeout(timer);
  const text = li?.querySelector("[data-tip]")?.textContent;
  if (!text) return hide();
  if (owner === li && tip.matches(":popover-open")) return;
  if (!tip) make();
  owner = li;
  (li.closest("dialog") ?? document.body).append(tip);
  tip.textContent = text;
  tip.showPopover();
  const at = li.getBoundingClientRect(), box = tip.getBoundingClientRect();
  const above = at.bottom + box.height + 8 > innerHeight;
  tip.style.left = `${Math.max(8, Math.min(at.left + 24, innerWidth - box.width - 8))}px`;
  tip.style.top = `${above ? at.top - box.height - 2 : at.bottom + 2}px`;
}

function make() {
  tip = document.createElement("div");
  tip.className = "tip";
  tip.popover = "manual";
  tip.setAttribute("role", "tooltip");
  tip.addEventListener("pointerenter", () => clearTimeout(timer));
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });
  document.addEventListener("scroll", hide, true);
}
