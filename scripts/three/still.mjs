// node still.mjs SCENE.glb OUT.png VIEW_JSON: a picture by three.js in headless Chromium. Needs tests/browser installed.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const browser = here("../../tests/browser/");
const { build } = createRequire(browser)("esbuild");
const { withPage } = await import("../../tests/browser/chromium.mjs");
const [scene, out, view] = process.argv.slice(2);
const { width, height } = JSON.parse(view);

const bundled = await build({ entryPoints: [here("page.js")], bundle: true, write: false, nodePaths: [`${browser}node_modules`] });
const files = {
  "/": ["text/html", '<!doctype html><body style="margin:0"><script src="/page.js"></script>'],
  "/page.js": ["text/javascript", bundled.outputFiles[0].text],
  "/scene.glb": ["model/gltf-binary", await readFile(scene)],
};
const server = createServer((request, response) => {
  const [type, body] = files[new URL(request.url, "http://127.0.0.1").pathname] ?? ["text/plain", ""];
  response.setHeader("content-type", type);
  response.end(body);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
try {
  await withPage({ width, height }, async (page) => {
    await page.goto(`http://127.0.0.1:${server.address().port}/?view=${encodeURIComponent(view)}`);
    await page.waitForFunction("window.picture !== undefined", null, { timeout: 600000 });
    const [data, failure] = await page.evaluate("[window.picture, window.failure]");
    if (!data) throw new Error(failure);
    await writeFile(out, Buffer.from(data.split(",")[1], "base64"));
  });
} finally {
  server.close();
}
