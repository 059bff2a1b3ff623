// node pages.mjs REPORT VERDICTS MODULES BROWSER: opens every page of a report in a browser, as readers do, narrow and wide, light and
// dark. VERDICTS is a JSON array of monitor.verdict's rows; "-": made-up pages, one of each kind and without the files beside them, of
// which only the looks are examined. Prints TAP.
import { createRequire } from "node:module";
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [report, verdictFile, modules, browserPath] = process.argv.slice(2);
const require = createRequire(resolve(modules) + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const verdicts = verdictFile === "-" ? null : JSON.parse(readFileSync(verdictFile, "utf8"));
const folder = resolve(report);
const all = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
const widths = [390, 1280];
const schemes = ["light", "dark"];
// One page of each kind for what takes long: the others are made by the same hand.
const areas = all.filter((p) => /^\d+\.html$/.test(p));
const kinds = ["index.html", areas[0], areas.at(verdicts ? -1 : 14), "target-myopia_change.html", "quality.html", "method.html"];
const pages = verdicts ? all : kinds;

let count = 0;
const test = (name, problems) => {
  count++;
  console.log(`${problems.length ? "not ok" : "ok"} ${count} - ${name}`);
  for (const problem of problems.slice(0, 12)) console.log(`# ${problem}`);
  if (problems.length) process.exitCode = 1;
};

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });

// Each page in each guise, with what went wrong in it.
const requests = [], console_ = [], scrolls = [], violations = [];
for (const scheme of schemes)
  for (const width of widths) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
    const page = await context.newPage();
    page.on("request", (r) => { if (!r.url().startsWith(pathToFileURL(folder).href + "/")) requests.push(`${page.url()} asks for ${r.url()}`); });
    page.on("console", (m) => { if (["error", "warning"].includes(m.type())) console_.push(`${page.url()}: ${m.text()}`); });
    page.on("pageerror", (e) => console_.push(`${page.url()}: ${e}`));
    for (const name of pages) {
      await page.goto(pathToFileURL(join(folder, name)).href);
      const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
      if (scroll > inner) scrolls.push(`${name} at ${width}: ${scroll} wide`);
      if (!kinds.includes(name) || (scheme === "dark") === (width === 390)) continue;
      await page.evaluate(axe);
      const found = await page.evaluate(() =>
        axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, resultTypes: ["violations"] })
          .then((r) => r.violations.map((v) => `${v.id}: ${v.nodes[0].target} ${v.nodes[0].failureSummary.split("\n")[1] ?? ""} (${v.nodes.length})`)));
      for (const v of found) violations.push(`${name} ${width} ${scheme}: ${v}`);
    }
    await context.close();
  }
test("pages__every_width_and_scheme__nothing_outside_is_asked_for", requests);
test("pages__every_width_and_scheme__console_is_quiet", console_);
test("pages__every_width_and_scheme__no_sideways_scroll", scrolls);
test("pages__every_width_and_scheme__axe_finds_no_violation_of_a_or_aa", violations);

// As a reader has it: the page's own content policy holds, and its script runs under it.
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const blocked = [];
page.on("console", (m) => blocked.push(m.text()));
const dead = [];
for (const name of verdicts ? pages : []) {
  await page.goto(pathToFileURL(join(folder, name)).href);
  for (const href of await page.$$eval("a[href]", (all) => all.map((a) => a.getAttribute("href")))) {
    const [file, id] = href.split("#");
    const target = file === "" ? name : file;
    if (!existsSync(join(folder, target))) dead.push(`${name}: ${href}`);
    else if (id && !readFileSync(join(folder, target), "utf8").includes(`id="${id}"`)) dead.push(`${name}: ${href}`);
  }
}
if (verdicts) test("pages__links__lead_somewhere", dead);

await page.goto(pathToFileURL(join(folder, "index.html")).href);
const cells = await page.$$eval("table.heat tbody tr", (rows) => {
  const targets = [...document.querySelectorAll("table.heat thead th a")].map((a) => a.getAttribute("href").replace(/^target-|\.html$/g, ""));
  return rows.flatMap((row) => [...row.querySelectorAll("td")].map((td, i) => ({
    area: row.querySelector("th a").getAttribute("href").replace(".html", ""), target: targets[i],
    word: (td.className.match(/v-(\w+)/) ?? [])[1], text: td.querySelector("b")?.textContent, path: td.querySelector("small")?.textContent })));
});
// Half away from zero, as the pages round; what is not nothing or all does not become so.
const show = (v) => v === null ? "–" : v > 0 && v < 0.05 ? "<0.1%" : v < 100 && v >= 99.95 ? ">99.9%" : (Math.round((v + 1e-9) * 10) / 10).toFixed(1) + "%";
const wrong = [];
for (const cell of verdicts ? cells : []) {
  const v = verdicts.find((x) => x.area_code === cell.area && x.target === cell.target);
  if (!v) { if (cell.word) wrong.push(`${cell.area} ${cell.target}: no verdict`); continue; }
  if (v.verdict !== cell.word || show(v.value_now) !== cell.text) wrong.push(`${cell.area} ${cell.target}: ${cell.word} ${cell.text}, not ${v.verdict} ${show(v.value_now)}`);
  if (v.path_now !== null && !cell.path.endsWith(show(v.path_now))) wrong.push(`${cell.area} ${cell.target}: ${cell.path}, not ${show(v.path_now)}`);
}
if (cells.length < 100) wrong.push(`only ${cells.length} cells`);
if (verdicts) test("overview__every_cell__what_monitor_says", wrong);

const column = await page.$$eval("table.heat thead th", (all) => all.findIndex((th) => th.querySelector("a[href*=myopia]")));
const order = () => page.$$eval("table.heat tbody tr:not(.city)", (rows, c) => rows.map((r) => parseFloat(r.cells[c].dataset.v)), column);
// What has no value comes last either way.
const sorted = (v, sign) => v.every((x, i) => i === 0 || isNaN(x) || sign * (x - v[i - 1]) >= 0);
const button = page.locator("table.heat thead th").nth(column).locator("button");
const unsorted = [];
if (sorted(await order(), 1)) unsorted.push("in order before anything was done");
await button.click();
if (!sorted(await order(), 1)) unsorted.push("a click does not sort upwards");
await button.press("Enter");
if (!sorted(await order(), -1)) unsorted.push("Enter does not sort downwards");
if (!await page.$eval("table.heat tbody tr", (r) => r.classList.contains("city"))) unsorted.push("the city has moved");
test("overview__head_of_a_column__sorts_by_mouse_and_keyboard", unsorted.concat(blocked));

console.log(`1..${count}`);
await browser.close();
