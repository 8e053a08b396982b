// Open one test page and look from near, far and near again: node client.mjs URL OUT_DIR NAME → JSON on stdout.
import { join } from "node:path";
import { withPage } from "./chromium.mjs";

const [url, out, name] = process.argv.slice(2);
const report = await withPage({ width: 820, height: 620 }, async (page, said) => {
  await page.goto(`${url}/${name}.html`);
  await page.waitForFunction(() => window.DONE, null, { timeout: 120_000 }).catch(() => { throw new Error(`${name} did not finish: ${said.errors.join("; ")}`); });
  const result = { ...(await page.evaluate(() => window.R)), said, views: {} };
  for (const [key, metres] of [["near", 70], ["middle", 600], ["far", 6000], ["again", 70]]) {
    result.views[key] = await page.evaluate((m) => window.from(m), metres);
    await page.locator("canvas").screenshot({ path: join(out, `${name}-${key}.png`) });
  }
  return result;
});
console.log(JSON.stringify(report));
