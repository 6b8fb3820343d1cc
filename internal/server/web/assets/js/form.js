// Forms: the summary of what was wrong takes the focus, and a form is sent once. One that brings a file leaves its page
// where it is, and can be sent again.
export function summary() {
  document.querySelector("[data-summary].summary")?.focus();
}

export function guard(root) {
  for (const form of root.querySelectorAll("form[data-file]")) {
    form.addEventListener("submit", () => form.querySelector(":popover-open")?.hidePopover());
  }
  for (const form of root.querySelectorAll("form[method=post]:not([data-file])")) {
    form.addEventListener("submit", (e) => {
      if (form.dataset.sent) {
        e.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      e.submitter?.setAttribute("aria-busy", "true");
    });
  }
}

// Coming back to a page kept by the browser, its forms can be sent again.
addEventListener("pageshow", (e) => {
  if (!e.persisted) return;
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});
