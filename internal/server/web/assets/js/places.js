// A search that narrows a list of customer accounts while someone types. Without it a button asks the server.
export function places(root) {
  for (const input of root.querySelectorAll("[data-places]")) {
    const list = document.getElementById(input.dataset.list);
    let timer, flight;
    const ask = async () => {
      flight?.abort();
      flight = new AbortController();
      const url = new URL(input.dataset.places, location.href);
      url.searchParams.set("q", input.value);
      try {
        const answer = await fetch(url, { signal: flight.signal, headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-place-options]");
        if (!answer.ok || !fresh) return;
        const chosen = list.value;
        list.replaceChildren(...[...fresh.children].map((o) => document.adoptNode(o)));
        if ([...list.options].some((o) => o.value === chosen)) list.value = chosen;
      } catch { /* the places that are there stay */ }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 180);
    });
    input.addEventListener("keydown", (e) => { if (e.key === "Enter") e.preventDefault(); });
  }
}
