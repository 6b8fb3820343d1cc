// A form that has nothing to ask goes on by itself.
export function go() {
  document.querySelector("form[data-go]")?.requestSubmit();
}
