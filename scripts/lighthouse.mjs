// See scripts/lighthouse. Arguments: the folder with Lighthouse, the demo's address, and its one-time link.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

const [folder, base, link] = process.argv.slice(2);
const at = (path) => import(resolve(folder, "node_modules", path));
const { default: lighthouse, desktopConfig } = await at("lighthouse/core/index.js");
const { default: puppeteer } = await at("puppeteer-core/lib/puppeteer/puppeteer-core.js");

const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH, headless: true,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const port = Number(new URL(browser.wsEndpoint()).port);

// Come in as the demo's Owner.
const page = await browser.newPage();
await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]); // a click in a moving page is lost
const password = `silver-${Date.now()}-orchard`;
await page.goto(link);
const email = await page.$eval("input[autocomplete=username]", (field) => field.value);
const send = () => Promise.all([page.waitForNavigation(), page.click("main form button[type=submit]")]);
await page.type("[name=password]", password);
await page.type("[name=repeat]", password);
await send();
await page.$eval("[name=email]", (field, value) => { field.value = value; }, email);
await page.type("[name=password]", password);
await send();
const team = new URL(page.url()).pathname;
const member = await page.$eval("table a[href*='/team/mem_']", (a) => a.pathname);
await page.close();

const pages = { "sign-in": "/sign-in", team, member };
let low = false;
for (const [name, path] of Object.entries(pages)) {
  if (process.argv[5] && process.argv[5] !== name) continue;
  for (const [form, config] of [["mobile", undefined], ["desktop", desktopConfig]]) {
    // Whoever is signed in is sent on from the page of signing in, so that one is measured in another profile.
    const of = name === "sign-in" ? await browser.createBrowserContext() : browser.defaultBrowserContext();
    const tab = await of.newPage();
    const { lhr, report } = await lighthouse(base + path, {
      port, output: "html", disableStorageReset: true, onlyCategories: ["performance", "accessibility", "best-practices"],
    }, config, tab);
    writeFileSync(resolve(folder, `${name}-${form}.html`), report);
    const scores = Object.values(lhr.categories).map((c) => `${c.title} ${Math.round(c.score * 100)}`);
    console.log(`${name.padEnd(8)} ${form.padEnd(8)} ${scores.join(", ")}`);
    for (const category of Object.values(lhr.categories)) {
      if (category.score >= 1) continue;
      low = true;
      for (const { id, weight } of category.auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`    ${audit.title} (${audit.displayValue ?? ""})`);
      }
    }
    await tab.close();
  }
}
await browser.close();
process.exit(low ? 1 : 0);
