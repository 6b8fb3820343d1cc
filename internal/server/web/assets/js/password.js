// Passwords: a button that shows them, and criteria that tick while one is typed. The server
// decides; here is only what can be told early.
export function reveal() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-reveal]");
    if (!button) return;
    const input = document.getElementById(button.dataset.reveal);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.textContent = show ? button.dataset.hide : button.dataset.show;
    input.focus();
  });
  // Browsers offer to keep a password only from a field of that type.
  document.addEventListener("submit", (e) => {
    for (const button of e.target.querySelectorAll("[data-reveal][aria-pressed=true]")) button.click();
  });
}

export function criteria(root) {
  for (const box of root.querySelectorAll("[data-criteria]")) {
    const input = document.getElementById(box.dataset.criteria);
    const form = input.form;
    let timer, flight;

    const mark = (key, met) => {
      const line = box.querySelector(`[data-key="${key}"]`);
      if (!line) return;
      line.classList.toggle("met", met);
      line.querySelector("[data-state]").textContent = met ? box.dataset.met : box.dataset.open;
    };

    const early = () => {
      const value = input.value.normalize("NFC");
      mark("length", [...value].length >= Number(box.dataset.least));
    };

    const ask = async () => {
      flight?.abort();
      flight = new AbortController();
      const body = new URLSearchParams({ password: input.value });
      for (const name of ["first_name", "last_name", "email"]) if (form.elements[name]) body.set(name, form.elements[name].value);
      try {
        const answer = await fetch(box.dataset.check, { method: "POST", body, signal: flight.signal });
        if (!answer.ok) return;
        for (const c of (await answer.json()).criteria) mark(c.key, c.met);
      } catch { /* the form itself says it */ }
    };

    // What the form itself is about to say need not be asked any more.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      flight?.abort();
    });
    form.addEventListener("input", (e) => {
      if (!["password", "first_name", "last_name", "email"].includes(e.target.name)) return;
      early();
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    });
  }
}
