// Buttons that copy a text or save it as a file. Nothing leaves the page.
import { say } from "./toast.js";

export function copy() {
  document.addEventListener("click", async (e) => {
    const button = e.target.closest?.("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      say(button.dataset.copied);
    } catch {
      // Without the right to the clipboard the text is selected, ready for the keyboard.
      getSelection().selectAllChildren(source);
      source.focus();
    }
  });
}

export function download() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-download]");
    if (!button) return;
    const text = document.getElementById(button.dataset.download).textContent;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
