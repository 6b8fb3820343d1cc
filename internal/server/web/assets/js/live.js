// Search as you type: the list's form is sent by fetch to its own address, and the answer's region
// takes the present one's place. The address bar follows, so that reload and links keep the search.
export function live(dress) {
  const form = document.querySelector("[data-live-form]");
  const region = document.querySelector("[data-live-region]");
  if (!form || !region) return;
  const status = document.querySelector("[data-live-status]");
  let timer, flight, asked;

  function address() {
    const url = new URL(form.action, location.href);
    for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
    return url;
  }
  asked = address().href;

  async function load(url, fill) {
    flight?.abort();
    flight = new AbortController();
    asked = url.href;
    region.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: flight.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live-region]");
      if (!answer.ok || answer.redirected || !fresh) throw new Error("not a list");
      history.replaceState(null, "", url);
      const at = region.contains(document.activeElement) && document.activeElement.getAttribute("href");
      region.replaceChildren(...fresh.childNodes);
      if (at) region.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
      if (fill) {
        refill(page.querySelector("[data-live-form]"));
        asked = address().href;
      }
      dress(region);
      status.textContent = fresh.dataset.summary;
    } catch (err) {
      if (err.name === "AbortError") return;
      location.assign(url);
    }
    region.removeAttribute("aria-busy");
  }

  // A link changed the filters: the controls follow, and what the form carries along.
  function refill(fresh) {
    for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
    for (const control of fresh.querySelectorAll("[name]")) {
      if (control.type === "hidden") form.append(control);
      else form.elements[control.name].value = control.value;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Escape in an empty field, a letter typed and taken back: nothing to ask for.
      if (address().href !== asked) load(address());
    }, 180);
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    clearTimeout(timer);
    load(address());
  });
  // A panel's own form changes the filters, too.
  region.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-live-get]")) return;
    e.preventDefault();
    const url = new URL(e.target.action, location.href);
    for (const [name, value] of new FormData(e.target)) if (value) url.searchParams.append(name, value);
    load(url, true);
  });
  region.addEventListener("click", async (e) => {
    const link = e.target.closest("a[data-live]");
    if (!link || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    await load(new URL(link.href), true);
    // The link is gone with the old region; the focus goes where the list begins.
    if (!region.contains(document.activeElement)) (region.querySelector("a[data-live], [data-open]") || form.querySelector("[data-search]")).focus({ preventScroll: true });
  });
}
