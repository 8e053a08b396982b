// Enter the viewer page with an emulated Quest 3, teleport and turn: node headset.mjs URL PAGES_DIR OUT_DIR → JSON on stdout.
import { join } from "node:path";
import { withPage } from "./chromium.mjs";

const [url, pages, out] = process.argv.slice(2);
const report = await withPage({ width: 1280, height: 720 }, async (page, said) => {
  await page.addInitScript({ path: join(pages, "headset.js") });
  await page.goto(`${url}?test`);
  await page.waitForFunction(() => window.viewer?.complete && !document.getElementById("vr").disabled, null, { timeout: 120_000 });
  await page.click("#vr");
  await page.waitForFunction(() => window.viewer.renderer.xr.isPresenting, null, { timeout: 30_000 });
  await page.waitForTimeout(1500);
  const where = () => page.evaluate(() => ({ at: window.viewer.headset.rig.position.toArray(), turn: window.viewer.headset.rig.rotation.y }));
  const result = { start: await where(), eyes: await page.evaluate(() => window.viewer.renderer.xr.getCamera().cameras.length) };
  result.cost = await page.evaluate(() => window.viewer.panel.now);
  await page.evaluate(() => {
    const { controllers } = window.device;
    controllers.right.quaternion.set(-0.17, 0, 0, 0.985); // a little downwards
    controllers.right.updateButtonValue("trigger", 1);
  });
  await page.waitForTimeout(800);
  await page.evaluate(() => window.device.controllers.right.updateButtonValue("trigger", 0));
  await page.waitForTimeout(800);
  result.teleported = await where();
  await page.evaluate(() => window.device.controllers.right.updateAxes("thumbstick", 1, 0));
  await page.waitForTimeout(600);
  await page.evaluate(() => window.device.controllers.right.updateAxes("thumbstick", 0, 0));
  await page.waitForTimeout(300);
  result.turned = await where();
  result.after = await page.evaluate(() => window.viewer.panel.now);
  await page.screenshot({ path: join(out, "headset.png") });
  return { ...result, said };
});
console.log(JSON.stringify(report));
