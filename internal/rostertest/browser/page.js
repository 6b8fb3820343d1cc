// What a test asks of a page, answered in one go: (verb, scope, what, more) → {ok: value} or {why: text}.
// It sees what a person sees: what is not visible does not exist, and an open modal dialog hides the rest.
(verb, scope, what, more) => {
  const clean = (s) => (s ?? '').replace(/\s+/g, ' ').trim();
  const visible = (e) =>
    e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && [...e.getClientRects()].some((r) => r.width > 0 && r.height > 0);
  const modals = [...document.querySelectorAll('dialog:modal')];
  let root = modals.at(-1) ?? document.body;
  if (!root) return { why: 'the page has no body yet' };

  for (const step of scope) {
    const found = step.css
      ? [...root.querySelectorAll(step.css)].filter(visible)
      : [...root.querySelectorAll('tr, li, article, section, fieldset')].filter((e) => visible(e) && clean(e.innerText).includes(step.text))
          .filter((e, _, all) => !all.some((o) => o !== e && e.contains(o)));
    if (found.length !== 1) return { why: `${found.length} places are ${JSON.stringify(step)}` };
    root = found[0];
  }

  // one picks the only candidate by the strictest rule that any of them meets.
  const one = (candidates, rules, kind) => {
    for (const rule of rules) {
      const found = candidates.filter(rule);
      if (found.length === 1) return found[0];
      if (found.length > 1) throw `${found.length} ${kind} are called ${JSON.stringify(what)}`;
    }
    const names = candidates.map(nameOf).filter(Boolean).slice(0, 40);
    throw `no ${kind} is called ${JSON.stringify(what)}; there are ${JSON.stringify(names)}`;
  };

  const labelText = (label) => {
    const copy = label.cloneNode(true);
    copy.querySelectorAll('select, input, textarea, button, output, small').forEach((e) => e.remove());
    return clean(copy.textContent);
  };
  const byIDs = (ids) => clean((ids ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
  const nameOf = (e) => {
    const given = e.getAttribute('aria-label') || byIDs(e.getAttribute('aria-labelledby'));
    if (given) return clean(given);
    if (e.labels?.length) return labelText(e.labels[0]);
    if (e instanceof HTMLInputElement && ['submit', 'button', 'reset'].includes(e.type)) return clean(e.value);
    return clean(e.innerText) || clean(e.getAttribute('title')) || clean(e.getAttribute('placeholder')) || e.getAttribute('name') || '';
  };
  const named = [(e) => nameOf(e) === what, (e) => nameOf(e).startsWith(what), (e) => nameOf(e).includes(what)];

  const field = () => {
    const all = [...root.querySelectorAll('input:not([type=hidden], [type=submit], [type=button], [type=reset]), select, textarea, [contenteditable=true]')];
    // A checkbox or a radio button may be drawn by its label alone.
    const seen = all.filter((e) => visible(e) || (/^(checkbox|radio)$/.test(e.type) && [...(e.labels ?? [])].some(visible)));
    return one(seen, [...named.slice(0, 2), (e) => e.name === what || e.id === what], 'fields');
  };
  const hot = 'a[href], button, input[type=submit], input[type=button], input[type=reset], summary, [role=button], [role=menuitem], [role=tab], label:has(input)';
  const target = () => one([...root.querySelectorAll(hot)].filter(visible), named, 'links or buttons');

  // aim brings an element into view and gives the point to click at, if a click there would reach it.
  // What can be reached already is not scrolled: a menu beside its button follows only a frame later.
  const aim = (e) => {
    if (e.matches(':disabled')) throw `${JSON.stringify(what)} is disabled`;
    const spot = () => {
      const box = [...e.getClientRects()].find((r) => r.width > 0 && r.height > 0);
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const hit = document.elementFromPoint(x, y);
      return { x, y, hit, reached: hit && (e.contains(hit) || hit.contains(e)) };
    };
    let at = spot();
    if (!at.reached) {
      e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      at = spot();
    }
    if (!at.reached) throw `${JSON.stringify(what)} is covered by ${at.hit?.outerHTML.slice(0, 120)}`;
    return { x: at.x, y: at.y };
  };

  const verbs = {
    click: () => aim(target()),
    aim: () => aim([...root.querySelectorAll(what)].filter(visible)[0] ?? (() => { throw `nothing visible is ${what}`; })()),
    focus: () => {
      const e = field();
      if (e.matches(':disabled') || e.readOnly) throw `the field ${JSON.stringify(what)} cannot be changed`;
      e.focus();
      e.select?.();
      return e.type ?? '';
    },
    choose: () => {
      const e = field();
      const o = [...e.options].find((o) => clean(o.label) === more) ?? [...e.options].find((o) => o.value === more);
      if (!o) throw `the field ${JSON.stringify(what)} has no option ${JSON.stringify(more)}, only ${JSON.stringify([...e.options].map((o) => clean(o.label)))}`;
      if (o.disabled) throw `the option ${JSON.stringify(more)} is disabled`;
      o.selected = true;
      e.dispatchEvent(new Event('input', { bubbles: true }));
      e.dispatchEvent(new Event('change', { bubbles: true }));
      return '';
    },
    tick: () => {
      const e = field();
      if (e.checked === more) return null;
      return aim(visible(e) ? e : [...e.labels].find(visible));
    },
    value: () => { const e = field(); return /^(checkbox|radio)$/.test(e.type) ? String(e.checked) : (e.value ?? e.innerText); },
    text: () => root.innerText,
    has: () => { if (!clean(root.innerText).includes(clean(what))) throw `the page does not show ${JSON.stringify(what)}`; return ''; },
    gone: () => { if (clean(root.innerText).includes(clean(what))) throw `the page still shows ${JSON.stringify(what)}`; return ''; },
    offers: () => { target(); return ''; },
  };
  try {
    return { ok: verbs[verb]() };
  } catch (why) {
    return { why: String(why) };
  }
}
