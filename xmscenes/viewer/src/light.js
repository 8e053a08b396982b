// Day, dusk, night: the light of the page, its sky, and where its shadows fall. Colours are linear, white is 1; the
// figures are those of the pictures that `xmscenes preview` makes.
import { BackSide, Color, Mesh, PMREMGenerator, Scene, ShaderMaterial, SphereGeometry, Vector3 } from "three";

export const THEMES = {
  day: {
    sun: [2.15, 1.84, 1.42], way: [-0.5, 0.72, 0.48], above: [0.36, 0.45, 0.61], below: [0.25, 0.22, 0.17],
    zenith: [0.07, 0.21, 0.62], horizon: [0.46, 0.64, 0.86], glow: [0.3, 0.24, 0.17], cloud: [1.35, 1.32, 1.3], cover: 0.3, stars: 0, lit: 0, exposure: 0.72,
  },
  dusk: {
    sun: [2.4, 1.15, 0.5], way: [-0.93, 0.16, 0.32], above: [0.31, 0.34, 0.52], below: [0.19, 0.14, 0.13],
    zenith: [0.07, 0.15, 0.4], horizon: [0.66, 0.42, 0.36], glow: [1.7, 0.62, 0.12], cloud: [0.95, 0.52, 0.38], cover: 0.36, stars: 0, lit: 0.6, exposure: 0.72,
  },
  night: {
    sun: [0.1, 0.14, 0.24], way: [0.35, 0.75, -0.55], above: [0.05, 0.075, 0.15], below: [0.035, 0.035, 0.045],
    zenith: [0.008, 0.014, 0.04], horizon: [0.05, 0.075, 0.14], glow: [0.03, 0.03, 0.05], cloud: [0.05, 0.06, 0.1], cover: 0.25, stars: 1, lit: 1, exposure: 1.1,
  },
};

const SKY = /* glsl */ `
  uniform vec3 horizon, zenith, glow, cloudColour, below, sunWay;
  uniform float cover, stars, mirror;
  varying vec3 way;
  float hash(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }
  float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
  }
  float clouds(vec2 p) {
    float total = 0.0, weight = 0.5;
    for (int i = 0; i < 5; i++) { total += weight * noise(p); p = p * 2.03 + 17.0; weight *= 0.5; }
    return total;
  }
  void main() {
    vec3 d = normalize(way);
    float up = max(d.y, 0.0), sunward = max(dot(d, sunWay), 0.0);
    vec3 colour = mix(horizon, zenith, pow(up, 0.45));
    colour += glow * (pow(sunward, 6.0) * exp(-3.0 * up) + 0.35 * pow(sunward, 60.0));
    if (up > 0.015) {
      float thick = smoothstep(1.0 - cover - 0.28, 1.0 - cover + 0.22, clouds(d.xz / (d.y + 0.12) * 1.6));
      colour = mix(colour, cloudColour * (0.75 + 0.25 * sunward), 0.75 * thick * smoothstep(0.015, 0.16, up));
      vec2 cell = floor(vec2(atan(d.z, d.x) * 180.0, d.y * 260.0));
      colour += stars * step(0.9975, hash(cell)) * hash(cell + 3.0) * smoothstep(0.05, 0.3, up) * (1.0 - thick);
    }
    colour += 12.0 * min(length(glow) * 3.0, 1.0) * smoothstep(0.99985, 0.99995, sunward);
    if (d.y < 0.0) colour = mirror > 0.5 ? mix(horizon, below, smoothstep(0.0, 0.12, -d.y)) : mix(horizon, 0.35 * horizon + 0.25 * zenith, smoothstep(0.0, 0.3, -d.y));
    gl_FragColor = vec4(colour, 1.0);
    #include <tonemapping_fragment>
    #include <colorspace_fragment>
  }`;

// A dome with clouds, sun and stars; it goes with the viewer.
export class Sky {
  constructor(renderer) {
    const colours = ["horizon", "zenith", "glow", "cloudColour", "below", "sunWay"];
    this.uniforms = { ...Object.fromEntries(colours.map((name) => [name, { value: new Vector3() }])), cover: { value: 0 }, stars: { value: 0 }, mirror: { value: 0 } };
    const material = new ShaderMaterial({
      side: BackSide, depthWrite: false, fog: false, uniforms: this.uniforms, fragmentShader: SKY,
      vertexShader: "varying vec3 way; void main() { way = position; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }",
    });
    this.dome = new Mesh(new SphereGeometry(9000, 32, 16), material);
    this.dome.renderOrder = -1;
    this.dome.frustumCulled = false;
    this.dome.onBeforeRender = (_, __, camera) => { this.dome.position.setFromMatrixPosition(camera.matrixWorld); this.dome.updateMatrixWorld(); };
    this.mirror = new PMREMGenerator(renderer);
    this.reflections = {}; // by theme: what water mirrors
  }

  wear(name) {
    const theme = THEMES[name];
    const { uniforms } = this;
    for (const key of ["horizon", "zenith", "glow", "below"]) uniforms[key].value.fromArray(theme[key]);
    uniforms.cloudColour.value.fromArray(theme.cloud);
    uniforms.sunWay.value.fromArray(theme.way).normalize();
    uniforms.cover.value = theme.cover;
    uniforms.stars.value = theme.stars;
    this.reflections[name] ??= this.reflect();
    return this.reflections[name];
  }

  reflect() {
    const alone = new Scene();
    const copy = this.dome.clone();
    copy.position.set(0, 0, 0);
    alone.add(copy);
    this.uniforms.mirror.value = 1;
    const { texture } = this.mirror.fromScene(alone, 0, 1, 20000);
    this.uniforms.mirror.value = 0;
    return texture;
  }
}

const UNIT = Math.PI; // three divides light by pi, the preview does not
export const colourOf = ([r, g, b]) => new Color(r, g, b);

export function applyLight(name, { sun, ambient, fog, renderer }) {
  const theme = THEMES[name];
  sun.color.copy(colourOf(theme.sun));
  sun.intensity = UNIT;
  ambient.color.copy(colourOf(theme.above));
  ambient.groundColor.copy(colourOf(theme.below));
  ambient.intensity = UNIT;
  fog.color.copy(colourOf(theme.horizon));
  renderer.toneMappingExposure = theme.exposure;
}

const REACH_M = [60, 900]; // of shadows around what is looked at
const way = new Vector3();
const focus = new Vector3();

// Shadows fall around what is looked at. They are drawn anew when that has moved, not every frame: nothing here moves.
export class Shadows {
  constructor(renderer, sun) {
    renderer.shadowMap.enabled = true;
    renderer.shadowMap.autoUpdate = false;
    this.renderer = renderer;
    this.sun = sun;
    sun.castShadow = true;
    sun.shadow.mapSize.set(2048, 2048);
    sun.shadow.normalBias = 0.6;
    sun.shadow.bias = -0.0004;
    this.state = "";
  }

  follow(camera, target, theme, shown) {
    if (this.renderer.xr.isPresenting) return;
    const apart = camera.position.distanceTo(target);
    const reach = Math.min(Math.max(2 ** (Math.round(Math.log2(Math.max(apart, 1) * 0.9) * 2) / 2), REACH_M[0]), REACH_M[1]);
    focus.copy(target);
    if (apart > reach) focus.lerp(camera.position, 0.25);
    const step = reach / 4;
    focus.divideScalar(step).round().multiplyScalar(step);
    const state = `${theme} ${reach.toFixed(0)} ${focus.toArray()} ${shown}`;
    if (state === this.state) return;
    this.state = state;
    way.fromArray(THEMES[theme].way).normalize();
    this.sun.target.position.copy(focus);
    this.sun.position.copy(focus).addScaledVector(way, 2500);
    this.sun.target.updateMatrixWorld();
    Object.assign(this.sun.shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: 500, far: 4500 });
    this.sun.shadow.normalBias = Math.min(0.5, reach / 400);
    this.sun.shadow.camera.updateProjectionMatrix();
    this.renderer.shadowMap.needsUpdate = true;
  }
}
