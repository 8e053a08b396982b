// MSFT_lod for three.js: a GLTFLoader plug-in that makes the levels switch at run time.
//
//   import { GLTFLodExtension } from "./lod.js";
//   loader.register((parser) => new GLTFLodExtension(parser));
//
// What "coverage" means here (the MSFT_lod text leaves it open): the diameter of the object's bounding sphere divided
// by the height of the picture, both measured at the sphere's distance. extras.MSFT_screencoverage[k] is the smallest
// coverage at which level k is still fine; below the last value nothing is drawn. A level changes only when the
// coverage has passed its limit by HYSTERESIS, so that nothing flickers at a border.
import { Box3, LOD, Matrix4, Sphere, Vector3 } from "three";

const HYSTERESIS = 0.12;
const centre = new Vector3();
const eye = new Vector3();

export class CoverageLOD extends LOD {
  constructor(levels, coverage) {
    super();
    this.coverage = coverage;
    levels.forEach((object, k) => this.addLevel(object, k)); // the distance is not used, only the order
    this.forced = null; // a level to show whatever the distance; null: automatic
    this.current = levels.length - 1;
    this.sphere = null;
    this.show(this.current);
  }

  show(index) {
    this.current = index;
    this.levels.forEach((level, k) => { level.object.visible = k === index; });
  }

  // Called by the renderer for every camera; in XR that is the camera between the eyes.
  update(camera) {
    const last = this.levels.length - 1;
    if (this.forced !== null) {
      this.show(Math.min(this.forced, last));
      return;
    }
    this.sphere ??= sphereOf(this.levels[0].object, this);
    centre.copy(this.sphere.center).applyMatrix4(this.matrixWorld);
    eye.setFromMatrixPosition(camera.matrixWorld);
    const scale = this.matrixWorld.getMaxScaleOnAxis();
    const distance = Math.max(eye.distanceTo(centre) - this.sphere.radius * scale, 1e-3);
    const cover = (this.sphere.radius * scale * camera.projectionMatrix.elements[5]) / distance;
    let index = this.coverage.findIndex((limit, k) => cover >= limit * (k < this.current ? 1 + HYSTERESIS : 1));
    if (index < 0) index = this.coverage.length;
    if (index > this.current && cover >= this.coverage[index - 1] * (1 - HYSTERESIS)) index = this.current;
    this.show(index); // an index past the last level culls
  }

  getObjectForDistance() {
    return this.levels[Math.min(this.current, this.levels.length - 1)].object;
  }
}

function sphereOf(object, relativeTo) {
  const box = new Box3();
  const inverse = new Matrix4().copy(relativeTo.matrixWorld).invert();
  object.updateWorldMatrix(true, true);
  object.traverse((child) => {
    if (!child.isMesh) return;
    const own = new Box3();
    if (child.isInstancedMesh) {
      child.computeBoundingBox();
      own.copy(child.boundingBox);
    } else {
      if (!child.geometry.boundingBox) child.geometry.computeBoundingBox();
      own.copy(child.geometry.boundingBox);
    }
    box.union(own.applyMatrix4(child.matrixWorld).applyMatrix4(inverse));
  });
  return box.getBoundingSphere(new Sphere());
}

export class GLTFLodExtension {
  constructor(parser) {
    this.parser = parser;
    this.name = "MSFT_lod";
  }

  async afterRoot(result) {
    const nodes = this.parser.json.nodes ?? [];
    const byIndex = new Map();
    for (const [object, association] of this.parser.associations) {
      if (association?.nodes !== undefined && object.isObject3D && !byIndex.has(association.nodes)) byIndex.set(association.nodes, object);
    }
    const wrap = async (object) => {
      for (const child of [...object.children]) await wrap(child);
      const index = this.parser.associations.get(object)?.nodes;
      const ids = nodes[index]?.extensions?.MSFT_lod?.ids;
      if (!ids || byIndex.get(index) !== object || !object.parent) return;
      const parent = object.parent;
      const coarser = await Promise.all(ids.map((id) => this.parser.getDependency("node", id)));
      for (const level of coarser) await wrap(level);
      const coverage = nodes[index].extras?.MSFT_screencoverage ?? ids.map((_, k) => 0.5 / 4 ** k);
      const position = parent.children.indexOf(object);
      const lod = new CoverageLOD([object, ...coarser], coverage);
      lod.name = object.name;
      lod.userData = object.userData;
      parent.add(lod); // takes nothing from the parent's order: put it where the object was
      parent.children.splice(parent.children.indexOf(lod), 1);
      parent.children.splice(position, 0, lod);
    };
    for (const scene of result.scenes) await wrap(scene);
  }
}
