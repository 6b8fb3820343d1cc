// A form with data-passkey asks the browser for a passkey before it is sent, and brings its answer along. What the browser
// is asked comes from the server; bytes are base64url there.
export function passkeys() {
  document.addEventListener("submit", (e) => {
    const form = e.target.closest?.("form[data-passkey]");
    if (!form || form.querySelector("[data-answer]").value) return;
    // The server says what is missing in the form itself.
    if ([...form.querySelectorAll("input:not([type=hidden])")].some((input) => !input.value.trim())) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (!form.dataset.asking) ask(form, e.submitter);
  }, true);
  // A page that is kept by the browser would bring an answer twice.
  addEventListener("pageshow", () => {
    for (const answer of document.querySelectorAll("[data-answer]")) answer.value = "";
  });
}

async function ask(form, button) {
  form.dataset.asking = "yes";
  button?.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    const asked = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams() });
    if (!asked.ok || asked.redirected) throw new Error("not asked");
    const options = await asked.json();
    const key = options.rp ? await navigator.credentials.create({ publicKey: making(options) }) : await navigator.credentials.get({ publicKey: proving(options) });
    form.querySelector("[data-answer]").value = JSON.stringify(written(key));
    form.requestSubmit(button);
  } catch (failure) {
    button?.removeAttribute("aria-busy");
    say(form, { NotAllowedError: form.dataset.cancelled, InvalidStateError: form.dataset.known }[failure.name] ?? form.dataset.failed);
  } finally {
    delete form.dataset.asking;
  }
}

function say(form, text) {
  const said = form.querySelector("[data-said]");
  said.hidden = !text;
  said.textContent = text;
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const listed = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));
const making = (o) => ({ ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: listed(o.excludeCredentials) });
const proving = (o) => ({ ...o, challenge: bytes(o.challenge), allowCredentials: listed(o.allowCredentials) });
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function written(key) {
  const r = key.response;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(r.clientDataJSON),
      attestationObject: text(r.attestationObject),
      transports: r.getTransports?.(),
      authenticatorData: r.attestationObject ? undefined : text(r.authenticatorData),
      signature: text(r.signature),
      userHandle: text(r.userHandle) || undefined,
    },
  };
}
