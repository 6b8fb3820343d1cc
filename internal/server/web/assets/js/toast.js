// Messages after an action: announced once the region is being listened to, gone after a while
// unless someone is at them.
const stay = 12000;

export function say(text, bad = false) {
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  const p = document.createElement("p");
  p.textContent = text;
  toast.append(p);
  show(toast);
}

function show(toast) {
  const at = document.querySelector("[data-toasts]");
  if (!at) return;
  at.append(toast);
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), stay); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

export function toasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    toast.remove();
    setTimeout(() => show(toast), 150);
  }
  document.addEventListener("click", (e) => {
    e.target.closest?.("[data-dismiss]")?.closest("[data-toast]")?.remove();
  });
}
