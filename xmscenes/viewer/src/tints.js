// What surfaces wear in the page: tints by level, by origin and for what is selected; ripples on water; lit windows of
// buildings that are too far away for their facades. One texture a level says all about every feature.
import { Color, DataTexture, NearestFilter, RGBAFormat, UnsignedByteType } from "three";

export const ORIGIN_COLOURS = {
  measured: "#2a9d5c", openstreetmap: "#3a6ea5", digitised: "#8a63b8", simulated: "#d9952b", inferred: "#c8524d",
};
export const LEVEL_COLOURS = ["#e4572e", "#f3a712", "#76b041", "#3f88c5"];
const TINT = 0.62;
const CHOSEN = new Color("#ffd84d");
const UNKNOWN = "#888888";
const WIDTH = 1024; // texels a row: long tables do not fit into one row on every device

const RIPPLES = /* glsl */ `
  vec2 slope = vec2(0.0);
  float apart = length(vViewPosition);
  for (int i = 0; i < 6; i++) {
    float turn = 1.3 + 2.4 * float(i), wave = 24.0 / pow(1.8, float(i));
    vec2 along = vec2(cos(turn), sin(turn));
    float fade = clamp(1.0 - apart / (wave * 75.0), 0.0, 1.0);
    slope += along * fade * fade * 0.05 * cos(dot(along, ripplePlace) * 6.2832 / wave + rippleTime * sqrt(61.6 / wave));
  }
  normal = normalize((viewMatrix * vec4(-slope.x, 1.0, -slope.y, 0.0)).xyz);`;

// Leaves let light through, and a crown is lit from above whatever way its cards face.
// Far meshes wear the leaves' material whole, for one draw call: there only what is a plant is lit so.
const LEAVES = /* glsl */ `
  if (plant > 0.5) normal = normalize(mix(normal * faceDirection, (viewMatrix * vec4(0.0, 1.0, 0.0, 0.0)).xyz, 0.65));`;

// Every bay of 3 m and storey of 3.2 m of a far wall is a window; a third of them is lit.
const WINDOWS = /* glsl */ `
  vec3 face = normalize(cross(dFdx(place), dFdy(place)));
  if (built > 0.5 && lit > 0.0 && abs(face.y) < 0.3) {
    vec2 side = normalize(vec2(-face.z, face.x));
    vec2 at = vec2(dot(place.xz, side) / 3.0, place.y / 3.2);
    vec2 bay = floor(at), in_bay = abs(fract(at) - 0.5);
    float chance = fract(sin(dot(bay, vec2(12.9898, 78.233)) + floor(featureId + 0.5)) * 43758.5453);
    float size = max(fwidth(at.x), fwidth(at.y));
    float pane = smoothstep(0.26 + size, 0.26 - size, in_bay.x) * smoothstep(0.3 + size, 0.3 - size, in_bay.y);
    float glow = mix(step(0.66, chance) * pane, 0.09, clamp(size * 0.8, 0.0, 1.0));
    totalEmissiveRadiance += lit * glow * mix(vec3(1.0, 0.66, 0.3), vec3(0.9, 0.85, 0.7), fract(chance * 7.0)) * 0.9;
  }`;

export class Tints {
  constructor() {
    this.mode = "none";
    this.selected = null;
    this.shared = { rippleTime: { value: 0 }, lit: { value: 0 } };
    this.clear();
  }

  clear() {
    for (const sheet of Object.values(this.sheets ?? {})) sheet.dispose();
    this.meshes = [];
    this.sheets = {}; // by level
    this.worn = new Map(); // materials that are dressed already
    this.features = [];
  }

  // Take a mesh with a feature table into care. Meshes of a level that wear one material go on sharing one.
  adopt(mesh, features, level) {
    this.features = features; // one table for the whole scene
    this.meshes.push({ mesh, features, level, base: mesh.material });
    mesh.material = this.dressed(mesh, level, mesh.material);
  }

  // Let every mesh wear what choose(mesh) gives it, or its own material.
  wear(choose) {
    for (const { mesh, level, base } of this.meshes) mesh.material = this.dressed(mesh, level, choose(mesh) ?? base);
  }

  dressed(mesh, level, base) {
    const named = Boolean(mesh.geometry.getAttribute("_feature_id_0"));
    const what = { named, far: named && level > 0 && (base.name.startsWith("plain") || base.name === "foliage"), wet: base.name === "water", leafy: base.name === "foliage" };
    const key = `${base.uuid} ${level} ${named}`;
    if (!this.worn.has(key)) this.worn.set(key, this.dress(base.clone(), level, what));
    return this.worn.get(key);
  }

  dress(material, level, { named, far, wet, leafy }) {
    if (wet) material.color.multiplyScalar(0.32); // what the sky does not mirror comes from the deep
    material.onBeforeCompile = (shader) => {
      Object.assign(shader.uniforms, { tintOf: { value: this.sheet(level) } }, this.shared);
      const place = far || wet;
      shader.vertexShader = shader.vertexShader
        .replace("#include <common>", `#include <common>\n${named ? "attribute float _feature_id_0;\n" : ""}varying float featureId;${place ? "varying vec3 place;" : ""}`)
        .replace("#include <begin_vertex>", `#include <begin_vertex>\nfeatureId = ${named ? "_feature_id_0" : "0.0"};${place ? "place = (modelMatrix * vec4(position, 1.0)).xyz;" : ""}`);
      shader.fragmentShader = shader.fragmentShader
        .replace("#include <common>", `#include <common>\nuniform sampler2D tintOf; uniform float rippleTime, lit;\nvarying float featureId;${place ? "varying vec3 place;" : ""}`)
        .replace("#include <color_fragment>", !named ? "#include <color_fragment>" : `#include <color_fragment>
          int row = int(floor(featureId + 0.5));
          vec4 tint = texelFetch(tintOf, ivec2(row % ${WIDTH}, row / ${WIDTH}), 0);
          float about = floor(tint.a * 255.0 + 0.5), built = mod(about, 2.0), plant = mod(floor(about / 2.0), 2.0);
          diffuseColor.rgb = mix(diffuseColor.rgb, tint.rgb * (0.35 + 0.65 * dot(diffuseColor.rgb, vec3(0.333))), tint.a);`);
      if (wet) shader.fragmentShader = shader.fragmentShader.replace("#include <normal_fragment_maps>", RIPPLES.replaceAll("ripplePlace", "place.xz"));
      if (leafy) shader.fragmentShader = shader.fragmentShader.replace("#include <normal_fragment_maps>", named ? LEAVES : LEAVES.replace("plant", "1.0"));
      if (far) shader.fragmentShader = shader.fragmentShader.replace("#include <emissivemap_fragment>", `#include <emissivemap_fragment>\n${WINDOWS}`);
    };
    material.customProgramCacheKey = () => `xmscenes ${named} ${far} ${wet} ${leafy}`;
    return material;
  }

  // Texture of a level: colour of every feature, its strength in alpha; the last bits of alpha say that it is a building, or a plant.
  sheet(level) {
    if (!this.sheets[level]) {
      const rows = Math.max(Math.ceil(this.features.length / WIDTH), 1);
      const texture = new DataTexture(new Uint8Array(4 * WIDTH * rows), WIDTH, rows, RGBAFormat, UnsignedByteType);
      texture.minFilter = texture.magFilter = NearestFilter;
      this.sheets[level] = texture;
      this.paint(level);
    }
    return this.sheets[level];
  }

  paint(level) {
    const texture = this.sheets[level];
    const { data } = texture.image;
    const levelColour = new Color(LEVEL_COLOURS[Math.min(level, LEVEL_COLOURS.length - 1)]);
    const origins = Object.fromEntries(Object.entries(ORIGIN_COLOURS).map(([key, hex]) => [key, new Color(hex)]));
    const unknown = new Color(UNKNOWN);
    this.features.forEach(({ id, kind, origin }, i) => {
      let colour = null;
      if (this.mode === "levels") colour = levelColour;
      if (this.mode === "origins") colour = origins[origin] ?? unknown;
      let strength = colour ? TINT : 0;
      if (this.selected !== null && id === this.selected) [colour, strength] = [CHOSEN, 0.75];
      const { r, g, b } = colour ?? unknown;
      data.set([255 * r, 255 * g, 255 * b, (Math.round(255 * strength) & ~3) | (kind === "building" ? 1 : kind === "tree" ? 2 : 0)], 4 * i);
    });
    texture.needsUpdate = true;
  }

  set(mode, selected = this.selected) {
    this.mode = mode;
    this.selected = selected;
    Object.keys(this.sheets).forEach((level) => this.paint(Number(level)));
  }
}
