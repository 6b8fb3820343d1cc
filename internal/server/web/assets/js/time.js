// Moments in the reader's own zone and language: relative ones with the exact one on hover and focus.
const language = document.documentElement.lang || undefined;
// The page's language as this reader's browser speaks it, such as British English on an English page.
export const locale = navigator.languages.find((l) => l === language || l.startsWith(language + "-")) ?? language;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const zoned = inZone(document.documentElement.dataset.zone);
const units = [
  ["year", 31557600], ["month", 2629800], ["week", 604800],
  ["day", 86400], ["hour", 3600], ["minute", 60],
];

// inZone writes moments in the zone that the reader chose, or in the browser's own.
function inZone(timeZone) {
  const form = { dateStyle: "medium", timeStyle: "short" };
  try {
    return new Intl.DateTimeFormat(locale, { ...form, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, form); // a zone that this browser does not know
  }
}

export function ago(when, now = Date.now()) {
  const seconds = Math.round((when - now) / 1000);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

// left tells how long it is until a moment, rounded up as the server does it, so that nothing ends early.
function left(when, words) {
  const ms = Math.max(0, when - Date.now()), day = 86400000;
  const [unit, size] = ms <= 60000 ? ["second", 1000] : ms <= 3600000 ? ["minute", 60000] : ms < 2 * day && ms % day ? ["hour", 3600000] : ["day", day];
  const span = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(Math.ceil(ms / size));
  return words.replace("%time%", span);
}

export function times(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    time.title = zoned.format(when);
    time.textContent = time.dataset.left ? left(when, time.dataset.left) : "relative" in time.dataset ? ago(when) : time.title;
  }
}

setInterval(() => times(document), 60000);
