// A link with data-dialog asks its question in a dialog instead of going to the question's page.
// The form inside is the page's own and is sent as it would be from there.
export function confirm(dress) {
  document.addEventListener("click", async (e) => {
    const link = e.target.closest?.("a[data-dialog]");
    if (!link || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    link.closest("[popover]")?.hidePopover();
    try {
      open(await question(link.href), dress);
    } catch {
      location.assign(link.href);
    }
  });
  if (!("commandForElement" in HTMLButtonElement.prototype)) commands();
}

async function question(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error("not a question");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("[data-dialog-content]");
  if (!content) throw new Error("not a question");
  return document.adoptNode(content);
}

function open(content, dress) {
  const dialog = document.createElement("dialog");
  const title = content.querySelector("h1");
  // Its ids would stand twice beside the page's own heading of the same name.
  title.id = "question-title";
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(content);
  document.body.append(dialog);
  dress(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (e) => {
    const cancelled = e.target.closest("[data-cancel]");
    if (cancelled) e.preventDefault();
    if (cancelled || e.target === dialog) dialog.close();
  });
  dialog.showModal();
  const first = dialog.querySelector("input:not([type=hidden]), textarea, [data-cancel]");
  first?.focus();
}

// Browsers without invoker commands get those the pages use.
function commands() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("button[commandfor]");
    const target = button && document.getElementById(button.getAttribute("commandfor"));
    if (!target) return;
    if (button.getAttribute("command") === "show-modal") target.showModal();
    if (button.getAttribute("command") === "close") target.close();
  });
}
