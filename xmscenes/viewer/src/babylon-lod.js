// MSFT_lod for Babylon.js: levels that switch at run time. (Babylon's own MSFT_lod support loads the levels one after
// the other and ends at the finest; it never goes back.)
//
//   import { switchLods } from "./babylon-lod.js";
//   SceneLoader.OnPluginActivatedObservable.add((loader) => { if (loader.name === "gltf") switchLods(loader, scene); });
//
// Coverage means the same as in three-lod.js: the diameter of the object's bounding sphere divided by the height of the
// picture, both at the sphere's distance; MSFT_screencoverage[k] is the smallest coverage for level k, below the last
// one nothing is drawn. Needs the ExtrasAsMetadata part of @babylonjs/loaders/glTF.
const HYSTERESIS = 0.12;
const MARK = "xmscenesNode";

export function switchLods(loader, scene) {
  const groups = [];
  loader.onParsedObservable.addOnce(({ json }) => {
    const parents = [...(json.scenes ?? []).map((s) => s.nodes ?? []), ...json.nodes.map((n) => n.children ?? [])];
    json.nodes.forEach((node, index) => {
      node.extras = { ...node.extras, [MARK]: index };
      const lod = node.extensions?.MSFT_lod;
      if (!lod) return;
      delete node.extensions.MSFT_lod;
      const siblings = parents.find((list) => list.includes(index));
      siblings?.push(...lod.ids); // Babylon makes only what the scene reaches
      groups.push({ ids: [index, ...lod.ids], coverage: node.extras.MSFT_screencoverage ?? [], current: -1 });
    });
  });
  loader.onCompleteObservable.addOnce(() => {
    const byIndex = new Map();
    for (const node of [...scene.transformNodes, ...scene.meshes]) {
      const index = node.metadata?.gltf?.extras?.[MARK];
      if (index !== undefined && !byIndex.has(index)) byIndex.set(index, node);
    }
    for (const group of groups) {
      group.nodes = group.ids.map((id) => byIndex.get(id));
      const { min, max } = group.nodes[0].getHierarchyBoundingVectors(true);
      group.centre = min.add(max).scale(0.5);
      group.radius = max.subtract(min).length() / 2;
    }
    scene.onBeforeRenderObservable.add(() => groups.forEach((group) => update(group, scene.activeCamera)));
  });
  return groups; // group.current is the level on show; group.forced fixes one
}

function update(group, camera) {
  const distance = Math.max(camera.globalPosition.subtract(group.centre).length() - group.radius, 1e-3);
  const cover = (group.radius * camera.getProjectionMatrix().m[5]) / distance;
  const { coverage, current } = group;
  let index = coverage.findIndex((limit, k) => cover >= limit * (k < current ? 1 + HYSTERESIS : 1));
  if (index < 0) index = coverage.length;
  if (current >= 0 && index > current && cover >= coverage[index - 1] * (1 - HYSTERESIS)) index = current;
  if (group.forced !== undefined) index = Math.min(group.forced, group.nodes.length - 1);
  if (index === current) return;
  group.nodes.forEach((node, k) => node.setEnabled(k === index));
  group.current = index;
}
