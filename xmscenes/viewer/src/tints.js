// Colours over the scene: by level of detail, by origin of the feature, and the one that is selected.
import { Color, DataTexture, NearestFilter, RGBAFormat, UnsignedByteType } from "three";

export const ORIGIN_COLOURS = {
  measured: "#2a9d5c", openstreetmap: "#3a6ea5", digitised: "#8a63b8", simulated: "#d9952b", inferred: "#c8524d",
};
export const LEVEL_COLOURS = ["#e4572e", "#f3a712", "#76b041", "#3f88c5"];
const TINT = 0.62;

const white = new Color("#ffffff");

// One uniform block for all materials: what is tinted is decided by textures of one texel a feature.
export class Tints {
  constructor() {
    this.mode = "none";
    this.selected = null;
    this.meshes = [];
  }

  // Give a mesh of a node with a feature table its tint texture. Materials are cloned once a node.
  adopt(mesh, features, level) {
    const attribute = mesh.geometry.getAttribute("_feature_id_0");
    const count = Math.max(features.length, 1);
    const texture = new DataTexture(new Uint8Array(4 * count), count, 1, RGBAFormat, UnsignedByteType);
    texture.minFilter = texture.magFilter = NearestFilter;
    mesh.material = mesh.material.clone();
    mesh.material.onBeforeCompile = (shader) => {
      shader.uniforms.tintOf = { value: texture };
      const id = attribute ? "_feature_id_0" : "0.0";
      shader.vertexShader = shader.vertexShader
        .replace("#include <common>", `#include <common>\n${attribute ? "attribute float _feature_id_0;\n" : ""}varying float featureId;`)
        .replace("#include <begin_vertex>", `#include <begin_vertex>\nfeatureId = ${id};`);
      shader.fragmentShader = shader.fragmentShader
        .replace("#include <common>", "#include <common>\nuniform sampler2D tintOf;\nvarying float featureId;")
        .replace("#include <color_fragment>", `#include <color_fragment>
          vec4 tint = texture2D(tintOf, vec2((floor(featureId + 0.5) + 0.5) / ${count.toFixed(1)}, 0.5));
          diffuseColor.rgb = mix(diffuseColor.rgb, tint.rgb * (0.35 + 0.65 * dot(diffuseColor.rgb, vec3(0.333))), tint.a);`);
    };
    mesh.material.customProgramCacheKey = () => `tint ${Boolean(attribute)} ${count}`;
    this.meshes.push({ mesh, features, level, texture });
    this.paint(this.meshes[this.meshes.length - 1]);
  }

  paint({ mesh, features, level, texture }) {
    const data = texture.image.data;
    for (let i = 0; i < data.length / 4; i++) {
      let colour = null;
      if (this.mode === "levels") colour = new Color(LEVEL_COLOURS[Math.min(level, LEVEL_COLOURS.length - 1)]);
      if (this.mode === "origins") colour = new Color(ORIGIN_COLOURS[features[i]?.origin] ?? "#888888");
      let strength = colour ? TINT : 0;
      if (this.selected !== null && features[i]?.id === this.selected) [colour, strength] = [new Color("#ffd84d"), 0.75];
      const { r, g, b } = colour ?? white;
      data.set([255 * r, 255 * g, 255 * b, 255 * strength], 4 * i);
    }
    texture.needsUpdate = true;
    mesh.material.needsUpdate = false;
  }

  set(mode, selected = this.selected) {
    this.mode = mode;
    this.selected = selected;
    this.meshes.forEach((entry) => this.paint(entry));
  }

  clear() {
    this.meshes.forEach(({ texture }) => texture.dispose());
    this.meshes = [];
  }
}
