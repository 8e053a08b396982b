// Use the viewer page as a person would: node viewer.mjs URL OUT_DIR WIDTH HEIGHT → JSON on stdout.
import { join } from "node:path";
import { withPage } from "./chromium.mjs";

const [url, out, width, height] = process.argv.slice(2);
const LOADED_MS = 120_000;

const report = await withPage({ width: Number(width), height: Number(height) }, async (page, said) => {
  const result = {};
  await page.goto(`${url}?test`);
  await page.waitForFunction(() => window.viewer?.complete, null, { timeout: LOADED_MS });
  const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.viewer.panel.now)))));
  const shot = (name) => page.screenshot({ path: join(out, `${name}-${width}.png`) });
  result.first = await page.evaluate(() => window.viewer.firstPicture ?? null);
  result.title = await page.textContent("#title");
  result.attribution = await page.textContent("#attribution");
  result.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  result.start = await frame();
  await shot("viewer");

  const levels = () => page.evaluate(() => window.viewer.lods.map((lod) => lod.current));
  const from = async (metres) => {
    await page.evaluate((d) => window.viewer.goTo({ position: [0.6 * d, 0.5 * d, 0.6 * d], target: [0, 0, 0] }), metres);
    return { ...(await frame()), levels: await levels() };
  };
  result.near = await from(60);
  await shot("near");
  result.far = await from(4000);
  await shot("far");

  // the whole page by keyboard: every control can be reached, and the buttons do what they say
  const reached = new Set();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.slice(0, 12)));
  }
  result.reached = [...reached];
  await page.focus("#walk");
  await page.keyboard.press("Enter");
  result.walking = await page.evaluate(() => window.viewer.walker.enabled);
  const before = await page.evaluate(() => window.viewer.camera.position.toArray());
  await page.keyboard.down("KeyW");
  await page.waitForTimeout(1200);
  await page.keyboard.up("KeyW");
  const after = await page.evaluate(() => window.viewer.camera.position.toArray());
  result.walked = Math.hypot(after[0] - before[0], after[2] - before[2]);
  await page.focus("#orbit");
  await page.keyboard.press("Enter");

  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await page.selectOption("#tint", "origins");
  await from(400);
  await shot("origins");
  result.legend = await page.textContent("#legend");
  await page.selectOption("#tint", "levels");
  await from(900);
  await shot("levels");
  await page.selectOption("#tint", "none");
  const glowing = () => page.evaluate(() => window.viewer.tints.meshes.filter(({ mesh }) => mesh.material.emissive.getHex() > 0 && mesh.material.emissiveMap).length);
  result.glowingByDay = await glowing();
  await page.click("#night");
  await from(70);
  result.glowingByNight = await glowing();
  await shot("night");
  await page.click("#day");

  // click where a building stands
  result.picked = await page.evaluate(() => {
    const { viewer } = window;
    for (const mesh of viewer.tints.meshes) {
      const i = mesh.features.findIndex((f) => f.kind === "building");
      if (i < 0 || mesh.level !== 0) continue;
      const ids = mesh.mesh.geometry.getAttribute("_feature_id_0");
      for (let v = 0; v < ids.count; v++) {
        if (Math.round(ids.getX(v)) !== i) continue;
        const p = viewer.camera.position.clone().fromBufferAttribute(mesh.mesh.geometry.getAttribute("position"), v);
        mesh.mesh.localToWorld(p);
        viewer.goTo({ position: [p.x, p.y + 120, p.z + 1], target: [p.x, p.y, p.z] });
        viewer.force(0);
        return mesh.features[i];
      }
    }
    return null;
  });
  await frame();
  await page.click("#view", { position: await page.evaluate(() => ({ x: window.viewer.canvas.clientWidth / 2, y: window.viewer.canvas.clientHeight / 2 })) });
  result.card = await page.evaluate(() => (document.getElementById("card").hidden ? null : document.getElementById("card-rows").textContent));
  await shot("card");
  await page.click("#lang");
  result.english = await page.textContent("#title");
  result.said = said;
  return result;
});
console.log(JSON.stringify(report));
