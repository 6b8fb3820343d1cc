// A secret that is shown once: leaving the page without the tick asks first.
export function once(root) {
  const page = root.querySelector("[data-once]");
  if (!page) return;
  const tick = page.querySelector("[data-stored]");
  // Browsers ask only where someone has touched the page, and complain of others.
  const touched = () => addEventListener("beforeunload", (e) => {
    if (!tick.checked) e.preventDefault();
  });
  addEventListener("pointerdown", touched, { once: true });
  addEventListener("keydown", touched, { once: true });
}
