// Choosing rows for an act on several: a box for the page, ranges with Shift, a count, and a bar that comes with the
// first choice. The boxes belong to the bar's form, which is sent as it stands.
export function picks(root) {
  const bar = root.querySelector("[data-bulk]");
  if (!bar) return;
  const boxes = [...root.querySelectorAll("[data-pick]")].filter((b) => !b.disabled);
  const page = root.querySelector("[data-pick-all]");
  const said = bar.querySelector("[data-picked]");
  let last;

  function show() {
    const n = boxes.filter((b) => b.checked).length;
    bar.classList.toggle("some", n > 0 || !page);
    if (page) {
      page.checked = n > 0 && n === boxes.length;
      page.indeterminate = n > 0 && n < boxes.length;
      page.disabled = boxes.length === 0;
    }
    const beyond = bar.querySelector("[data-pick-beyond]");
    if (beyond) beyond.hidden = n < boxes.length;
    if (!bar.querySelector("[data-pick-every]")) said.textContent = n === 1 ? bar.dataset.one : bar.dataset.many.replace("%n%", n);
  }

  // Whoever takes one off has no longer chosen all that match.
  function changed() {
    if (boxes.some((b) => !b.checked)) bar.querySelector("[data-pick-every]")?.remove();
    show();
  }

  page?.addEventListener("change", () => {
    for (const box of boxes) box.checked = page.checked;
    changed();
  });
  for (const box of boxes) {
    box.addEventListener("click", (e) => {
      if (e.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      changed();
    });
  }
  show();
}
