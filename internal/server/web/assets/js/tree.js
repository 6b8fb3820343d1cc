// The tree of customer accounts: a branch opens in place, its content fetched from the link that opens it.
export function tree(dress) {
  document.addEventListener("click", async (e) => {
    const link = e.target.closest?.("a[data-branch]");
    if (!link || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    const item = link.closest("li");
    let below = item.querySelector(":scope > ul");
    if (below) {
      below.hidden = !below.hidden;
      link.setAttribute("aria-expanded", String(!below.hidden));
      remember();
      return;
    }
    if (item.getAttribute("aria-busy")) return;
    item.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      below = page.getElementById(item.id)?.querySelector(":scope > ul");
      if (!answer.ok || answer.redirected || !below) throw new Error("not a branch");
      item.append(document.adoptNode(below));
      dress(below);
      link.setAttribute("aria-expanded", "true");
      remember();
    } catch {
      location.assign(link.href);
    }
    item.removeAttribute("aria-busy");
  });
  // A link that opens and closes is told as what it is.
  document.addEventListener("keydown", (e) => {
    if (e.key === " " && e.target.matches?.("a[data-branch]")) {
      e.preventDefault();
      e.target.click();
    }
  });
}

// remember writes into the address what is open, so that a reload and the way back show it again.
function remember() {
  const url = new URL(location.href);
  url.searchParams.delete("open");
  for (const link of document.querySelectorAll('a[data-branch][aria-expanded="true"]')) {
    if (!link.closest("ul[hidden]")) url.searchParams.append("open", link.closest("li").id.replace(/^node-/, ""));
  }
  history.replaceState(history.state, "", url);
}
