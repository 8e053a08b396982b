// Debian's chromium with a software GL, and a record of everything the page said or asked for.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
];

export async function withPage({ width = 1440, height = 900, executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium", ...rest }, work) {
  const profile = await mkdtemp(join(tmpdir(), "xmscenes-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, args: FLAGS, viewport: { width, height }, locale: "zh-CN", ...rest,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const said = { errors: [], strangers: [] };
    page.on("console", (message) => { if (message.type() === "error") said.errors.push(message.text()); });
    page.on("pageerror", (error) => said.errors.push(String(error)));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") said.strangers.push(request.url());
    });
    return await work(page, said);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}
