// An act on very many goes step by step: the form that goes on is sent by itself, and what each answer tells is put
// under what was told before. It stops where an answer is none of its kind, with the form there to go on by hand.
export function steps(root) {
  const form = root.querySelector("[data-go-on]");
  if (form) goOn(form);
}

async function goOn(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const progress = page.querySelector("[data-progress]");
    if (!answer.ok || !progress) throw new Error("not a step");
    for (const part of ["refused", "done"]) {
      const into = document.querySelector(`[data-part=${part}]`);
      const more = page.querySelector(`[data-part=${part}]`);
      into.querySelector("ul").append(...[...more.querySelector("ul").children].map((li) => document.adoptNode(li)));
      into.hidden = into.querySelector("ul").children.length === 0;
    }
    document.querySelector("[data-progress]").replaceWith(document.adoptNode(progress));
    const bar = page.querySelector("[data-again]");
    document.querySelector("[data-again]").replaceWith(document.adoptNode(bar));
    const next = document.querySelector("[data-go-on]");
    if (next) await goOn(next);
  } catch {
    form.querySelector("button").hidden = false;
  }
}
