// What a frame costs, beside what the device may cost. Both eyes are counted while a headset is on.
import { t } from "./i18n.js";

const BUDGETS = {
  quest3: { calls: 200, triangles: 800000 },
  quest2: { calls: 120, triangles: 500000 },
  pico4: { calls: 120, triangles: 500000 },
};
const EVERY_S = 0.5;

export class Panel {
  constructor(element, renderer) {
    this.element = element;
    this.renderer = renderer;
    this.since = 0;
    this.frames = 0;
  }

  count(seconds, device) {
    const { calls, triangles } = this.renderer.info.render;
    this.now = { calls, triangles, textures: this.renderer.info.memory.textures };
    this.since += seconds;
    this.frames += 1;
    if (this.since < EVERY_S) return;
    const budget = BUDGETS[device];
    const both = this.renderer.xr.isPresenting || !budget ? 1 : 2; // on a screen one eye is drawn, the headset draws two
    const line = (key, value, limit) => `${t(key)} ${value.toLocaleString()}${limit ? ` × ${both} / ${limit.toLocaleString()}${value * both > limit ? " ⚠" : ""}` : ""}`;
    this.element.textContent = [
      `${t("frame")} ${((1000 * this.since) / this.frames).toFixed(1)} ms`,
      line("calls", calls, budget?.calls),
      line("triangles", triangles, budget?.triangles),
      `${t("memory")} ${this.now.textures}`,
    ].join("\n");
    this.since = this.frames = 0;
  }
}
