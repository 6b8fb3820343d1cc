// What goes on by itself is asked for again and again, while somebody looks: the answer's part takes the present one's
// place. Once there is none any more it is over, and the page is opened anew.
const pause = 2000;

export function poll(dress) {
  const part = document.querySelector("[data-poll]");
  if (part) setTimeout(() => ask(part, dress), pause);
}

async function ask(part, dress) {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-poll]");
      if (answer.ok && !fresh) return location.reload();
      if (fresh) {
        part.replaceChildren(...fresh.childNodes);
        dress(part);
      }
    } catch {
      // The server cannot be reached now; perhaps it can the next time.
    }
  }
  setTimeout(() => ask(part, dress), pause);
}
